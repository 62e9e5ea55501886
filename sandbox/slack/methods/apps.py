"""auth.*, apps.*, bots.* and team.*: who the app is, and where it works."""

from __future__ import annotations

from sandbox.slack.call import Answer, Call
from sandbox.slack.errors import SlackError
from sandbox.slack.identity import (
    APP_ID,
    BOT_ID,
    BOT_NAME,
    BOT_USER_ID,
    TEAM_DOMAIN,
    TEAM_ID,
    TEAM_NAME,
)


async def auth_test(call: Call) -> Answer:
    return {
        "url": f"{call.world.base_url}/",
        "team": TEAM_NAME,
        "user": BOT_NAME,
        "team_id": TEAM_ID,
        "user_id": BOT_USER_ID,
        "bot_id": BOT_ID,
        "is_enterprise_install": False,
    }


async def connections_open(call: Call) -> Answer:
    ticket = call.world.link.ticket()
    host = call.world.base_url.replace("http://", "ws://", 1)
    return {"url": f"{host}/slack/link?ticket={ticket}&app_id={APP_ID}"}


async def bots_info(call: Call) -> Answer:
    call.require("users:read")
    if call.text("bot", BOT_ID) != BOT_ID:
        raise SlackError("bot_not_found")
    return {
        "bot": {
            "id": BOT_ID,
            "app_id": APP_ID,
            "user_id": BOT_USER_ID,
            "name": BOT_NAME,
            "deleted": False,
            "updated": 0,
            "icons": {},
        }
    }


async def team_info(call: Call) -> Answer:
    call.require("team:read")
    return {"team": {"id": TEAM_ID, "name": TEAM_NAME, "domain": TEAM_DOMAIN, "icon": {}}}
