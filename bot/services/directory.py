"""Directory: who is who and who holds which role, read from Slack and kept as rows."""

import asyncio
from datetime import timedelta

from bot.config import Config, is_group
from bot.domain.errors import NotFound
from bot.domain.people import Actor, Role, Standing
from bot.ports import Account
from bot.services.desk import Desk

REFRESH = timedelta(minutes=2)
"""Well below the age at which a row no longer decides a click (`requests.FRESH`)."""


async def refresh(desk: Desk) -> None:
    """Read everybody whom the configuration names, afresh, and replace the rows."""
    groups = await _groups(desk)
    ids = {person.slack for person in desk.config.people.values()} | {
        m for g in groups.values() for m in g
    }
    accounts = await asyncio.gather(*(_account(desk, slack_id) for slack_id in sorted(ids)))
    rows = [(_actor(desk.config, account, groups), account.name) for account in accounts if account]
    await desk.store.run(lambda tx: tx.keep_people(rows))


async def look_up(desk: Desk, slack_id: str) -> Actor:
    """One person, read afresh: used before an effect, whatever the rows say."""
    account, groups = await asyncio.gather(_account(desk, slack_id), _groups(desk))
    return _actor(
        desk.config,
        account or Account(slack_id=slack_id, name=slack_id, standing=Standing.UNKNOWN),
        groups,
    )


async def _account(desk: Desk, slack_id: str) -> Account | None:
    try:
        return await desk.chat.account(slack_id)
    except NotFound:
        return None


async def _groups(desk: Desk) -> dict[str, tuple[str, ...]]:
    names = sorted(
        {name for names in desk.config.roles.values() for name in names if is_group(name)}
    )
    members = await asyncio.gather(*(desk.chat.group_members(name) for name in names))
    return dict(zip(names, members, strict=True))


def _actor(config: Config, account: Account, groups: dict[str, tuple[str, ...]]) -> Actor:
    names = {name for name, person in config.people.items() if person.slack == account.slack_id}
    roles: set[Role] = set()
    for role, entries in config.roles.items():
        if any(entry in names or account.slack_id in groups.get(entry, ()) for entry in entries):
            roles.add(role)
    github = next((p.github for p in config.people.values() if p.slack == account.slack_id), None)
    return Actor(
        slack_id=account.slack_id, github=github, standing=account.standing, roles=frozenset(roles)
    )
