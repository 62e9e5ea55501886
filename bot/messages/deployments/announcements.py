"""Announcements: new messages that stay, in the words of the team's process document."""

from collections.abc import Sequence

from bot.domain.deployments.choices import Choice, choices
from bot.domain.deployments.deployments import Deployment
from bot.domain.deployments.states import Kind, State
from bot.domain.deployments.validation import Outcome, Reading, Validation
from bot.messages import blocks as b
from bot.messages.blocks import Message
from bot.messages.deployments.cards import half_way, status, title, where_to_look
from bot.messages.rollbacks import undoing

NOT_CONFIGURED = "not configured"
CHANGES_ROOM = 1800
"""Characters for the change list, so that what was checked always has its place below it."""


def succeeded(deployment: Deployment) -> Message:
    """The team's success message, line by line; a line claims only what was read."""
    d = deployment
    found = d.validation or Validation(started_at=d.requested_at)
    lines = [
        f"✅ {b.line(d.label, 64)} deployed to {b.line(d.environment, 64)} successfully",
        *_marked_good(d),
        "Changes:",
        *_changes(d),
        "Validation:",
        f"- {_line(found.reading('health'), 'Health checks passing', 'Health checks')}",
        f"- {_line(found.reading('smoke'), 'Smoke tests passed', 'Smoke tests')}",
        f"- {_logs(found)}",
        f"- {_line(found.reading('response_times'), 'Response times normal', 'Response times')}",
        "Monitoring:",
        f"- {_line(found.reading('uptime_kuma'), 'Uptime Kuma: ✅', 'Uptime Kuma')}",
        f"- {_line(found.reading('error_rate'), 'Error rate: Normal', 'Error rate')}",
        f"- {_line(found.reading('response_times'), 'Performance: ✅', 'Performance')}",
    ]
    return _announcement(lines)


def good(deployment: Deployment) -> Message:
    """The team's message when a deployment or a rollback turned out well."""
    if deployment.kind is Kind.ROLLBACK:
        return rolled_back(deployment)
    return succeeded(deployment)


def rolled_back(deployment: Deployment) -> Message:
    """The team's rollback message, line by line; service is restored only where health says so."""
    d = deployment
    found = d.validation or Validation(started_at=d.requested_at)
    health = found.reading("health")
    if d.ending is not None and d.ending.by is not None:
        state = f"Marked good by {b.mention(d.ending.by)}"
    else:
        state = _line(health, "Service restored", "Rolled back, health")
    lines = [
        f"⚠️ {b.line(d.environment, 64).capitalize()} rollback executed",
        f"Reason: {b.line(d.reason) or 'none given'}",
        f"Rolled back to: {b.line(d.version, 64)}",
        f"Status: {state}, investigating issue",
        "Next steps:",
        "- Root cause analysis",
        f"- {b.line(d.mending) or 'Hotfix: not started'}",
        f"- ETA for fix: {b.line(d.eta) or 'not yet known'}",
    ]
    told = _announcement(lines)
    ask = b.button("Set ETA", "set_eta", str(d.id))
    return Message(told.text, (*told.blocks, b.actions(f"aftercare:{d.id}", ask)))


def _marked_good(deployment: Deployment) -> list[str]:
    """Who answers for a success that the validation did not find."""
    ending = deployment.ending
    if ending is None or ending.by is None or ending.code != "marked_good":
        return []
    return [f"Marked good by {b.mention(ending.by)}; validation had failed: {b.line(ending.text)}"]


def _changes(deployment: Deployment) -> list[str]:
    changes = deployment.changes.changes if deployment.changes else ()
    lines: list[str] = []
    room = CHANGES_ROOM
    for change in changes:
        text = f"- {b.line(change.title, 200)}"
        room -= len(text) + 1
        if room < 0:
            return [*lines, f"- and {len(changes) - len(lines)} more"]
        lines.append(text)
    return lines or ["- none listed"]


def _logs(found: Validation) -> str:
    """What the logs say, and the error tracker where they say nothing against it."""
    issues = found.reading("issues")
    if issues is not None and found.errors is issues:
        return f"Errors in logs: {b.line(issues.text, 100)}"
    return _line(found.errors, "No errors in logs", "Errors in logs")


def _line(reading: Reading | None, template: str, subject: str) -> str:
    if reading is None:
        return f"{subject}: {NOT_CONFIGURED}"
    if reading.outcome is Outcome.OK:
        return template
    return f"{subject}: {b.line(reading.text, 100)}"


def _announcement(lines: list[str]) -> Message:
    head, rest = lines[0], "\n".join(lines[1:])
    return Message(f"{head}\n{rest}", (b.section(f"*{head}*\n{rest}"),))


def failed(
    deployment: Deployment, back: Deployment | str | None = None, call: Sequence[str] = ()
) -> Message:
    """The top-level alert when a run failed or validation did; names who has to look.

    `back` is the rollback that has begun by itself, or why none has; None where none is configured.
    `call` are people and groups who are needed besides those who take part.
    """
    d = deployment
    watcher = d.watch.taken_by if d.watch else ""
    people = " ".join(
        b.called(who)
        for who in dict.fromkeys((d.requested_by, *d.approved_by, watcher, *call))
        if who
    )
    why = b.line(d.ending.text if d.ending else d.notice)
    if d.is_half_back:
        point = f"{title(d)}: {undoing.half_back(d)}"
        advice = undoing.next_step(d)
    elif d.state is State.DEGRADED and (how := half_way(d)):
        point = f"{title(d)}: {how}"
        advice = _decide(d)
    elif d.state is State.DEGRADED:
        point = f"{title(d)}: validation failed, production is not proven healthy"
        advice = _decide(d)
        if isinstance(back, Deployment):
            advice = (
                f"I go back to {b.line(back.version, 64)} by myself, as configured: {back.name}."
            )
        elif back is not None:
            advice = f"I do not roll back by myself: {b.line(back)}. {advice}"
    elif d.run_id is None:
        point = f"{title(d)}: {status(d).lower()}"
        advice = "No run of it is known at GitHub."
    else:
        point = f"{title(d)}: {status(d).lower()}"
        advice = "Production may be half-way: check what is live before the next deployment."
    lines = [f"*{point}*", why, f"{people} {advice}".strip()]
    if d.run_url:
        lines.append(b.link(d.run_url, f"Run {d.run_id}"))
    parts = [b.section("\n".join(filter(None, lines)))]
    if (d.run_id is not None or d.is_half_back) and not isinstance(back, Deployment):
        press = b.button("Roll Back", "roll_back", str(d.id), style="danger")
        parts.append(b.actions(f"failed:{d.id}", press))
    return Message(f"{point}\n{why}".strip(), tuple(parts))


def still_half_back(deployment: Deployment, before: Deployment) -> Message:
    """The top-level alert that this rollback came to nothing, so that the database which `before`
    took back is without its code still; names who has to look.
    """
    d, wish = deployment, before.undoing
    asked = (d.requested_by, *d.approved_by, *(wish.call if wish else ()))
    people = " ".join(b.called(who) for who in dict.fromkeys(asked) if who)
    point = f"{title(d)} ({d.name}): {status(d).lower()}, and {before.name} is still half back"
    left = undoing.half_back(before)
    why = f"{left[0].upper()}{left[1:]}."
    text = "\n".join((f"*{point}*", why, f"{people} {undoing.next_step(before)}".strip()))
    press = b.button("Roll Back", "roll_back", str(d.id), style="danger")
    parts = (b.section(text), b.actions(f"half-back:{d.id}", press))
    return Message(f"{point}\n{why}", parts)


def _decide(d: Deployment) -> str:
    """The buttons of the card, in words."""
    said = {Choice.RETRY: "Retry what failed"}
    *most, last = (said.get(choice, str(choice)) for choice in choices(d))
    return f"Decide on the card: {', '.join(most)}, or {last}."


def attention(deployment: Deployment) -> Message:
    """The top-level call for a person where no machine may go on."""
    d = deployment
    waits = d.rescue.by if d.rescue else ""
    people = " ".join(
        b.mention(who) for who in dict.fromkeys((d.requested_by, *d.approved_by, waits)) if who
    )
    point = f"{title(d)} needs a person"
    decide = f"{people} Decide on the card of {d.name}.".strip()
    run = b.link(d.run_url, f"Run {d.run_id}") if d.run_url else ""
    lines = [f"*{point}*", b.line(d.notice), where_to_look(d) or run, decide]
    text = "\n".join(filter(None, lines))
    return Message(f"{point}\n{b.line(d.notice)}", (b.section(text),))


def waits(deployment: Deployment) -> Message:
    """The top-level alert that a way back cannot begin, because what it takes does not answer."""
    d = deployment
    people = " ".join(
        b.mention(who) for who in dict.fromkeys((d.requested_by, *d.approved_by)) if who
    )
    point = f"{title(d)} ({d.name}) has not begun"
    has_card = d.state is not State.CHECKING
    then = "it begins" if has_card else "a second person is asked"
    why = f"{b.line(d.waiting_for)}; {then} as soon as there is an answer."
    place = " on the card" if has_card else ""
    advice = f"What cannot wait for that has to go back by hand; press Cancel{place} before."
    text = "\n".join((f"*{point}*", why, f"{people} {advice}".strip()))
    cancel = b.actions(f"waits:{d.id}", b.button("Cancel", "cancel", str(d.id)))
    return Message(f"{point}\n{why}", (b.section(text), *(() if has_card else (cancel,))))


def other_workflow(deployment: Deployment) -> Message:
    """The top-level alert that a run was made of a workflow file that nobody approved."""
    d = deployment
    people = dict.fromkeys(who for who in (d.requested_by, *d.approved_by) if who)
    point = f"{title(d)}: its run is not the workflow that was approved"
    why = b.line(d.ending.text if d.ending else "")
    advice = "Look at production, at the run and at who changed the file."
    run = b.link(d.run_url, f"Run {d.run_id}") if d.run_url else ""
    lines = [f"*{point}*", why, f"{' '.join(map(b.mention, people))} {advice}".strip(), run]
    return Message(f"{point}\n{why}", (b.section("\n".join(filter(None, lines))),))
