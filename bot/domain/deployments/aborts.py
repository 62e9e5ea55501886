"""Aborts: a run that is to be stopped is asked to end, then with force; then a person is called."""

from datetime import datetime, timedelta
from enum import Enum, auto

from bot.domain.deployments.deployments import Deployment

FORCE_AFTER = timedelta(minutes=5)
"""A cancelled run whose steps still go on after this is force-cancelled."""

CALL_AFTER = timedelta(minutes=10)
"""What neither has stopped so long after the first wish is a person's to look at."""


class Wish(Enum):
    """What is asked of GitHub now."""

    CANCEL = auto()
    FORCE = auto()
    LOOK = auto()


def clock_kept(deployment: Deployment, now: datetime) -> Deployment:
    """The same; where the clock was set back, all that was asked is asked since now."""
    d = deployment
    since, asked = d.abort_since or now, d.abort_asked_at
    return d.with_(abort_since=min(since, now), abort_asked_at=asked and min(asked, now))


def wish(deployment: Deployment, now: datetime) -> Wish:
    """Once to end, and with force for as long as it goes on; what GitHub did not take counts from
    when it was wished.
    """
    d, since = deployment, deployment.abort_asked_at or deployment.abort_since or now
    if now - since >= FORCE_AFTER:
        return Wish.FORCE
    return Wish.CANCEL if d.abort_asked_at is None else Wish.LOOK


def hangs(deployment: Deployment, now: datetime) -> bool:
    """Whether a person has to be called who was not called before."""
    d = deployment
    return not d.notice and d.abort_since is not None and now - d.abort_since >= CALL_AFTER
