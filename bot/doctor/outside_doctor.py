"""The doctor's look at what stands around an environment: monitors, targets, backups, charts."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime
from importlib.util import find_spec

from bot.config import Config
from bot.config.services import BackupsConfig
from bot.doctor.preflight import Finding, failed
from bot.domain.deployments.validation import Outcome
from bot.domain.errors import Fault
from bot.domain.spans import span
from bot.ports import Backups, Monitor, Question, Target
from bot.ports.annotations import Annotator

Places = tuple[str, str]
MONITOR = "see docs/monitors.md; correct it under monitors, or its address and token"
TARGET = "see docs/targets.md; correct it under targets, or what it is let in with"

ANNOTATIONS = "correct annotations, or the address and the rights of its token"
BACKUPS = "correct backups.database, or let DIGITALOCEAN_TOKEN read databases (database:read)"


async def look(
    monitors: Mapping[Places, Sequence[Monitor]],
    targets: Mapping[Places, Sequence[tuple[str, Target]]],
    now: datetime,
) -> tuple[Finding, ...]:
    """Every monitor and target once, and whether charts can be drawn."""
    found = await asyncio.gather(
        *(_monitor(place, one, now) for place, each in monitors.items() for one in each),
        *(_target(place, name, one) for place, each in targets.items() for name, one in each),
    )
    return (*found, _charts())


async def _monitor(place: Places, monitor: Monitor, now: datetime) -> Finding:
    subject = f"{' '.join(place)} {monitor.what.replace('_', ' ')}"
    try:
        reading = await monitor.look(Question(version="", now=now))
    except Fault as fault:
        return failed(subject, fault, MONITOR)
    if reading.outcome in (Outcome.OK, Outcome.DEGRADED):
        return Finding(subject=subject, ok=True, text=reading.text)
    return Finding(subject=subject, ok=False, text=reading.text, action=MONITOR)


async def _target(place: Places, name: str, target: Target) -> Finding:
    subject = f"{' '.join(place)} {name}"
    try:
        runs = await target.current()
    except Fault as fault:
        return failed(subject, fault, TARGET)
    text = f"runs {runs.version or runs.id}" if runs else "nothing runs there yet"
    return Finding(subject=subject, ok=True, text=text)


async def annotations(
    annotators: Mapping[Places, Mapping[str, Annotator]],
) -> tuple[Finding, ...]:
    """Everybody who is told of what goes live, without telling them anything."""
    found = await asyncio.gather(
        *(_annotator(place, one) for place, each in annotators.items() for one in each.values())
    )
    return tuple(found)


async def _annotator(place: Places, annotator: Annotator) -> Finding:
    subject = f"{' '.join(place)} annotations at {annotator.name}"
    try:
        text = await annotator.examine()
    except Fault as fault:
        return failed(subject, fault, ANNOTATIONS)
    return Finding(subject=subject, ok=True, text=text)


def _charts() -> Finding:
    if find_spec("matplotlib") is not None:
        return Finding(subject="charts", ok=True, text="can be drawn")
    text = "cannot be drawn: pip install 'gonogo[charts]'"
    return Finding(subject="charts", ok=True, text=text)


async def backups(config: Config, source: Backups, now: datetime) -> tuple[Finding, ...]:
    """The newest backup of every database that is named, and whether it is recent."""
    named = ((name, one.backups) for name, one in config.services.items() if one.backups)
    return tuple(
        await asyncio.gather(
            *(_backup(source, f"backups of {name}", one, now) for name, one in named)
        )
    )


async def _backup(source: Backups, subject: str, settings: BackupsConfig, now: datetime) -> Finding:
    try:
        newest = await source.newest(settings.database)
    except Fault as fault:
        return failed(subject, fault, BACKUPS)
    if newest is None:
        return Finding(subject=subject, ok=False, text="there is none", action="have one made")
    age = newest.age(now)
    text = f"the newest is of {newest.id}, {span(age)} old"
    if age <= settings.within:
        return Finding(subject=subject, ok=True, text=text)
    action = "see why there is no newer one, or correct backups.within"
    return Finding(subject=subject, ok=False, text=text, action=action)
