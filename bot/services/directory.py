"""Directory: who is who and who holds which role, read from Slack and GitHub, kept as rows."""

import asyncio
import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial

import structlog

from bot.config import Config
from bot.config.approval import is_team
from bot.config.people import is_group
from bot.domain.errors import Declined, Fault, NotFound
from bot.domain.people import Actor, Role, Standing
from bot.ports import Account, Tx
from bot.services.desk import Desk

log = structlog.get_logger()

REFRESH = timedelta(minutes=2)
"""Well below the age at which a row no longer decides a click (`requests.FRESH`)."""

AT_ONCE, PASS = 40, timedelta(seconds=30)
"""So many people are read in one pass, and so far apart are the passes of a large team: Slack
answers a hundred a minute, and others ask for people, too.
"""

LATELY = timedelta(minutes=5)
"""Who asked for something since then is read before those who did not."""

AGAIN = timedelta(seconds=15)
"""After a pass in which not everything could be read, unless that is too often for a large team."""

Groups = dict[str, tuple[str, ...] | None]
"""The members of user groups and teams by Slack id; None for one that is not there."""

Unread = dict[str, Fault]
"""The user groups and teams that gave no answer, and why."""


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
    groups, unread = await _groups(desk, names)
    ids = {person.slack for person in desk.config.people.values()}
    ids.update(member for members in groups.values() for member in members or ())
    turn = await desk.store.read(lambda tx: _turn(tx, ids))
    found = await asyncio.gather(*(_account(desk, who) for who in turn), return_exceptions=True)
    read = [one for one in found if isinstance(one, Account)]
    people = [(_actor(desk.config, account, groups), account.name) for account in read]
    await desk.store.run(partial(_keep, desk.config, people, ids, unread))
    faults = {**unread, **_faults(turn, found)}
    if faults:
        log.warning("not_read", error=next(iter(faults.values())).text, of=sorted(faults))
    lost = tuple(name for name, members in groups.items() if members is None)
    return Pass(lost, _pause(len(ids), faults.values()))


def _keep(
    config: Config, people: list[tuple[Actor, str]], ids: set[str], unread: Unread, tx: Tx
) -> None:
    """Who holds a role by a group that gave no answer keeps it, for as long as it counts."""
    unsure = {
        role for role, entries in config.roles.items() if not unread.keys().isdisjoint(entries)
    }
    held = {role: set(tx.members(role)) for role in unsure}
    whole, in_part = [], []
    for actor, name in people:
        kept = {role for role in unsure - actor.roles if actor.slack_id in held[role]}
        if kept:
            in_part.append((replace(actor, roles=actor.roles | kept), name))
        else:
            whole.append((actor, name))
    tx.keep_people(whole, in_part=in_part, others=ids.union(*held.values()))


def _faults(turn: list[str], found: list[Account | BaseException]) -> Unread:
    """Who could not be read, and why; whatever else went wrong is raised."""
    faults = {}
    for who, one in zip(turn, found, strict=True):
        if isinstance(one, Fault):
            faults[who] = one
        elif isinstance(one, BaseException):
            raise one
    return faults


def _pause(people: int, faults: Iterable[Fault]) -> timedelta:
    """Until the next pass over so many people: soon, where something was not read in this one."""
    pause = max(REFRESH * AT_ONCE / max(people, AT_ONCE), PASS)
    for fault in faults:
        soon = max(AGAIN, PASS * people / AT_ONCE)
        pause = max(min(pause, soon), timedelta(seconds=fault.retry_after or 0))
    return pause


def _turn(tx: Tx, ids: Iterable[str]) -> list[str]:
    """Who acts and was not read for a while, then whoever waits the longest. Where one of many acts
    soon after a pass, only such as they are read, so that Slack is not asked too often.
    """
    read_at, acted = tx.people_seen(), tx.acted(tx.now - LATELY)

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


async def look_up(desk: Desk, slack_id: str, *, role: Role | None) -> Actor:
    """One person, read afresh: used before an effect, whatever the rows say.

    Of the roles given by user groups and teams only `role` is looked at, if any. Raises Fault where
    a group that gave no answer might be the one that gives it.
    """
    names: tuple[str, ...] = ()
    if role is not None and not is_named(desk.config, slack_id, role):
        names = desk.config.roles.get(role, ())
    account, (groups, unread) = await asyncio.gather(_account(desk, slack_id), _groups(desk, names))
    actor = _actor(desk.config, account, groups)
    if unread and role not in actor.roles:
        raise next(iter(unread.values()))
    return actor


def is_named(config: Config, slack_id: str, role: Role) -> bool:
    """Whether the role is given to that person by name, and no group has to be asked."""
    names = config.roles.get(role, ())
    return any(name in config.people and config.people[name].slack == slack_id for name in names)


async def _account(desk: Desk, slack_id: str) -> Account:
    try:
        return await desk.chat.account(slack_id)
    except NotFound:
        return Account(slack_id=slack_id, name=slack_id, standing=Standing.UNKNOWN)


async def _groups(desk: Desk, names: Iterable[str]) -> tuple[Groups, Unread]:
    """Each for itself: one that gives no answer takes nothing from the others."""
    wanted = sorted({name for name in names if is_group(name) or is_team(name)})
    found = await asyncio.gather(*(_members(desk, group) for group in wanted))
    answers = list(zip(wanted, found, strict=True))
    unread = {group: one for group, one in answers if isinstance(one, Fault)}
    return {group: one for group, one in answers if not isinstance(one, Fault)}, unread


async def _members(desk: Desk, group: str) -> tuple[str, ...] | Fault | None:
    try:
        if is_team(group):
            return _people_of(desk.config, await desk.github.team(group.removeprefix("team:")))
        return await desk.chat.group_members(group)
    except (NotFound, Declined):  # deleted, or mistyped: one of them must not stop the others
        return None
    except Fault as fault:
        return fault


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
