"""Target step: what is done at one target of a rollback, and how far that came."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

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
    `again` is tried once more, unless the try before goes on or ended well after all; one that was
    `resumed` so was left alone until somebody pressed.
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
    resumed: bool = False
    left: Fate | None = None
    left_as: str = ""

    @property
    def came_to(self) -> Fate | None:
        """What became of the target: a try that changed nothing leaves what one before it left."""
        return self.left if self.fate is Fate.FAILED_RESTORED and self.left else self.fate

    @property
    def took(self) -> timedelta | None:
        """How long it took; None where that is not known, or people were waited for meanwhile."""
        if self.began_at is None or self.ended_at is None or self.resumed:
            return None
        return self.ended_at - self.began_at

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
        return self.anew()

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

    def anew(self) -> "TargetStep":
        """One more try, from the beginning; what this one left is kept."""
        is_left = self.fate in (Fate.FAILED_BROKEN, Fate.UNKNOWN)
        return TargetStep(
            target=self.target,
            command=self.command,
            undoes=self.undoes,
            if_failed=self.if_failed,
            attempt=self.attempt + (self.began_at is not None),
            left=self.fate if is_left else self.left,
            left_as=self.text if is_left else self.left_as,
        )
