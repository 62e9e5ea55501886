"""Telling: what GitHub's webhooks tell by themselves, so that looking is for the one that is lost.

Which events come is set up at GitHub, so each is counted for itself: one about a check tells
nothing of runs.
"""

from datetime import datetime, timedelta

from bot.ports import Tx

RUN, JOB, PUSH = "workflow_run", "workflow_job", "push"
DEPLOYED = "deployment_status"

BEFORE = timedelta(hours=1)
"""A deployment is told of within so long of its run, if runs are told of."""


def source(event: str) -> str:
    """From where in the inbox a delivery of this event is."""
    return f"github:{event}"


def changes_runs(tx: Tx, event: str, repo: str) -> bool:
    """Whether a run may have changed by what this delivery is about: a run, or a deployment where
    nothing tells of runs.
    """
    return event == RUN or (event == DEPLOYED and not of_runs(tx, repo, tx.now - BEFORE))


def of_runs(tx: Tx, repo: str, since: datetime) -> bool:
    """Whether runs have been told of: that one begins, and how it ends."""
    return tx.heard(source(RUN), repo, since)


def of_steps(tx: Tx, repo: str, since: datetime) -> bool:
    """Whether a run's jobs have been told of as well, and so all that is shown of it."""
    return of_runs(tx, repo, since) and tx.heard(source(JOB), repo, since)


def of_news(tx: Tx, repo: str, since: datetime) -> bool:
    """Whether anything has been told that a run may have changed by."""
    return any(tx.heard(source(event), repo, since) for event in (RUN, JOB))


def of_tags(tx: Tx, repo: str, since: datetime) -> bool:
    """Whether tags have been told of: a push says what is new, moved and gone."""
    return tx.heard(source(PUSH), repo, since)
