"""What a run does by itself: a script is a walk through its jobs, paused by delays and gates."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sandbox.clock import Clock, Timer
from sandbox.github.runs import Job, Run

ScriptName = Literal["auto_success", "auto_failure", "manual", "gate_then_success"]
SCRIPTS: tuple[ScriptName, ...] = ("auto_success", "auto_failure", "manual", "gate_then_success")


@dataclass(frozen=True)
class Script:
    """How future runs of a workflow behave; `jobs` replaces the names in the file."""

    name: ScriptName = "auto_success"
    seconds: float = 20.0
    jobs: tuple[str, ...] = ()

    @property
    def gated(self) -> bool:
        return self.name == "gate_then_success"


Walk = Iterator[timedelta | None]
IsGated = Callable[[str], bool]


class Player:
    """Walks one run through its script on the shared clock, until it ends or is stopped."""

    def __init__(self, clock: Clock, run: Run, script: Script, is_gated: IsGated) -> None:
        self._clock = clock
        self._at = clock.now()
        self._timer: Timer | None = None
        self._walk = _walk(run, script, is_gated, lambda: self._at)

    def resume(self) -> None:
        """Go on from now: at the start, and when a gate has been opened."""
        self._at = self._clock.now()
        self._advance()

    def stop(self) -> None:
        self._walk = iter(())
        if self._timer is not None:
            self._timer.cancel()

    def _advance(self) -> None:
        pause = next(self._walk, None)
        if pause is not None:
            self._at += pause
            self._timer = self._clock.call_at(self._at, self._advance)


def _walk(run: Run, script: Script, is_gated: IsGated, now: Callable[[], datetime]) -> Walk:
    """Yields how long to pause; None means until somebody resumes it."""
    if script.name == "manual":
        return
    steps = sum(max(len(job.steps), 1) for job in run.jobs) + 1
    pause = timedelta(seconds=script.seconds / steps)
    yield pause  # queued, until a runner is free
    while (job := run.next_job) is not None:
        if job.environment is not None and is_gated(job.environment):
            run.wait(job, now())
            yield None
        if job.done:
            return
        run.start_job(job, now())
        yield pause
        while job.step is not None and job.step is not job.steps[-1]:
            run.next_step(job, now())
            yield pause
        fails = script.name == "auto_failure" and job is _fragile(run)
        run.finish_job(job, "failure" if fails else "success", now())


def _fragile(run: Run) -> Job:
    """What breaks in a run that fails: of a merge its tests, of all else what deploys."""
    return run.jobs[0] if run.event == "push" else run.deploying_job or run.jobs[-1]
