"""Directory: who is who and who holds which role, read from Slack and GitHub, kept as rows."""

import asyncio
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial

import structlog

from bot.config import Config
from bot.config.approval import is_team
from bot.config.people import is_group
from bot.domain.errors import Declined, Fault, NotFound
from bot.domain.people import FRESH, Actor, Deed, Grant, Role, Standing
from bot.ports import Account, Tx
from bot.services.desk import Desk

log = structlog.get_logger()

REFRESH = timedelta(minutes=2)
"""Well below the age at which a row no longer decides a click (`FRESH`)."""

AT_ONCE, PASS = 40, timedelta(seconds=30)
"""So many people are read in one pass, and so far apart are the passes of a large team: Slack
answers a hundred a minute, and others ask for people, too.
"""

LATELY = timedelta(minutes=5)
"""Who asked for something since then is read before those who did not."""

AGAIN = timedelta(seconds=15)
"""After a pass in which not everything could be read, unless that is too often for a large team."""

Groups = dict[str, tuple[str, ...] | None]
"""The members of user groups and teams by Slack id; None for one that is gone for certain."""

Unread = dict[str, Fault]
"""The user groups and teams that did not tell who is in them, and why."""


@dataclass(frozen=True, slots=True)
class Pass:
    """What one pass came to: the user groups and teams of the configuration that somebody has to
    look after, with what was said, which is nothing of those that are gone; those that told us to
    wait, how and until when; and the pause before the next.
    """

    lost: Mapping[str, str] = field(default_factory=dict)
    waits: Mapping[str, tuple[Fault, datetime]] = field(default_factory=dict)
    pause: timedelta = REFRESH


async def refresh(desk: Desk, before: Pass | None = None) -> Pass:
    """Read whom the configuration names, afresh: all of a small team, of a large one those whose
    turn it is. The others keep the rows that they have, each for as long as it counts.

    A user group or team that told us in the pass `before` to wait holds up nobody but itself.
    """
    names = {name for names in desk.config.roles.values() for name in names}
    earlier = before.waits if before else {}
    waits = {g: (why, until) for g, (why, until) in earlier.items() if desk.now() < until}
    groups, unread = await _groups(desk, names - waits.keys())
    for group, fault in unread.items():
        if fault.retry_after is not None:
            waits[group] = fault, desk.now() + timedelta(seconds=fault.retry_after)
    silent = {**unread, **{group: why for group, (why, _) in waits.items()}}
    ids = {person.slack for person in desk.config.people.values()}
    ids.update(member for members in groups.values() for member in members or ())
    ids |= await desk.store.read(lambda tx: _in_it(tx, silent))
    turn = await desk.store.read(lambda tx: _turn(tx, ids))
    found = await asyncio.gather(*(_account(desk, who) for who in turn), return_exceptions=True)
    read = [one for one in found if isinstance(one, Account)]
    people = [(_actor(desk, account, groups), account.name) for account in read]
    await desk.store.run(partial(_keep, desk.config, people, ids, silent))
    barred = {group: why for group, why in unread.items() if _is_no(why)}
    passing = {who: why for who, why in silent.items() if who not in barred}
    faults = {**passing, **_faults(turn, found)}
    if faults:
        log.warning("not_read", error=next(iter(faults.values())).text, of=sorted(faults))
    lost = {name: "" for name, members in groups.items() if members is None}
    lost |= {group: why.text for group, why in barred.items()}
    return Pass(lost, waits, _pause(len(ids), faults.values()))


def _in_it(tx: Tx, silent: Unread) -> set[str]:
    """Who was in a group that gives no answer: their accounts are read all the same."""
    return {
        actor.slack_id
        for actor in tx.people()
        if any(grant.source in silent for grant in actor.grants)
    }


def _keep(
    config: Config, people: list[tuple[Actor, str]], ids: set[str], silent: Unread, tx: Tx
) -> None:
    """What a group gave that gives no answer is known from before, and from when."""
    before = {actor.slack_id: actor for actor in tx.people()}
    read = [(_with_before(config, one, before, silent), name) for one, name in people]
    tx.keep_people(read, others=ids)


def _with_before(
    config: Config, actor: Actor, before: Mapping[str, Actor], silent: Iterable[str]
) -> Actor:
    was = before.get(actor.slack_id)
    kept = (
        grant
        for grant in (was.grants if was else ())
        if grant.source in silent and grant.source in config.roles.get(grant.role, ())
    )
    return replace(actor, grants=(*actor.grants, *kept))


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
    """Until the next pass over so many people: soon, where something was not read in this one, and
    where that has to wait for long, no later than otherwise.
    """
    pause = max(REFRESH * AT_ONCE / max(people, AT_ONCE), PASS)
    soon = max(AGAIN, PASS * people / AT_ONCE)
    waits = (max(soon, timedelta(seconds=fault.retry_after or 0)) for fault in faults)
    return min((pause, *waits))


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


async def look_up(desk: Desk, slack_id: str, *roles: Role, deed: Deed = Deed.GOES_ON) -> Actor:
    """One person, read afresh: used before an effect, whatever the rows say.

    Of the roles given by user groups and teams only `roles` are looked at. For a deed that ends
    something, what gives no answer said what the row says. Raises a plain Fault where that does not
    suffice, and a group that gave no answer might be the one that gives a role.
    """
    config = desk.config
    is_certain = any(is_named(config, slack_id, role) for role in roles)
    names = () if is_certain else {name for role in roles for name in config.roles.get(role, ())}
    account, (groups, unread) = await asyncio.gather(
        _account_for(desk, slack_id, deed), _groups(desk, names)
    )
    actor = _actor(desk, account, groups)
    if not unread or actor.holds(*roles) or actor.standing is not Standing.MEMBER:
        return actor
    row, _ = await desk.store.read(lambda tx: tx.actor(slack_id))
    before = _with_before(config, actor, {slack_id: row}, unread)
    if deed is Deed.ENDS:
        actor = before.doing(deed, desk.now())
    if actor.holds(*roles):
        return actor
    gave = {grant.source for grant in before.grants}
    for group, why in unread.items():
        if group in gave or not _is_no(why):
            raise Fault(why.system, f"{group}: {why.text}", retry_after=why.retry_after)
    return actor


def _is_no(fault: Fault) -> bool:
    """Whether that lasts until somebody looks after it: a team that is gone or not ours to see, a
    token that is over. Whom such a group did not give a role before, it gives none.
    """
    return isinstance(fault, NotFound | Declined)


async def _account_for(desk: Desk, slack_id: str, deed: Deed) -> Account:
    """Where Slack does not answer, what was read lately suffices to end something."""
    try:
        return await _account(desk, slack_id)
    except Fault:
        row, read_at = await desk.store.read(lambda tx: tx.actor(slack_id))
        if deed is not Deed.ENDS or read_at is None or abs(desk.now() - read_at) > FRESH:
            raise
        return Account(slack_id=slack_id, name=slack_id, standing=row.standing)


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
            with desk.github.urgently():  # a way back hangs on it, whatever the limit is kept for
                logins = await desk.github.team(group.removeprefix("team:"))
            return _people_of(desk.config, logins)
        return await desk.chat.group_members(group)
    except Fault as fault:
        # GitHub also says of what we may not see that it is not there; Slack says which it is.
        is_gone = isinstance(fault, NotFound) and not is_team(group)
        return None if is_gone else fault


def _people_of(config: Config, logins: Iterable[str]) -> tuple[str, ...]:
    """The people whom we know by these GitHub logins."""
    known = {login.lower() for login in logins}
    return tuple(p.slack for p in config.people.values() if (p.github or "").lower() in known)


def _actor(desk: Desk, account: Account, groups: Groups) -> Actor:
    config, slack_id = desk.config, account.slack_id
    grants = tuple(
        Grant(role, entry, desk.now())
        for role, entries in config.roles.items()
        for entry in entries
        if slack_id in (groups.get(entry) or ())
    )
    named = {role for role in config.roles if is_named(config, slack_id, role)}
    github = next((p.github for p in config.people.values() if p.slack == slack_id), None)
    return Actor(
        slack_id=slack_id,
        github=github,
        standing=account.standing,
        roles=frozenset(named.union(grant.role for grant in grants)),
        grants=grants,
    )
