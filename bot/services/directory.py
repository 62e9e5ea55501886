"""Directory: who is who and who holds which role, read from Slack and GitHub, kept as rows."""

import asyncio
from collections.abc import Iterable
from datetime import timedelta

from bot.config import Config
from bot.config.approval import is_team
from bot.config.people import is_group
from bot.domain.errors import Declined, NotFound
from bot.domain.people import Actor, Role, Standing
from bot.ports import Account
from bot.services.desk import Desk

REFRESH = timedelta(minutes=2)
"""Well below the age at which a row no longer decides a click (`requests.FRESH`)."""

Groups = dict[str, tuple[str, ...] | None]
"""The members of user groups and teams by Slack id; None for one that is not there."""


async def refresh(desk: Desk) -> tuple[str, ...]:
    """Read everybody whom the configuration names, afresh, and replace the rows.

    The user groups and teams among them that are not there: nobody holds a role by those.
    """
    names = {name for names in desk.config.roles.values() for name in names}
    groups = await _groups(desk, names)
    ids = {person.slack for person in desk.config.people.values()}
    ids.update(member for members in groups.values() for member in members or ())
    accounts = await asyncio.gather(*(_account(desk, slack_id) for slack_id in sorted(ids)))
    rows = [(_actor(desk.config, account, groups), account.name) for account in accounts]
    await desk.store.run(lambda tx: tx.keep_people(rows))
    return tuple(name for name, members in groups.items() if members is None)


async def look_up(desk: Desk, slack_id: str, *, role: Role) -> Actor:
    """One person, read afresh: used before an effect, whatever the rows say.

    Of the roles given by user groups and teams only `role` is looked at.
    """
    names = () if _is_named(desk.config, slack_id, role) else desk.config.roles.get(role, ())
    account, groups = await asyncio.gather(_account(desk, slack_id), _groups(desk, names))
    return _actor(desk.config, account, groups)


def _is_named(config: Config, slack_id: str, role: Role) -> bool:
    """Whether the role is given to that person by name, and no group has to be asked."""
    names = config.roles.get(role, ())
    return any(name in config.people and config.people[name].slack == slack_id for name in names)


async def _account(desk: Desk, slack_id: str) -> Account:
    try:
        return await desk.chat.account(slack_id)
    except NotFound:
        return Account(slack_id=slack_id, name=slack_id, standing=Standing.UNKNOWN)


async def _groups(desk: Desk, names: Iterable[str]) -> Groups:
    wanted = sorted({name for name in names if is_group(name) or is_team(name)})
    members = await asyncio.gather(*(_members(desk, group) for group in wanted))
    return dict(zip(wanted, members, strict=True))


async def _members(desk: Desk, group: str) -> tuple[str, ...] | None:
    try:
        if is_team(group):
            return _people_of(desk.config, await desk.github.team(group.removeprefix("team:")))
        return await desk.chat.group_members(group)
    except (NotFound, Declined):  # deleted, or mistyped: one of them must not stop the others
        return None


def _people_of(config: Config, logins: Iterable[str]) -> tuple[str, ...]:
    """The people whom we know by these GitHub logins."""
    known = {login.lower() for login in logins}
    return tuple(p.slack for p in config.people.values() if (p.github or "").lower() in known)


def _actor(config: Config, account: Account, groups: Groups) -> Actor:
    names = {name for name, person in config.people.items() if person.slack == account.slack_id}
    roles: set[Role] = set()
    for role, entries in config.roles.items():
        if any(
            entry in names or account.slack_id in (groups.get(entry) or ()) for entry in entries
        ):
            roles.add(role)
    github = next((p.github for p in config.people.values() if p.slack == account.slack_id), None)
    return Actor(
        slack_id=account.slack_id, github=github, standing=account.standing, roles=frozenset(roles)
    )
