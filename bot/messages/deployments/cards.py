"""The card: one message for each deployment, edited in place until it settles."""

from datetime import datetime

from bot.domain.approvals.approvals import is_yet_to_begin
from bot.domain.deployments.deployments import Deployment
from bot.domain.deployments.states import TERMINAL, Kind, State
from bot.domain.deployments.steps import is_unsent
from bot.domain.gates.overrides import standing
from bot.domain.rollbacks import switching
from bot.domain.rollbacks.switching import Outcome
from bot.messages import blocks as b
from bot.messages.blocks import Block, Message
from bot.messages.deployments import (
    aborts,
    approvals,
    assessments,
    checks,
    progress,
    steps,
    twins,
    watches,
)
from bot.messages.deployments.controls import MOST_CANDIDATES, controls
from bot.messages.lists import fitting
from bot.messages.rollbacks import undoing

MOST_CHANGES = 8
MOST_LINKS = 10
_STATUS = {
    State.REQUESTED: "Requested",
    State.CHECKING: "Checking",
    State.AWAITING_APPROVAL: "Waiting for approval",
    State.APPROVED: "Approved, about to start",
    State.DISPATCHING: "Sending to GitHub",
    State.UNKNOWN: "Sent, waiting for GitHub to show the run",
    State.RUNNING: "Running",
    State.SWITCHING: "Switching",
    State.VALIDATING: "Validating",
    State.DEGRADED: "Degraded: validation failed, a person has to decide",
    State.ABORTING: "Stopping",
    State.NEEDS_ATTENTION: "Needs attention: a person has to decide",
    State.SUCCEEDED: "Succeeded",
    State.FAILED: "Failed",
    State.CANCELLED: "Cancelled",
    State.REFUSED: "Refused",
    State.REJECTED: "Rejected",
    State.EXPIRED: "Expired: not approved in time",
    State.VOID: "Void",
}


_ROLLBACK_STATUS = {
    State.APPROVED: "About to start",
    State.SUCCEEDED: "Rolled back",
}
"""Where a rollback reads otherwise: nobody has to approve it."""

UNPROVEN = " (commit not verifiable: the run does not compare it)"


def title(deployment: Deployment) -> str:
    """The deployment as one phrase, escaped: app v1.2.1 → production."""
    d = deployment
    arrow = "back →" if d.kind is Kind.ROLLBACK else "→"
    return f"{b.line(d.service, 80)} {b.line(d.label, 64)} {arrow} {b.line(d.environment, 64)}"


def started_by(deployment: Deployment) -> str:
    """Who began it and where: by a person in Slack, or outside by a GitHub login."""
    d = deployment
    if d.outside:
        if d.outside.late_for:
            return f"the late run of {b.line(d.outside.late_for, 40)}, begun by GitHub"
        login = b.line(d.outside.login or "somebody", 60)
        deed = "merged" if d.outside.is_merge else "started outside Slack"
        return f"{deed} by {b.mention(d.requested_by) if d.requested_by else login}"
    if d.is_unasked:
        return "begun by gonogo, as configured,"
    return (
        f"requested by {b.mention(d.requested_by)}" if d.requested_by else "started outside Slack"
    )


def status(deployment: Deployment) -> str:
    """The state in words."""
    if deployment.kind is Kind.ROLLBACK and deployment.state in _ROLLBACK_STATUS:
        return _ROLLBACK_STATUS[deployment.state]
    if deployment.reverses and deployment.state is State.APPROVED:
        return _ROLLBACK_STATUS[State.APPROVED]
    if deployment.state is State.DEGRADED and deployment.is_half_back:
        return "Degraded: the database was taken back, the code was not; a person has to decide"
    if deployment.state is State.DEGRADED and (how := half_way(deployment)):
        return f"Degraded: {how}, a person has to decide"
    if deployment.state is State.AWAITING_APPROVAL and standing(deployment):
        return "Blocked"
    if deployment.state is State.AWAITING_APPROVAL and is_yet_to_begin(deployment):
        return "Waiting to begin"
    if is_unsent(deployment):
        return "Not sent yet, waiting for GitHub to take it"
    return _STATUS[deployment.state]


def half_way(deployment: Deployment) -> str:
    """How its steps left production, where they did not switch it; else nothing."""
    if not deployment.steps:
        return ""
    match switching.came_to(deployment.steps):
        case Outcome.MIXED:
            return "production is mixed"
        case Outcome.UNCHANGED:
            return "nothing was switched"
        case _:
            return ""


def kind(deployment: Deployment) -> str:
    """Why production changes, and for which incident."""
    d = deployment
    return f"{d.kind} for {b.line(d.for_incident, 40)}" if d.for_incident else str(d.kind)


def card(deployment: Deployment, now: datetime) -> Message:
    """The card of a deployment as it should read now."""
    d = deployment
    head = f"*{title(d)}*\n*{status(d)}*"
    if d.outside and d.outside.older_than:
        head += f"\n*OLDER than live {b.line(d.outside.older_than, 64)}*"
    if d.four_eyes:
        head += f"\n*Four eyes broken:* {b.line(d.four_eyes)}"
    if d.ending and d.ending.text:
        head += f"\n{b.line(d.ending.text)}"
    if d.notice and not d.is_terminal:
        head += f"\n{b.line(d.notice)}"
    if places := where_to_look(d):
        head += f"\n{places}"
    if stopping := aborts.on_card(d):
        head += f"\n{stopping}"
    if (what := waiting(d)) and not d.is_terminal:
        head += f"\n{what}"
    if d.rescue and not d.is_terminal:
        end = "has ended" if d.run_id else "is found and stopped"
        head += f"\nThen back to {b.line(d.rescue.version, 64)}, once its run {end}"
    if (second := twins.on_card(d)) and not d.is_terminal:
        head += f"\n{second}"
    if d.state is State.AWAITING_APPROVAL and (gate := approvals.gate(d)):
        head += f"\n{gate}"
    parts: list[Block] = [b.section(head)]
    if d.changes and d.state is not State.SUCCEEDED:
        parts.append(b.section(changes(d)))
    if d.kind is Kind.ROLLBACK and (database := undoing.on_card(d)):
        parts.append(b.section(database))
    if d.steps:
        parts.append(b.section(steps.listed(d)))
    if d.progress and not d.is_terminal:
        parts.append(b.section(progress.listed(d, now)))
    if d.validation and d.state in (State.VALIDATING, State.DEGRADED):
        parts.append(b.section(validation(d)))
    if d.verdicts and d.state in (State.AWAITING_APPROVAL, State.APPROVED):
        parts.extend(checks.evidence(d))
    if buttons := controls(d):
        parts.append(buttons)
    parts.append(b.context(*_small_print(d)))
    return Message(f"{title(d)}: {status(d)}", tuple(parts))


def where_to_look(deployment: Deployment) -> str:
    """The ways to what a person has to look at before they decide: the runs that may be the one,
    else all of the workflow.
    """
    d, intent = deployment, deployment.dispatch
    if d.state is not State.NEEDS_ATTENTION or intent is None or not intent.actions:
        return ""
    if d.run_id is not None or not intent.candidates:
        page = f"{intent.actions}/workflows/{d.workflow}"
        return b.link(page, f"Runs of {b.line(d.workflow, 80)} at GitHub")
    named = intent.candidates[:MOST_LINKS]
    links = " · ".join(b.link(f"{intent.actions}/runs/{run}", f"Run {run}") for run in named)
    more = len(intent.candidates) > MOST_CANDIDATES
    return f"{links}{f'; the first {MOST_CANDIDATES} have a button' if more else ''}"


def waiting(deployment: Deployment) -> str:
    """What is waited for, empty when nothing is; and when it is tried again, as a time of day,
    which stays true for as long as the card stands.
    """
    d = deployment
    again = d.failures and d.due_at and f", next try {b.clock_time(d.due_at)}"
    return b.line(d.waiting_for) + (again or "") if d.waiting_for else ""


def changes(
    deployment: Deployment, most: int = MOST_CHANGES, room: int = b.SECTION_LIMIT - 200
) -> str:
    """The change list as lines of mrkdwn, of at most so many changes and about `room` characters;
    how many more there are is told.
    """
    listed = deployment.changes
    if listed is None or not listed.changes:
        return "No changes listed."
    since = f" since {b.line(listed.base, 64)}" if listed.base else ""
    if deployment.kind is Kind.ROLLBACK:
        lines = [f"*{b.link(listed.url, 'Taken back')}*"]
    else:
        lines = [f"*{b.link(listed.url, 'Changes')}{since}*"]
    each = []
    for change in listed.changes[:most]:
        number = (
            f" ({b.link(change.url, f'#{change.pull_request}')})" if change.pull_request else ""
        )
        author = f" · {b.line(change.author, 60)}" if change.author else ""
        each.append(f"• {b.line(change.title, 120)}{number}{author}")
    told, _ = fitting(each, room - len(lines[0]))
    lines += told
    if more := len(listed.changes) - len(told):
        lines.append(f"• and {more} more")
    return "\n".join(lines)


def validation(deployment: Deployment) -> str:
    """What validation has read so far."""
    found = deployment.validation
    if found is None:
        return ""
    lines = ["*Validation*"]
    lines.extend(
        f"• {b.link(reading.url, assessments.of(reading))}: {b.line(reading.text)}"
        for reading in found.readings
    )
    if found.healthy_at and deployment.state is State.VALIDATING:
        lines.append(f"• Watching since {b.clock_time(found.healthy_at)}")
    if deployment.watch:
        lines.append(f"• {watches.line(deployment.watch)}")
    return "\n".join(lines)


def _small_print(d: Deployment) -> list[str]:
    parts = [d.name, f"{started_by(d)} {b.when(d.requested_at)}"]
    if d.kind is not Kind.RELEASE:
        parts.append(kind(d))
    if d.reverses:
        parts.append(f"undoes {b.line(d.reverses, 20)}")
    if d.reversed_by:
        parts.append(f"undone by {b.line(d.reversed_by, 20)}")
    if d.short_sha:
        parts.append(f"commit `{d.short_sha}`{UNPROVEN if d.is_unproven else ''}")
    if d.reason:
        parts.append(f"reason: {b.quoted(d.reason)}")
    if approved := approvals.given(d):
        parts.append(approved)
    if d.ending and d.ending.by:
        parts.append(f"{d.ending.code.replace('_', ' ')} by {b.mention(d.ending.by)}")
    if d.state is State.AWAITING_APPROVAL and d.expires_at:
        parts.append(f"expires {b.clock_time(d.expires_at)}")
    if d.state in TERMINAL and d.settled_at:
        parts.append(f"settled {b.when(d.settled_at)}")
    if d.run_url and d.is_terminal:
        parts.append(b.link(d.run_url, f"run {d.run_id}"))
    if d.follow_ups:
        parts.append(f"follows up {b.line(', '.join(d.follow_ups))}")
    return parts
