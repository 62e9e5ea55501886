"""Pictures: what is written on the charts of the metrics, and what is read aloud of them."""

from collections.abc import Sequence
from datetime import timedelta

from bot.domain.metrics.goals import FAILURE_RATE, RECOVERY_MINUTES, WEEKLY
from bot.domain.metrics.metrics import GUARDED
from bot.domain.metrics.pictures import Panel, Picture
from bot.domain.metrics.trends import Trend
from bot.messages import blocks as b
from bot.messages.blocks import Message

HOUR, DAY = 60.0, 1440.0


def picture(found: Trend) -> Picture:
    """The four charts of one service and environment, week by week."""
    labels = tuple(f"{week.monday:%-d %b}" for week in found.weeks)
    guarded = found.environment == GUARDED
    leads = [week.lead for week in found.weeks]
    unit, minutes = _unit(leads)
    window = found.window
    last = window.end - timedelta(days=1)
    return Picture(
        title=f"{found.service} {found.environment}",
        subtitle=f"{window.start:%-d %b %Y} to {last:%-d %b %Y}, by week (Monday)",
        panels=(
            Panel(
                title="Successful deployments per week",
                labels=labels,
                values=tuple(float(week.deployments) for week in found.weeks),
                is_bars=True,
                goal=float(WEEKLY) if guarded else None,
                goal_text=f"goal: {WEEKLY} or more",
            ),
            Panel(
                title=f"Lead time, median ({unit})",
                labels=labels,
                values=tuple(None if one is None else one / minutes for one in leads),
                decimals=1,
            ),
            Panel(
                title="Change failure rate (%)",
                labels=labels,
                values=tuple(
                    None if week.failure_rate is None else week.failure_rate * 100
                    for week in found.weeks
                ),
                unit=" %",
                goal=FAILURE_RATE * 100 if guarded else None,
                goal_text=f"goal: under {FAILURE_RATE * 100:.0f} %",
            ),
            Panel(
                title="Time to recovery, mean (minutes)",
                labels=labels,
                values=tuple(week.recovery for week in found.weeks),
                goal=RECOVERY_MINUTES if guarded else None,
                goal_text=f"goal: under {RECOVERY_MINUTES:.0f} min",
            ),
        ),
    )


def _unit(leads: Sequence[float | None]) -> tuple[str, float]:
    longest = max((one for one in leads if one is not None), default=0.0)
    if longest < 2 * HOUR:
        return "minutes", 1.0
    return ("hours", HOUR) if longest < 2 * DAY else ("days", DAY)


def aloud(shown: Picture) -> str:
    """The picture in words, for those who do not see it; the newest weeks where there are many."""
    lines = [f"Metrics of {shown.title}, {shown.subtitle}."]
    for panel in shown.panels:
        told = [
            f"{label} {value:.{panel.decimals}f}"
            for label, value in list(zip(panel.labels, panel.values, strict=True))[-8:]
            if value is not None
        ]
        lines.append(f"{panel.title}: {', '.join(told) or 'no data'}.")
    return " ".join(lines)[:1900]


def posted(shown: Picture, file: str) -> Message:
    """The message that carries the picture."""
    title = f"Metrics of {b.line(shown.title, 120)}"
    image: b.Block = {
        "type": "image",
        "slack_file": {"id": file},
        "alt_text": aloud(shown),
    }
    return Message(f"{title}, {b.line(shown.subtitle)}", (b.section(f"*{title}*"), image))


def none(service: str, environment: str, why: str) -> Message:
    """There will be no picture, and why."""
    place = f"{b.line(service, 80)} {b.line(environment, 64)}"
    return Message(f"No picture of {place}: {b.line(why)}")
