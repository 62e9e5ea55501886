"""Expectations: how long going back takes at each place, before anybody does it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot.domain.deployments.deployments import Deployment
from bot.domain.deployments.states import Kind, State
from bot.domain.rollbacks.targets import Fate

MARKED_GOOD = "marked_good"
"""How what a person called good ended; when that was says nothing of how long anything took."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """One place: what it took there the last time where it `was_timed`, else what is stated."""

    name: str
    takes: timedelta
    was_timed: bool = False


def at_target(earlier: Iterable[Deployment], name: str, stated: timedelta) -> Expected:
    """At a target; of the deployments there, newest first, the last step that went well tells."""
    steps = (step for one in earlier for step in one.steps if step.target == name)
    good = (step for step in steps if step.fate is Fate.SUCCEEDED)
    took = next((step.took for step in good if step.took), None)
    return Expected(name=name, takes=took or stated, was_timed=bool(took))


def by_workflow(
    earlier: Sequence[Deployment], name: str, stated: timedelta, *, job: str = ""
) -> Expected:
    """By a workflow alone: what it took the last time a workflow went back; else about what the run
    took by which a version came there last. `job` is the one that changes the environment.
    """
    timed = [(one.kind is Kind.ROLLBACK, took) for one in earlier if (took := _took(one, job))]
    back = next((took for is_back, took in timed if is_back), None)
    forth = next((took for _, took in timed), None)
    return Expected(name=name, takes=back or forth or stated, was_timed=bool(back))


def _took(deployment: Deployment, job: str) -> timedelta | None:
    """From the begin of its work to the moment in which production ran it; None where that is not
    known, or people were waited for meanwhile: at a gate, or until somebody called it good.
    """
    d = deployment
    is_good = d.state is State.SUCCEEDED and d.run_id is not None
    if not is_good or d.progress is None or d.live_at is None:
        return None
    if d.ending is not None and d.ending.code == MARKED_GOOD:
        return None
    stage = d.progress.stage(job)
    began = stage.started_at if stage else None if d.protection else d.progress.started_at
    return d.live_at - began if began and d.live_at > began else None


def in_all(expected: Iterable[Expected]) -> timedelta:
    """One place after another."""
    return sum((one.takes for one in expected), timedelta(0))
