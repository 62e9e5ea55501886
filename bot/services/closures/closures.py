"""Closures: whether a place is open to a deployment at this very moment, by its locks and its
calendar. Both are read from the store and the configuration alone, so that a click can ask.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from bot.config import Config
from bot.domain.closures import windows
from bot.domain.closures.freezes import SetFreeze
from bot.domain.closures.windows import Calendar
from bot.domain.deployments.deployments import Deployment
from bot.domain.errors import Refusal
from bot.domain.gates import Level, Verdict
from bot.domain.gates.overrides import unlifted
from bot.ports import Tx
from bot.services.closures import freezes, locks
from bot.services.desk import Desk

GATES = frozenset({"lock", "window"})
"""The gates that are judged here."""


def judge(tx: Tx, config: Config, deployment: Deployment) -> tuple[Verdict, ...]:
    """The verdicts of the gates `lock` and, where a calendar applies, `window`."""
    calendar = calendar_of(tx, config, deployment.service, deployment.environment)
    window = (windows.judge(calendar, tx.now, deployment.kind),) if calendar else ()
    return (locks.judge(tx, deployment), *window)


async def now(desk: Desk, deployment: Deployment) -> tuple[Verdict, ...]:
    """The same, in a transaction of its own."""
    return await desk.store.read(lambda tx: judge(tx, desk.config, deployment))


async def look_again(desk: Desk, deployment: Deployment, latest: datetime) -> datetime:
    """When the calendar says something else, at the latest at `latest`; a lock wakes by itself."""

    def change(tx: Tx) -> datetime:
        calendar = calendar_of(tx, desk.config, deployment.service, deployment.environment)
        return (windows.next_change(calendar, tx.now) if calendar else None) or latest

    return min(await desk.store.read(change), latest)


def closed(tx: Tx, config: Config, deployment: Deployment) -> str:
    """What keeps it out at this very moment, in words; empty where the place is open to it.

    Whoever stores the intent of an effect asks in the same transaction, so that nothing that was
    closed before it can be changed after it, also where that is closed at the same moment.
    """
    tx.share_turn(deployment.service)
    blocking = unlifted(judge(tx, config, deployment), deployment.overrides)
    return "; ".join(found.text for found in blocking)


def require_open(tx: Tx, config: Config, deployment: Deployment) -> None:
    """Refuse an approval that would be void at once; the request stays open."""
    if blocking := unlifted(judge(tx, config, deployment), deployment.overrides):
        raise Refusal(
            "closed",
            "Nothing was approved. {why} {name} stays open until {when}: "
            "approve it once nothing is in its way.",
            why=" ".join(f"{found.text}. {found.action}" for found in blocking),
            name=deployment.name,
            when=deployment.expires_at or tx.now,
        )


def merged(shown: tuple[Verdict, ...], now: tuple[Verdict, ...]) -> tuple[Verdict, ...]:
    """What a waiting card shows, with the closures of now in place of those of before.

    One that still passes keeps its text: the passing of time alone is no news.
    """
    fresh = {found.gate: found for found in now}
    kept = [
        _newer(found, fresh.pop(found.gate, found))
        for found in shown
        if found.gate not in GATES or found.gate in fresh
    ]
    return (*kept, *fresh.values())


def calendar_of(tx: Tx, config: Config, service: str, environment: str) -> Calendar | None:
    """The calendar of the configuration with the freezes from Slack; None where nothing limits."""
    return with_freezes(tx.freezes(), config, service, environment, tx.now)


def with_freezes(
    known: Iterable[SetFreeze], config: Config, service: str, environment: str, at: datetime
) -> Calendar | None:
    """The same, with freezes that were read already: for many services they are read once."""
    calendar = config.calendar(service, environment, at)
    more = freezes.here(known, service, environment)
    if not more:
        return calendar
    calendar = calendar or Calendar(zone=freezes.zone(config, service))
    return replace(calendar, freezes=(*calendar.freezes, *more))


def _newer(before: Verdict, now: Verdict) -> Verdict:
    return before if before.level is now.level is Level.PASS else now
