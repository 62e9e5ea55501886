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


def is_forced(deployment: Deployment) -> bool:
    """Whether GitHub took it that the run is to end with force: nothing less is asked so late."""
    since, asked = deployment.abort_since, deployment.abort_asked_at
    return since is not None and asked is not None and asked - since >= FORCE_AFTER


def force_at(deployment: Deployment) -> datetime | None:
    """When it is asked with force next, if it goes on: so long after GitHub took what was asked, or
    after that was wished where it never did. None where nothing is to be stopped.
    """
    since = deployment.abort_asked_at or deployment.abort_since
    return since + FORCE_AFTER if since else None


def wish(deployment: Deployment, now: datetime) -> Wish:
    """Once to end, and with force for as long as it goes on."""
    force = force_at(deployment)
    if force is not None and now >= force:
        return Wish.FORCE
    return Wish.CANCEL if deployment.abort_asked_at is None else Wish.LOOK


def hangs(deployment: Deployment, now: datetime) -> bool:
    """Whether a person has to be called who was not called before."""
    d = deployment
    return not d.notice and d.abort_since is not None and now - d.abort_since >= CALL_AFTER
