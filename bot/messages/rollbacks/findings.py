"""Findings: the issue that a rollback without an incident leaves, as Markdown."""

from collections.abc import Callable
from datetime import datetime

from bot.domain.deployments.deployments import Deployment
from bot.domain.rollbacks.remedies import Remedy
from bot.messages.incidents.incidents import utc
from bot.messages.markdown import plain

MOST_CHANGES = 100


def title(rollback: Deployment, left: Deployment | None) -> str:
    """The title of the issue."""
    from_ = f" from {left.version}" if left and left.version else ""
    return f"Findings: {rollback.service} went back{from_} to {rollback.version} ({rollback.name})"


def body(
    remedy: Remedy,
    rollback: Deployment,
    left: Deployment | None,
    owner: str | None,
    name_of: Callable[[str], str],
) -> str:
    """What is known, and what only people can fill in."""
    d = rollback
    facts = [
        f"Rolled back: {_version(left)}",
        f"Back to: {_version(d)}",
        f"Reason: {plain(d.reason) or 'none given'}",
        f"Asked for by: {plain(name_of(d.requested_by)) or 'somebody outside Slack'}",
        f"Owner: {f'@{owner}' if owner else plain(name_of(remedy.asked_by)) or 'nobody yet'}",
    ]
    parts = [
        f"<!-- {remedy.mark} -->",
        "\n".join(f"- {fact}" for fact in facts),
        "## Times",
        "\n".join(f"- {word}: {utc(at)}" for word, at in _times(d, left) if at),
        "## What went away",
        _changes(d),
        *(f"## {heading}\n\n_To be written._" for heading in ("Root cause", "Findings", "Actions")),
    ]
    return "\n\n".join(parts) + "\n"


def _times(d: Deployment, left: Deployment | None) -> tuple[tuple[str, datetime | None], ...]:
    return (
        ("The version that was rolled back went live", left.live_at if left else None),
        ("Rollback asked for", d.requested_at),
        ("Live again", d.live_at),
        ("Proven healthy", d.healthy_at),
    )


def _version(d: Deployment | None) -> str:
    if d is None:
        return "not known"
    return " ".join(filter(None, (plain(d.label), f"({d.name})", d.short_sha)))


def _changes(d: Deployment) -> str:
    found = d.changes
    if found is None:
        return "It could not be read what lies between the two."
    lines = [
        f"- {plain(c.title)} ({f'#{c.pull_request}' if c.pull_request else (c.sha or '')[:7]}, "
        f"{plain(c.author)})"
        for c in found.changes[:MOST_CHANGES]
    ]
    more = len(found.changes) - len(lines)
    lines += [f"- and {more} more"] if more > 0 else []
    lines += [f"\n[{found.commits} commits]({found.url})"] if found.url else []
    return "\n".join(lines) or "No change is listed."
