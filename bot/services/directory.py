"""Directory: who is who and who holds which role, read from Slack and GitHub, kept as rows."""

import asyncio
import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from bot.config import Config
from bot.config.approval import is_team
from bot.config.people import is_group
from bot.domain.errors import Declined, NotFound
from bot.domain.people import Actor, Role, Standing
from bot.ports import Account, Tx
from bot.services.desk import Desk

REFRESH = timedelta(minutes=2)
"""Well below the age at which a row no longer decides a click (`requests.FRESH`)."""

AT_ONCE, PASS = 40, timedelta(seconds=30)
"""So many people are read in one pass, and so far apart are the passes of a large team: Slack
answers a hundred a minute, and others ask for people, too.
"""

LATELY = timedelta(minutes=5)
"""Who asked for something since then is read before those who did not."""

Groups = dict[str, tuple[str, ...] | None]
"""The members of user groups and teams by Slack id; None for one that is not there."""


@dataclass(frozen=True, slots=True)
class Pass:
    """What one pass came to: the user groups and teams of the configuration that are not there, so
    that nobody holds a role by them, and the pause before the next.
    """

    lost: tuple[str, ...]
    pause: timedelta


async def refresh(desk: Desk) -> Pass:
    """Read whom the configuration names, afresh: all of a small team, of a large one those whose
    turn it is. The others keep the rows that they have, each for as long as it counts.
    """
    names = {name for names in desk.config.roles.values() for name in names}
    groups = await _groups(desk, names)
    ids = {person.slack for person in desk.config.people.values()}
    ids.update(member for members in groups.values() for member in members or ())
    turn = await desk.store.read(lambda tx: _turn(tx, ids))
    found = await asyncio.gather(*(_account(desk, who) for who in turn), return_exceptions=True)
    read = [one for one in found if isinstance(one, Account)]
    rows = [(_actor(desk.config, account, groups), account.name) for account in read]
    await desk.store.run(lambda tx: tx.keep_people(rows, others=ids))
    for one in found:
        if isinstance(one, BaseException):
            raise one
    lost = tuple(name for name, members in groups.items() if members is None)
    return Pass(lost, max(REFRESH * AT_ONCE / max(len(ids), AT_ONCE), PASS))


def _turn(tx: Tx, ids: Iterable[str]) -> list[str]:
    """Who acts and was not read for a while, then whoever waits the longest. Where one of many acts
    soon after a pass, only such as they are read, so that Slack is not asked too often.
    """
    read_at, acted = tx.people_read(), tx.acted(tx.now - LATELY)

    def place(who: str) -> tuple[bool, float, str]:
        at = read_at.get(who)
        # What was read later than now was read before our clock was set back.
        age = (tx.now - at) / REFRESH if at is not None and at <= tx.now else math.inf
        return not (who in acted and age > 1), -age, who

    places = sorted(map(place, ids))
    is_soon = any(tx.now - PASS < at <= tx.now for at in read_at.values())
    if is_soon and len(places) > AT_ONCE:
        places = [one for one in places if not one[0]]
    return [who for *_, who in places[:AT_ONCE]]


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
