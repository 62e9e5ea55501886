"""Switching: the steps of a rollback, one for each target, in the order of the configuration."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.deployments.validation import Outcome as Seen
from bot.domain.deployments.validation import Reading
from bot.domain.rollbacks.stops import Stop
from bot.domain.rollbacks.targets import Fate, Sight

UNCLEAR = timedelta(minutes=2)
"""How long an end that nobody can tell is looked at again, before a person has to decide."""

FOUND_WITHIN = timedelta(minutes=5)
"""How long what was sent is looked for at least, also where the time of its step is over."""


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


class IfFailed(StrEnum):
    """What a step that failed means for the following ones."""

    AS_CONFIGURED = "as_configured"
    STOPS = "stops"
    IS_TOLD = "is_told"


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetStep:
    """One target of a rollback; `attempt` counts how often a person had it tried.

    One that `undoes` takes a rollback's step back, by the receipt of that.
    One with a `command` asks the database instead: `down` changes it, anything else only looks.

    `receipt` finds a started step again. `pinned` says what lets later deployments go live there
    again; `lift_by` is who wants that lifted; `output` are the last lines of its log. `left` is
    what an earlier try left broken, or unknown after all looks at it, `left_as` in words.
    `waits` is its run that has not begun its work, `stop` somebody's wish to have that cancelled.
    `again` is tried once more, unless the try before goes on or ended well after all.
    """

    target: str
    command: str = ""
    undoes: dict[str, str] = field(default_factory=dict)
    if_failed: IfFailed = IfFailed.AS_CONFIGURED
    progress: Progress = Progress.WAITING
    attempt: int = 1
    receipt: dict[str, str] = field(default_factory=dict)
    began_at: datetime | None = None
    ended_at: datetime | None = None
    fate: Fate | None = None
    text: str = ""
    pinned: str = ""
    output: str = ""
    lift_by: str = ""
    due_by: datetime | None = None
    unclear_at: datetime | None = None
    waits: int | None = None
    stop: Stop | None = None
    again: bool = False
    left: Fate | None = None
    left_as: str = ""

    @property
    def came_to(self) -> Fate | None:
        """What became of the target: a try that changed nothing leaves what one before it left."""
        return self.left if self.fate is Fate.FAILED_RESTORED and self.left else self.fate

    @property
    def told(self) -> str:
        """What is known of it, in words."""
        if self.came_to is self.fate:
            return self.text
        return f"{self.text}; the try before left it so: {self.left_as}"

    @property
    def awaited_until(self) -> datetime | None:
        """When a person is asked to decide, whatever became of it; None before it is taken up."""
        if self.progress is Progress.ENDED or self.due_by is None:
            return None
        if self.progress is Progress.STARTING and self.began_at:
            return max(self.due_by, self.began_at + FOUND_WITHIN)
        return min(self.due_by, self.unclear_at + UNCLEAR) if self.unclear_at else self.due_by

    @property
    def works(self) -> int | None:
        """Its run at GitHub that has begun its work and is not over."""
        run = self.receipt.get("run")
        goes_on = self.progress is Progress.RUNNING and self.waits is None and self.fate is None
        return int(run) if run and goes_on else None

    @property
    def changes(self) -> bool:
        """Whether it changes something."""
        return self.command in ("", "down")

    def stops(self, configured: bool) -> bool:
        """Whether it failed, and nothing may follow it."""
        if self.fate is Fate.SUCCEEDED or self.if_failed is IfFailed.IS_TOLD:
            return False
        return configured or self.if_failed is IfFailed.STOPS

    def operation(self, request: str, place: int) -> str:
        """The word by which the target knows this attempt: D9-4f1c22ab-1-2."""
        return f"{request}-{place + 1}-{self.attempt}"

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
            waits=sight.waits,
        )

    def looked_at_again(self) -> "TargetStep":
        """One that is to be tried `again`, after a look at the try before."""
        if not self.again or self.progress is Progress.STARTING:
            return self
        if self.progress is Progress.WAITING or self.fate in (None, Fate.SUCCEEDED):
            return replace(self, again=False)
        return _anew(self)

    def ended(self, sight: Sight) -> "TargetStep":
        """The step as it is left, although nobody knows what became of it."""
        return replace(self.seen(sight), progress=Progress.ENDED, ended_at=sight.at)

    def timed(self, before: "TargetStep", at: datetime, longest: timedelta) -> "TargetStep":
        """The step after a change, with by when it has to have ended: `longest` from when it was
        taken up, and once more from when it was sent, however often that was tried.
        """
        moved = self.progress is not before.progress
        is_sent = moved and self.progress is Progress.RUNNING
        return replace(
            self,
            due_by=at + longest if is_sent or self.due_by is None else self.due_by,
            unclear_at=(self.unclear_at or at) if self.fate is Fate.UNKNOWN else None,
        )

    def in_time(self, at: datetime) -> "TargetStep":
        """The step after a look at its target, or ended because it takes too long: then nothing was
        begun, or nobody knows what becomes of it.
        """
        until = self.awaited_until
        if until is None or at < until:
            return self
        if self.progress is Progress.WAITING:
            return self.failed(f"{self.text or 'not begun'}; it was not begun in time", at)
        why = f"{self.text}; not awaited any longer, look at {self.target} before anything else"
        return replace(self, progress=Progress.ENDED, fate=Fate.UNKNOWN, ended_at=at, text=why)

    def failed(self, why: str, at: datetime) -> "TargetStep":
        """The step ended without having changed anything."""
        return replace(
            self, progress=Progress.ENDED, fate=Fate.FAILED_RESTORED, ended_at=at, text=why
        )

    def gone(self, why: str, at: datetime) -> "TargetStep":
        """The step whose target can be asked no more; what was begun may have changed it."""
        if self.progress is Progress.WAITING:
            return self.failed(why, at)
        return self.ended(Sight(fate=Fate.UNKNOWN, text=why, at=at))


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


def retried(steps: Sequence[TargetStep]) -> tuple[TargetStep, ...]:
    """What one more try would begin again; nothing once a way down of the database was begun and
    did not end well: how much of it was done is for people to find out.
    """
    fine = (Fate.SUCCEEDED, Fate.FAILED_RESTORED)
    if any(s.command == "down" and s.began_at and s.fate not in fine for s in steps):
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
        return _anew(step)
    progress = Progress.RUNNING if step.receipt else Progress.STARTING
    earlier = replace(
        _anew(step),
        attempt=step.attempt,
        began_at=step.began_at,
        left=step.left,  # what this try left is known once it was looked at
        left_as=step.left_as,
    )
    return replace(earlier, progress=progress, receipt=step.receipt, again=True)


def _anew(step: TargetStep) -> TargetStep:
    is_left = step.fate in (Fate.FAILED_BROKEN, Fate.UNKNOWN)
    return TargetStep(
        target=step.target,
        command=step.command,
        undoes=step.undoes,
        if_failed=step.if_failed,
        attempt=step.attempt + (step.began_at is not None),
        left=step.fate if is_left else step.left,
        left_as=step.text if is_left else step.left_as,
    )


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
