"""Switching: the steps of a rollback, one for each target, in the order of the configuration."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from enum import StrEnum

from bot.domain.deployments.validation import Outcome as Seen
from bot.domain.deployments.validation import Reading
from bot.domain.rollbacks.target_steps import IfFailed, Progress, TargetStep
from bot.domain.rollbacks.targets import Fate


class Outcome(StrEnum):
    """What all steps together came to."""

    GOING_ON = "going_on"
    SWITCHED = "switched"
    MIXED = "mixed"
    UNCHANGED = "unchanged"


def following(steps: Sequence[TargetStep], *, stop_on_failure: bool) -> int | None:
    """The place of the step to work on, None when there is nothing more to do."""
    for place, step in enumerate(steps):
        if step.progress is not Progress.ENDED:
            return place
        if step.stops(stop_on_failure):
            return None
    return None


def awaited_until(steps: Sequence[TargetStep]) -> datetime | None:
    """When a person is asked to decide about the step that is under way."""
    return next((step.awaited_until for step in steps if step.awaited_until), None)


def outcome(steps: Sequence[TargetStep], *, stop_on_failure: bool) -> Outcome:
    """Mixed is what neither all has nor all has not; what is broken counts as changed."""
    if following(steps, stop_on_failure=stop_on_failure) is not None:
        return Outcome.GOING_ON
    changing = [step for step in steps if step.changes]
    if changing and all(step.fate is Fate.SUCCEEDED for step in changing):
        return Outcome.SWITCHED
    if any(step.came_to not in (None, Fate.FAILED_RESTORED) for step in changing):
        return Outcome.MIXED
    return Outcome.UNCHANGED


def came_to(steps: Sequence[TargetStep]) -> Outcome:
    """What they came to once nothing more of them goes on."""
    return outcome(steps, stop_on_failure=True)


def is_mixed(steps: Sequence[TargetStep], *, is_good: bool = False) -> bool:
    """Whether they left different versions behind, or nobody knows; what nobody knows counts no
    more once a person called it good.
    """
    is_known = any(s.came_to is Fate.FAILED_RESTORED for s in steps if s.changes)
    return came_to(steps) is Outcome.MIXED and (is_known or not is_good)


def broken(steps: Sequence[TargetStep]) -> tuple[str, ...]:
    """The targets where nothing good runs."""
    return tuple(s.target for s in steps if s.changes and s.came_to is Fate.FAILED_BROKEN)


def may_be_good(steps: Sequence[TargetStep]) -> bool:
    """Whether a person may say that it is good all the same; not where it is not there at all, or
    nothing good is.
    """
    return not steps or (came_to(steps) is not Outcome.UNCHANGED and not broken(steps))


def is_half_undone(steps: Sequence[TargetStep]) -> bool:
    """Whether a way down of the database was begun and did not end well: how much of it was done is
    for people to find out.
    """
    fine = (Fate.SUCCEEDED, Fate.FAILED_RESTORED)
    return any(s.command == "down" and s.began_at and s.fate not in fine for s in steps)


def retried(steps: Sequence[TargetStep]) -> tuple[TargetStep, ...]:
    """What one more try would begin again; nothing where the database is half undone."""
    if is_half_undone(steps):
        return ()
    return tuple(s for s in steps if s.fate is not Fate.SUCCEEDED and not _is_told(s))


def again(steps: Sequence[TargetStep]) -> tuple[TargetStep, ...]:
    """The steps for one more try: what succeeded is left alone, and of what may still go on the try
    before is looked at first.
    """
    tried = retried(steps)
    return tuple(_once_more(step) if step in tried else step for step in steps)


def _is_told(step: TargetStep) -> bool:
    return step.if_failed is IfFailed.IS_TOLD and step.fate is not None


def _once_more(step: TargetStep) -> TargetStep:
    may_go_on = step.fate is Fate.UNKNOWN and step.began_at is not None and not step.undoes
    if not may_go_on or (step.receipt and "run" not in step.receipt):
        return step.anew()
    progress = Progress.RUNNING if step.receipt else Progress.STARTING
    earlier = replace(
        step.anew(),
        attempt=step.attempt,
        began_at=step.began_at,
        left=step.left,  # what this try left is known once it was looked at
        left_as=step.left_as,
    )
    return replace(earlier, progress=progress, receipt=step.receipt, again=True, resumed=True)


_SEEN = {Fate.SUCCEEDED: Seen.OK, Fate.UNKNOWN: Seen.NO_DATA}


def readings(steps: Sequence[TargetStep]) -> tuple[Reading, ...]:
    """What the steps showed, for the validation: what only looked at the database by its own
    name.
    """
    return tuple(
        Reading(
            what=step.target if step.command else f"target {step.target}",
            outcome=_SEEN.get(step.came_to or Fate.UNKNOWN, Seen.DEGRADED),
            text=step.told,
            at=step.ended_at,
        )
        for step in steps
        if step.ended_at
    )
