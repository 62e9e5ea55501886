"""Metrics: the numbers of a team as people read them, each with the ids that it rests on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot.domain.metrics.goals import Goal
from bot.domain.metrics.homes import Figures
from bot.domain.metrics.measures import Measures
from bot.domain.metrics.metrics import GUARDED, Stability, Throughput, Window
from bot.domain.words import count
from bot.messages import blocks as b
from bot.messages.blocks import Message

MOST_IDS = 12
PICTURE_FOLLOWS = "A picture of it comes as a direct message."
GOALS = {
    "staging_deployments": "Deploy to staging daily",
    "production_deployments": "Deploy to production several times a week",
    "change_failure_rate": "Change failure rate under 5 %",
    "mttr_minutes": "Time to recovery under 30 min",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """The numbers of one service and environment."""

    service: str
    environment: str
    found: Measures


def numbers(measured: Sequence[Measured], note: str) -> Message:
    """Everything that was measured; goals once for each service."""
    if not measured:
        return Message("Nothing of that is in gonogo.yaml.")
    window = measured[0].found.window
    heading = f"*Metrics* {span(window)}"
    parts: list[b.Block] = [b.section(heading)]
    told: set[str] = set()
    for one in measured:
        lines = [f"*{place(one.service, one.environment)}*"]
        lines += [f"• {text}" for text in (*_flow(one), *_trouble(one.found.stability))]
        if one.service not in told:
            lines += [goal(one_goal) for one_goal in one.found.goals]
        told.add(one.service)
        parts.extend(b.sections(lines))
    most = b.MOST_BLOCKS - 1
    if len(parts) > most:
        parts = [*parts[: most - 1], b.context("There is more; ask for one service.")]
    parts.append(b.context(note, f"`{DOCS}` says what each number means"))
    first = measured[0]
    text = f"{place(first.service, first.environment)}: {_flow(first)[0]}"
    return Message(f"Metrics {span(window)}. {text}", tuple(parts))


def overview(found: Sequence[Figures], example: str) -> Message:
    """Of all services what was measured last."""
    note = f"Name one service, such as {b.line(example, 80)}, for its numbers with their ids and "
    note += "a picture."
    if not found:
        return Message(f"Not measured yet. {note}")
    parts = [b.section("*Metrics* as measured last"), *b.sections(figures(found))]
    most = b.MOST_BLOCKS - 1
    if len(parts) > most:
        parts = [*parts[: most - 1], b.context("There is more; ask for one service.")]
    return Message("Metrics as measured last", (*parts, b.context(note)))


def figures(found: Sequence[Figures]) -> list[str]:
    """A line for each place, and the goals once for each service."""
    lines = []
    told: set[str] = set()
    for one in found:
        n = one.numbers
        lines.append(
            f"*{place(one.service, one.environment)}*, {one.days} days up to "
            f"{b.when(one.taken_at)}: {n['deployments_per_week']:.1f} deployments a week · "
            f"lead time {time(n['lead_median_minutes'])} · "
            f"failure rate {percent(n['change_failure_rate'])} · "
            f"recovery {time(n['mttr_mean_minutes'])}"
        )
        if one.service not in told:
            lines += [f"    {goal(one_goal)}" for one_goal in one.goals]
        told.add(one.service)
    return lines


DOCS = "docs/metrics.md"


def digest(measured: Sequence[Measured], head: str, left_out: int) -> Message:
    """The week in the channel; `head` of the audit chain is kept here, where nobody can edit it."""
    window = measured[0].found.window
    heading = f"The week {span(window)}"
    parts: list[b.Block] = [b.section(f"*{heading}*")]
    told: set[str] = set()
    points = []
    for one in measured:
        flow, trouble = one.found.throughput, one.found.stability
        point = f"{place(one.service, one.environment)}: {len(flow.successful)} deployments"
        point += f", lead time {time(flow.lead_median)}, failed {percent(trouble.failure_rate)}"
        point += f", recovery {time(trouble.mttr_mean)}{_ids(trouble.restored)}"
        points.append(point)
        lines = [f"*{point}*"]
        if trouble.open:
            lines.append(f"• Not restored yet: {', '.join(b.line(n, 40) for n, _ in trouble.open)}")
        if one.service not in told:
            lines += [goal(found) for found in one.found.goals]
        told.add(one.service)
        parts.extend(b.sections(lines))
    charted = any(one.environment == GUARDED for one in measured)
    small = ["charts in the thread"] if charted else []
    if left_out > 0:
        small.append(f"{left_out} more services are not shown")
    if head:
        small.append(f"audit trail sealed up to `{b.line(head, 64)}`")
    parts = [*parts[: b.MOST_BLOCKS - 1], *([b.context(*small)] if small else [])]
    return Message(f"{heading}. {points[0]}", tuple(parts))


def place(service: str, environment: str) -> str:
    """A service and an environment."""
    return f"{b.line(service, 80)} {b.line(environment, 64)}"


def span(window: Window) -> str:
    """A window of whole days, whose last one is the day before its end."""
    last = window.day_of(window.end) - timedelta(days=1)
    return f"{window.day_of(window.start)} to {last}, days of {window.zone}"


def goal(found: Goal) -> str:
    """One goal, whether it is met, and why."""
    if found.is_at_risk:
        word = "at risk"
    else:
        word = {True: "met", False: "missed", None: "open"}[found.met]
    why = found.why.removeprefix("at risk: ")
    return f"• Goal: {GOALS[found.name]}: *{word}*, {b.line(why)}"


def _flow(one: Measured) -> list[str]:
    flow: Throughput = one.found.throughput
    good = len(flow.successful)
    lines = [
        f"Deployments: {good} successful, {flow.per_day * 7:.1f} a week{_ids(flow.successful)}",
    ]
    failed = [name for name in flow.live if name not in set(flow.successful)]
    if failed:
        lines.append(f"Went live and did not succeed: {len(failed)}{_ids(failed)}")
    if flow.rollbacks:
        lines.append(f"Rollbacks: {len(flow.rollbacks)}{_ids(flow.rollbacks)}")
    lead = f"Lead time: {time(flow.lead_median)}"
    if flow.lead_mean is not None:
        lead += f" (median), {time(flow.lead_mean)} (mean){_ids(flow.led)}"
    if flow.skewed:
        lead += f"; {count(len(flow.skewed), 'commit')} left out, the clock was wrong"
        lead += _ids([sha[:7] for sha in flow.skewed])
    return [*lines, lead]


def _trouble(found: Stability) -> list[str]:
    rate = f"Change failure rate: {percent(found.failure_rate)}{_ids(found.failed)}"
    if found.if_confirmed is not None and found.if_confirmed != found.failure_rate:
        rate += f"; {percent(found.if_confirmed)} if the suspects are confirmed"
        rate += _ids(found.suspected)
    recovery = f"Time to recovery: {time(found.mttr_mean)}"
    if found.mttr_median is not None:
        recovery += f" (mean), {time(found.mttr_median)} (median){_ids(found.restored)}"
    rescue = f"Failed deployment recovery time: {time(found.fdrt_median)}"
    if found.fdrt_median is not None:
        rescue += f" (median){_ids(found.recovered)}"
    rework = f"Rework rate: {percent(found.rework)}{_ids(found.reworked)}"
    lines = [rate, recovery, rescue]
    if found.open:
        ages = [f"{b.line(name, 40)} for {time(age)}" for name, age in found.open]
        lines.append(f"Not restored yet: {', '.join(ages[:MOST_IDS])}")
    if found.unrecovered:
        lines.append(f"No recovery known of{_ids(found.unrecovered)}")
    return [*lines, rework]


def percent(rate: float | None) -> str:
    """A share; nothing to divide by is no zero."""
    return "n/a" if rate is None else f"{rate * 100:.1f} %"


def time(minutes: float | None) -> str:
    """A length of time; None where nothing was measured."""
    return "n/a" if minutes is None else b.span(timedelta(minutes=minutes))


def _ids(names: Sequence[str]) -> str:
    """The names behind a number, the newest where there are many."""
    if not names:
        return ""
    shown = ", ".join(b.line(name, 40) for name in names[-MOST_IDS:])
    return f" ({'… ' if len(names) > MOST_IDS else ''}{shown})"
