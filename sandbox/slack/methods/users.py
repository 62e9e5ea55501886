"""users.* and usergroups.*: the members of the workspace."""

from __future__ import annotations

from sandbox.slack.call import Answer, Call
from sandbox.slack.errors import SlackError
from sandbox.slack.identity import TEAM_ID


async def info(call: Call) -> Answer:
    call.require("users:read")
    user = call.slack.users.get(call.required("user"))
    if user is None:
        raise SlackError("user_not_found")
    return {"user": user.as_slack()}


async def listing(call: Call) -> Answer:
    call.require("users:read")
    members = [user.as_slack() for user in call.slack.users.values()]
    now = int(call.world.clock.now().timestamp())
    return {"members": members, "cache_ts": now, "response_metadata": {"next_cursor": ""}}


async def user_groups(call: Call) -> Answer:
    call.require("usergroups:read")
    groups = []
    for group, (handle, members) in call.slack.user_groups.items():
        row: Answer = {"id": group, "team_id": TEAM_ID, "handle": handle, "name": handle}
        row |= {"is_usergroup": True, "date_delete": 0, "user_count": len(members)}
        groups.append(row | ({"users": members} if call.flag("include_users") else {}))
    return {"usergroups": groups}


async def user_group_members(call: Call) -> Answer:
    call.require("usergroups:read")
    group = call.slack.user_groups.get(call.required("usergroup"))
    if group is None:
        raise SlackError("no_such_subteam")
    return {"users": group[1]}
