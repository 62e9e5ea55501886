"""Validation: what happens between the end of a run and the word success."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.versions import is_same

LOOKED_AWAY = timedelta(seconds=30)
"""After a longer pause between two probes nobody knows what happened in it: the watch begins
anew.
"""

LOOKED_AGAIN = timedelta(minutes=5)
"""Whatever was bad once has to be read again within that time, or it counts as bad."""

ISSUES = "issues"
"""What the readings of an error tracker are called."""

KUMA = "uptime_kuma"
"""What the readings of Uptime Kuma are called."""

TITLES = {
    "error_rate": "Error rate",
    ISSUES: "Error tracker",
    "alerts": "Alerts",
    KUMA: "Uptime Kuma",
    "logs": "Log",
}
"""What the readings of monitors are about."""

CHECK = "check_"
"""How the names of readings begin that are of a configured page."""


class Outcome(StrEnum):
    """How a reading turned out; only ok is healthy."""

    OK = "ok"
    DEGRADED = "degraded"
    BAD = "bad"
    UNKNOWN = "unknown"
    NO_DATA = "no_data"


UNREAD = (Outcome.UNKNOWN, Outcome.NO_DATA)
"""Nothing is known by these, neither good nor bad."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One look at production: what was looked at, what it showed, in words, and when.

    `value` is in `unit`, a share where that is empty, and `p95` what nineteen of twenty did not
    exceed; `url` is where a person can look.
    `again` says that it was bad for the first time, and is looked at once more before it counts;
    `was` are the words of that bad look, and `bad_at` is when it was. `proves` are the items of the
    process's validation that the team says it is about. `since` is when it was first ok, with
    nothing else read since.
    """

    what: str
    outcome: Outcome
    text: str
    at: datetime
    value: float | None = None
    baseline: float | None = None
    p95: float | None = None
    unit: str = ""
    url: str = ""
    again: bool = False
    was: str = ""
    bad_at: datetime | None = None
    proves: tuple[str, ...] = ()
    since: datetime | None = None

    def confirmed(self, earlier: "Reading | None") -> "Reading":
        """What is bad counts as bad the second time in a row; once is a warning, which no look
        takes away that read nothing.
        """
        was_bad = earlier is not None and (earlier.again or earlier.outcome is Outcome.BAD)
        if self.outcome is Outcome.BAD and not was_bad:
            return self._looked_at_again(self, f"{self.text}, looking again")
        if self.outcome in UNREAD and earlier is not None and earlier.again:
            return self._looked_at_again(
                earlier, f"{earlier.was or earlier.text}, looking again ({self.text})"
            )
        return self

    def _looked_at_again(self, bad: "Reading", text: str) -> "Reading":
        return replace(
            self,
            outcome=Outcome.DEGRADED,
            text=text,
            value=bad.value,
            baseline=bad.baseline,
            again=True,
            was=bad.was or bad.text,
            bad_at=bad.bad_at or bad.at,
        )

    def following(self, earlier: "Reading | None") -> "Reading":
        """A copy that knows since when it is ok; no look changes that which read nothing."""
        since = earlier.since if earlier else None
        if self.outcome is Outcome.OK:
            return replace(self, since=since or self.at)
        return replace(self, since=since) if self.outcome in UNREAD else self

    @property
    def sentence(self) -> str:
        """What it says where nothing else tells what it is about."""
        title = TITLES.get(self.what)
        if self.what.startswith(CHECK):
            title = self.what.removeprefix(CHECK)
        return f"{title}: {self.text}" if title else self.text


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """One answer of a health URL; `problem` is empty when it answered well. `ms` is the response
    time.
    """

    problem: str = ""
    version: str | None = None
    ms: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What validation asks for: the smoke job or step, consecutive health passes, deadline and
    bake.
    """

    has_health: bool
    smoke: str | None = None
    smoke_proves: tuple[str, ...] = ()
    passes: int = 3
    deadline: timedelta = timedelta(minutes=5)
    bake: timedelta = timedelta(minutes=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Validation:
    """Validation so far: passes and failures in a row, the samples in milliseconds, and what was
    read.

    `deployed_at` is the end of the job that deploys, `answered` the version that production told
    last, `shown_at` when it first told the right one. `watched_from` is when the probes began to
    follow one another without a long pause, `looked_at` when the latest was.
    """

    started_at: datetime
    deployed_at: datetime | None = None
    answered: str = ""
    shown_at: datetime | None = None
    watched_from: datetime | None = None
    looked_at: datetime | None = None
    passes: int = 0
    failures: int = 0
    samples: tuple[float, ...] = ()
    healthy_at: datetime | None = None
    readings: tuple[Reading, ...] = ()
    last: str = ""

    @property
    def live_at(self) -> datetime | None:
        """Since when production runs it, as far as is known: what production tells outweighs what
        the run did.
        """
        return self.shown_at or (None if self.answered else self.deployed_at)

    def reading(self, what: str) -> Reading | None:
        """The latest reading of that kind."""
        return next((r for r in reversed(self.readings) if r.what == what), None)

    @property
    def errors(self) -> Reading | None:
        """What was read of errors: the logs, else the error tracker; of the two, what is against
        the version.
        """
        logs, issues = self.reading("logs"), self.reading("issues")
        is_worse = issues is not None and issues.outcome is not Outcome.OK
        return issues if logs is None or (logs.outcome is Outcome.OK and is_worse) else logs

    def having(self, *readings: Reading) -> "Validation":
        """A copy in which these readings replace older ones of the same kind."""
        kept = tuple(r for r in self.readings if r.what not in {new.what for new in readings})
        new = tuple(reading.following(self.reading(reading.what)) for reading in readings)
        return replace(self, readings=kept + new)


def take(
    validation: Validation, probe: Probe, version: str, now: datetime, needed: int
) -> Validation:
    """The validation after one more probe; a green answer of another version is no pass."""
    seen = _heard(_unbroken(validation, now), probe.version, version, now)
    problem = probe.problem
    if not problem and probe.version is not None and not is_same(probe.version, version):
        problem = f"answers as {probe.version}, expected {version}"
    if problem:
        return replace(seen, passes=0, failures=seen.failures + 1, last=problem).having(
            Reading(what="health", outcome=Outcome.BAD, text=problem, at=now)
        )
    passes = seen.passes + 1
    samples = (*seen.samples, probe.ms)[-50:] if probe.ms is not None else seen.samples
    healthy_at = seen.healthy_at or (now if passes >= needed else None)
    return replace(
        seen, passes=passes, failures=0, samples=samples, healthy_at=healthy_at, last=""
    ).having(Reading(what="health", outcome=Outcome.OK, text=_in_a_row(passes), at=now))


def _unbroken(validation: Validation, now: datetime) -> Validation:
    if now - (validation.looked_at or validation.started_at) <= LOOKED_AWAY:
        return replace(validation, looked_at=now)
    return replace(
        validation, looked_at=now, watched_from=now, passes=0, failures=0, healthy_at=None
    )


def _heard(validation: Validation, told: str | None, version: str, now: datetime) -> Validation:
    if told is None:
        return validation
    shown_at = validation.shown_at or (now if is_same(told, version) else None)
    return replace(validation, answered=told, shown_at=shown_at)


class Judgement(StrEnum):
    """Whether validation is over."""

    GOING_ON = "going_on"
    PASSED = "passed"
    FAILED = "failed"


def judge(validation: Validation, rule: Rule, now: datetime) -> tuple[Judgement, str]:
    """Passed after health and bake, failed with the reason when the deadline or the bake breaks.

    The bake begins with health, where there is a health URL, and ends with health in a row, and
    with nothing left to look at again.
    """
    found = validation
    bad = [r for r in found.readings if r.outcome is Outcome.BAD and r.what != "health"]
    if bad:
        return Judgement.FAILED, "; ".join(reading.sentence for reading in bad)
    if not rule.has_health:
        return _going_on() if now - found.started_at < rule.bake else _proven(found, now)
    seen = found.last or _too_few(found.passes, rule.passes)
    if found.healthy_at is None:
        if now - (found.watched_from or found.started_at) < rule.deadline:
            return _going_on()
        return Judgement.FAILED, f"not healthy within {_minutes(rule.deadline)}: {seen}"
    if found.failures >= rule.passes:
        return Judgement.FAILED, f"health was lost during the watch: {found.last}"
    baked_at = found.healthy_at + rule.bake
    if now < baked_at:
        return _going_on()
    if found.passes >= rule.passes:
        return _proven(found, now)
    if now < baked_at + rule.deadline:
        return _going_on()
    return Judgement.FAILED, f"health comes and goes: {seen}"


def _going_on() -> tuple[Judgement, str]:
    return Judgement.GOING_ON, ""


def _proven(found: Validation, now: datetime) -> tuple[Judgement, str]:
    """Good answers alone do not tell that anything was deployed, and a bad one is not overtaken."""
    waiting = [r for r in found.readings if r.again]
    if unread := [r for r in waiting if now - (r.bad_at or r.at) >= LOOKED_AGAIN]:
        return Judgement.FAILED, "; ".join(_unread(reading).sentence for reading in unread)
    if waiting:
        return _going_on()
    job = found.reading("deploy_job")
    if job is None or job.outcome is Outcome.OK or found.shown_at:
        return Judgement.PASSED, ""
    why = f"{job.text}, and production tells no version"
    return Judgement.FAILED, f"not proven that anything was deployed: {why}"


def _unread(reading: Reading) -> Reading:
    """What was bad, and why nothing is known since: it could not be read, or was too little."""
    was = reading.was or reading.text
    why = reading.text.removeprefix(f"{was}, looking again").strip()
    told = f"{was}, and nothing is known of the {_minutes(LOOKED_AGAIN)} since {why}"
    return replace(reading, text=told.rstrip())


def _in_a_row(passes: int) -> str:
    return "1 pass" if passes == 1 else f"{passes} passes in a row"


def _too_few(passes: int, needed: int) -> str:
    return f"{_in_a_row(passes)}, {needed} are needed" if passes else "no answer"


def _minutes(span: timedelta) -> str:
    return f"{span / timedelta(minutes=1):g} min"
