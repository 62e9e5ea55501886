"""Expectations: how long going back takes at each place, before anybody does it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot.domain.deployments.deployments import Deployment
from bot.domain.deployments.states import Kind, State
from bot.domain.rollbacks.targets import Fate


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
    took = next((s.ended_at - s.began_at for s in good if s.ended_at and s.began_at), None)
    return Expected(name=name, takes=took or stated, was_timed=bool(took))


def by_workflow(earlier: Sequence[Deployment], name: str, stated: timedelta) -> Expected:
    """By a workflow alone: from the request to the moment in which production ran it, the last time
    a workflow went back; else about what the run took by which a version came there last.
    """
    good = [one for one in earlier if one.state is State.SUCCEEDED and one.run_id and one.live_at]
    back = (d.live_at - d.requested_at for d in good if d.kind is Kind.ROLLBACK and d.live_at)
    runs = ((d.progress.started_at, d.live_at) for d in good if d.progress)
    forth = (live - began for began, live in runs if began and live and live > began)
    took = next(back, None)
    takes = took or next(forth, None) or stated
    return Expected(name=name, takes=takes, was_timed=bool(took))


def in_all(expected: Iterable[Expected]) -> timedelta:
    """One place after another."""
    return sum((one.takes for one in expected), timedelta(0))
