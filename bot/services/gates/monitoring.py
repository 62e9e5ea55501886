"""Monitoring: the monitors are read before a deployment, and again and again after it."""

import asyncio
from collections.abc import Iterable
from datetime import datetime, timedelta

import structlog

from bot.domain.deployments.deployments import Deployment
from bot.domain.deployments.validation import Outcome, Reading, Validation
from bot.domain.errors import Fault
from bot.ports import Monitor, Question
from bot.services.desk import Desk

log = structlog.get_logger()
PATIENCE = 8.0
"""Seconds for a whole look, of several calls: a watch that looks away for half a minute begins
anew.
"""

SOON = timedelta(seconds=2)
"""The pause in the first moments after a deployment, while there is nothing to say yet."""


async def before(
    desk: Desk, deployment: Deployment, patience: float = PATIENCE
) -> tuple[Reading, ...]:
    """How everything is before something changes: what later readings are compared with."""
    question = Question(version=deployment.version, now=desk.now())
    return await _look(desk.monitors_of(deployment), {}, question, patience)


async def watch(desk: Desk, deployment: Deployment, found: Validation) -> Validation:
    """The validation with a new reading of each monitor that may be asked again."""
    now = desk.now()
    since = found.live_at or found.deployed_at or found.started_at
    due = [
        monitor
        for monitor in desk.monitors_of(deployment)
        if (last := found.reading(monitor.what)) is None
        or not last.at <= now < last.at + _pause(monitor, last, since)
    ]
    question = Question(version=deployment.version, now=now, since=since)
    known = {reading.what: reading for reading in deployment.before}
    fresh = await _look(due, known, question, PATIENCE)
    return found.having(*(one.confirmed(found.reading(one.what)) for one in fresh))


def _pause(monitor: Monitor, last: Reading, since: datetime) -> timedelta:
    is_new = last.outcome is Outcome.NO_DATA and last.at - since < monitor.pace
    return min(SOON, monitor.pace) if is_new else monitor.pace


async def _look(
    monitors: Iterable[Monitor], before: dict[str, Reading], question: Question, patience: float
) -> tuple[Reading, ...]:
    asked = (
        _ask(monitor, question.after(before.get(monitor.what)), patience) for monitor in monitors
    )
    return tuple(await asyncio.gather(*asked))


async def _ask(monitor: Monitor, question: Question, patience: float) -> Reading:
    """One reading; what cannot be read is unknown, and never healthy."""
    try:
        async with asyncio.timeout(patience):
            return await monitor.look(question)
    except Fault as fault:
        why = f"{fault.system} cannot be read: {fault.text}"
    except TimeoutError:
        why = f"no answer within {patience:g} s"
    except Exception:  # whatever one monitor makes of an answer must not hold the deployment up
        log.exception("monitor_broke", what=monitor.what)
        why = "what it answered could not be read"
    log.info("monitor_not_read", what=monitor.what, error=why)
    return Reading(
        what=monitor.what,
        outcome=Outcome.UNKNOWN,
        text=f"not known, {why}",
        at=question.now,
    )
