"""Suspects: the deployments that may have caused an incident, the likeliest first, with why."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.deployments.deployments import Deployment
from bot.domain.deployments.states import Kind, State
from bot.domain.deployments.validation import Outcome
from bot.domain.incidents.incidents import UNRESTORED, Incident
from bot.domain.metrics.history import CauseState
from bot.domain.spans import span

NEW = (Kind.RELEASE, Kind.HOTFIX)
LOOK_BACK = timedelta(hours=24)
BAD_READING = 0.5
MIGRATION = 0.2

ASK_AFTER, LATE = timedelta(minutes=10), timedelta(minutes=2)
"""So long nobody is asked whether to roll back, and so late nobody is any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspect:
    """A deployment that may be the cause; `why` is a phrase."""

    deployment: str
    version: str
    live_at: datetime
    score: float
    why: str


def suspects(
    deployments: Iterable[Deployment], broke_at: datetime, begin: str = "the start"
) -> tuple[Suspect, ...]:
    """Those that brought something new live within the 24 hours before it broke; a rollback brings
    what ran well before.

    The nearer the likelier; readings that failed and migrations speak for one, too.
    """
    found = [
        suspect
        for d in deployments
        if (suspect := _suspect(d, broke_at, begin)) and suspect.live_at > broke_at - LOOK_BACK
    ]
    return tuple(sorted(found, key=lambda s: (-s.score, s.deployment)))


def earlier(
    deployments: Iterable[Deployment], broke_at: datetime, begin: str = "the start"
) -> tuple[Suspect, ...]:
    """All that brought something new before it broke, the newest first: a cause may be older than a
    day.
    """
    found = (_suspect(d, broke_at, begin) for d in deployments)
    known = [suspect for suspect in found if suspect]
    return tuple(sorted(known, key=lambda s: s.live_at, reverse=True))


def asks_at(incident: Incident) -> datetime | None:
    """When people are asked whether to roll back: once, where that is what the process decides and
    the suspect has neither been confirmed nor ruled out.
    """
    i = incident
    is_open_question = i.cause is not None and i.cause_state is CauseState.SUSPECTED
    if i.urged or not is_open_question or not i.severity.freezes or i.state not in UNRESTORED:
        return None
    return max(i.declared_at, i.again_at or i.declared_at) + ASK_AFTER


def _suspect(d: Deployment, broke_at: datetime, begin: str) -> Suspect | None:
    if d.live_at is None or d.dry_run or d.kind not in NEW:
        return None
    before = broke_at - d.live_at
    if before < timedelta(0):
        return None
    reasons = [f"live {span(before)} before {begin}"]
    score = 1 - before / LOOK_BACK
    bad = (
        [r.what for r in d.validation.readings if r.outcome is not Outcome.OK]
        if d.validation
        else []
    )
    if d.state in (State.DEGRADED, State.FAILED) or bad:
        score += BAD_READING
        reasons.append(f"{', '.join(bad).replace('_', ' ')} did not pass" if bad else "it failed")
    if brings_migration(d):
        score += MIGRATION
        reasons.append("it brings a migration")
    return Suspect(
        deployment=d.in_history,
        version=d.version,
        live_at=d.live_at,
        score=round(score, 4),
        why=", ".join(reasons),
    )


def brings_migration(deployment: Deployment) -> bool:
    """Whether its change list speaks of one: the titles are all that is known of it."""
    listed = deployment.changes
    return listed is not None and any("migration" in c.title.lower() for c in listed.changes)
