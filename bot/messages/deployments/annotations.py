"""Annotations: what other systems are told of a version that went live, and what became of it."""

from collections.abc import Sequence

from bot.domain.deployments.annotations import Annotation
from bot.domain.deployments.deployments import Deployment
from bot.domain.deployments.states import Kind
from bot.messages import blocks as b

LOST = "its answer was lost, so it may know; it is not told twice"


def text(d: Deployment) -> str:
    """What went live where, as a plain line for systems other than Slack."""
    if d.kind is Kind.ROLLBACK:
        return f"{d.service} rolled back to {d.label} in {d.environment} ({d.name})"
    return f"{d.service} {d.label} deployed to {d.environment} ({d.kind} {d.name})"


def lines(found: Sequence[Annotation]) -> list[str]:
    """For each place whether it was told."""
    return [f"{b.line(one.place, 40)}: {_fate(one)}" for one in found]


def _fate(one: Annotation) -> str:
    if one.told_at:
        return f"told that it is live {b.when(one.told_at)}"
    if one.given_up:
        return f"*not told* that it is live, given up: {b.line(one.given_up)}"
    tried = f", tried {one.failures} times" if one.failures > 1 else ""
    return f"not yet told that it is live{tried}"
