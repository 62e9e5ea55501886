"""Switching: the steps of a rollback, one for each target, in the order of the configuration."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from bot.domain.targets import Fate, Sight


class Progress(StrEnum):
    """How far one step is; `starting` is committed before anything is asked of the target."""

    WAITING = "waiting"
    STARTING = "starting"
    RUNNING = "running"
    ENDED = "ended"


class Outcome(StrEnum):
    """What all steps together came to."""

    GOING_ON = "going_on"
    SWITCHED = "switched"
    MIXED = "mixed"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetStep:
    """One target of a rollback; `attempt` counts how often a person had it tried.

    `receipt` finds a started step again. `pinned` says what lets later deployments go live there
    again; `output` are the last lines of its log.
    """

    target: str
    progress: Progress = Progress.WAITING
    attempt: int = 1
    receipt: dict[str, str] = field(default_factory=dict)
    began_at: datetime | None = None
    ended_at: datetime | None = None
    fate: Fate | None = None
    text: str = ""
    pinned: str = ""
    output: str = ""

    def operation(self, deployment: str, place: int) -> str:
        """The word by which the target knows this attempt: D9-1-2."""
        return f"{deployment}-{place + 1}-{self.attempt}"

    def seen(self, sight: Sight) -> "TargetStep":
        """The step after one more look; an end that nobody knows is no end."""
        over = sight.fate is not None and sight.fate is not Fate.UNKNOWN
        return replace(
            self,
            progress=Progress.ENDED if over else Progress.RUNNING,
            fate=sight.fate,
            ended_at=sight.at if over else None,
            text=sight.text,
            pinned=sight.pinned,
            output=sight.output,
        )

    def failed(self, why: str, at: datetime) -> "TargetStep":
        """The step ended without having changed anything."""
        return replace(
            self, progress=Progress.ENDED, fate=Fate.FAILED_RESTORED, ended_at=at, text=why
        )


def following(steps: Sequence[TargetStep], *, stop_on_failure: bool) -> int | None:
    """The place of the step to work on, None when there is nothing more to do."""
    for place, step in enumerate(steps):
        if step.progress is not Progress.ENDED:
            return place
        if stop_on_failure and step.fate is not Fate.SUCCEEDED:
            return None
    return None


def outcome(steps: Sequence[TargetStep], *, stop_on_failure: bool) -> Outcome:
    """Mixed is what neither all has nor all has not; what is broken counts as changed."""
    if following(steps, stop_on_failure=stop_on_failure) is not None:
        return Outcome.GOING_ON
    if all(step.fate is Fate.SUCCEEDED for step in steps):
        return Outcome.SWITCHED
    if any(step.fate in (Fate.SUCCEEDED, Fate.FAILED_BROKEN) for step in steps):
        return Outcome.MIXED
    return Outcome.UNCHANGED


def again(steps: Sequence[TargetStep]) -> tuple[TargetStep, ...]:
    """The steps for one more try: what succeeded is left alone."""
    return tuple(
        step
        if step.fate is Fate.SUCCEEDED
        else TargetStep(target=step.target, attempt=step.attempt + (step.began_at is not None))
        for step in steps
    )
