"""Identity: who the bot is in Slack, as its token says."""

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.adapters.slack.slack_calls import read
from bot.domain.errors import Declined
from bot.domain.people import Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """The bot's place in Slack; `scopes` and `app_id` are None where Slack does not tell them."""

    team_id: str
    user_id: str
    bot_id: str | None = None
    app_id: str | None = None
    enterprise_id: str | None = None
    scopes: frozenset[str] | None = None

    def is_foreign(self, body: dict[str, Any]) -> bool:
        """Whether a payload comes from another workspace or app than ours, or does not say."""
        homes = set(_ids(body, "team_id", "team", "enterprise_id", "enterprise"))
        apps = set(_ids(body, "api_app_id"))
        if not homes or homes - {self.team_id, self.enterprise_id}:
            return True
        return self.app_id is not None and bool(apps - {self.app_id})

    def standing_of(self, user: dict[str, Any]) -> Standing:
        """What kind of account a user object of Slack is; people of other workspaces are guests."""
        if user.get("deleted"):
            return Standing.DEACTIVATED
        if user.get("is_bot") or user.get("is_workflow_bot") or user.get("id") == "USLACKBOT":
            return Standing.BOT
        if user.get("is_restricted") or user.get("is_ultra_restricted") or user.get("is_stranger"):
            return Standing.GUEST
        return Standing.MEMBER if self._is_home_of(user) else Standing.GUEST

    def _is_home_of(self, user: dict[str, Any]) -> bool:
        if self.enterprise_id is None:
            return bool(user.get("team_id") == self.team_id)
        organisation = user.get("enterprise_user") or {}
        return bool(organisation.get("enterprise_id") == self.enterprise_id)


def _ids(body: dict[str, Any], *keys: str) -> Iterator[str]:
    """The ids under these keys, bare or inside an object."""
    for key in keys:
        value = body.get(key)
        if isinstance(value, dict):
            value = value.get("id")
        if value is not None:
            yield str(value)


async def identify(client: AsyncWebClient) -> Identity:
    """Who the client's token belongs to. Raises Fault; Declined when Slack refuses the token."""
    me = await read(client.auth_test)
    app_id = me.get("app_id")
    if app_id is None and me.get("bot_id"):
        with suppress(Declined):  # without users:read the app stays unknown
            app_id = (await read(client.bots_info, bot=me["bot_id"]))["bot"].get("app_id")
    header = me.headers.get("x-oauth-scopes")
    return Identity(
        team_id=str(me["team_id"]),
        user_id=str(me["user_id"]),
        bot_id=me.get("bot_id"),
        app_id=app_id,
        enterprise_id=me.get("enterprise_id"),
        scopes=None if header is None else frozenset(re.findall(r"[^,\s]+", header)),
    )
