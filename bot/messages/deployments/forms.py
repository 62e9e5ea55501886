"""Forms: the modals, as Slack views."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from bot.domain.deployments.deployments import Deployment
from bot.domain.errors import Refusal
from bot.domain.gates import title as gate_title
from bot.domain.gates.checklist import Entry
from bot.domain.gates.items import APPROVERS_CHECKS, BACKUP
from bot.domain.gates.overrides import SHORTEST_REASON, liftable, standing
from bot.domain.grammar import MAX_REASON
from bot.domain.people import Who
from bot.domain.rollbacks.prospects import NOTHING_KNOWN, Outlook
from bot.domain.rollbacks.rollbacks import Earlier, Reason
from bot.messages import blocks as b
from bot.messages.deployments.cards import title
from bot.messages.deployments.checks import reasons
from bot.messages.rollbacks.rehearsals import gate, times
from bot.messages.rollbacks.rollbacks import (
    Order,
    about,
    approved_by,
    as_value,
    makes_way,
    other_ways,
    prospect,
    rehearsed,
)
from bot.messages.views import View, anew, words
from bot.messages.views import field as _input
from bot.messages.views import option as option
from bot.messages.views import plain as _plain
from bot.messages.views import view as _view

MOST_UNFIT = 8
MOST_KNOWN = 30
"""So many things a form remembers one by one for each gate: Slack takes 3000 characters in all."""


def mistake(refusal: Refusal, name_of: Callable[[str], str], commands: Mapping[str, str]) -> str:
    """A refusal as it reads under a field, where Slack shows no markup: people by name, times in
    UTC.
    """

    def show(fact: object) -> str:
        match fact:
            case Who(slack_id):
                return name_of(slack_id)
            case datetime():
                return f"{fact.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
            case _:
                seen = "".join(c for c in " ".join(str(fact).split()) if c.isprintable())
                return b.shorten(seen, b.LINE_LIMIT)

    facts = {**commands, **refusal.facts}
    return refusal.template.format_map({name: show(fact) for name, fact in facts.items()})


def deploy(services: list[str], channel: str | None) -> View:
    """The form of `/deploy` without arguments."""
    choices = [option(name, name) for name in services[:100]]
    service: dict[str, Any] = {"type": "static_select", "options": choices}
    if len(choices) == 1:
        service["initial_option"] = choices[0]
    version = {
        "type": "external_select",
        "min_query_length": 0,
        "placeholder": _plain("Type or choose a tag", 150),
    }
    reason = {"type": "plain_text_input", "max_length": MAX_REASON}
    hint = "Tags of its repository, newest first."
    if len(choices) > 1:
        hint += " Choose the service first."
    return _view(
        "deploy",
        "Deploy to production",
        "Request",
        [
            _input("service", "Service", service),
            _input("version", "Version", version, hint=hint),
            _input("reason", "Reason", reason, hint="Shown on the card.", optional=True),
            _input(
                "incident",
                "Hotfix for incident",
                {"type": "plain_text_input", "max_length": 20},
                hint="INC-7, if this mends an open incident: fewer checks, and a reason is needed.",
                optional=True,
            ),
        ],
        {"channel": channel},
    )


def rollback(
    order: Order,
    earlier: Sequence[Earlier],
    holder: Deployment | None,
    channel: str | None,
    *,
    left: Deployment | None = None,
    name_of: Callable[[str], str] | None = None,
    outlook: Outlook = NOTHING_KNOWN,
    others: int = 0,
    pressed: Deployment | None = None,
) -> View:
    """The form of a rollback: where to, why, and a few words; it says which versions are not fit,
    what becomes of the deployment that is there, and whether `others` have to approve it. `pressed`
    is the deployment of the button that opened it, where another is taken back.
    """
    choices = {one.version: about(one, name_of) for one in earlier if not one.why_not}
    meant = choices.pop(order.version, "never ran well here")
    choices = {order.version: meant, **choices}
    options = [option(f"{name} · {about}", name) for name, about in choices.items()][:100]
    target: dict[str, Any] = {"type": "static_select", "options": options}
    target |= {"initial_option": options[0]}
    reasons = {
        "type": "static_select",
        "options": [option(reason, reason.name) for reason in Reason],
        "placeholder": _plain("Choose the nearest", 150),
    }
    words = {"type": "plain_text_input", "max_length": MAX_REASON // 2}
    heading = f"*{b.line(order.service, 80)} {b.line(order.environment, 64)}*"
    if pressed is not None:
        heading += f"\n*{_taken_back(order, left)}, and not {_called(pressed)}.*"
    if holder is not None:
        heading += f"\n{makes_way(order, holder)}"
    if others:
        heading += f"\n*Before it begins, {approved_by(others)}.*"
    blocks = [
        b.section(heading),
        _input("target", "Back to", target),
        _input("why", "Reason", reasons, hint="Shown on the card and in the channel."),
        _input("reason", "In a few words", words, optional=True),
    ]
    about_it = prospect(order.version, left, outlook)
    fit = [one.version for one in earlier if not one.why_not]
    others_fit = [version for version in fit if version != order.version]
    if others_fit:
        about_it.append("Any other version was not rehearsed:")
        about_it.extend(other_ways(outlook, others_fit))
    if others_fit and (found := rehearsed(order.version, left)):
        about_it.append(gate(found))
        if outlook.expected:
            about_it.append(times(outlook.expected))
    blocks[1:1] = b.sections(about_it)
    unfit = [f"{b.line(one.version, 64)}: {one.why_not}" for one in earlier if one.why_not]
    if unfit:
        more = [f"and {len(unfit) - MOST_UNFIT} more"] if len(unfit) > MOST_UNFIT else []
        blocks.append(b.context(*unfit[:MOST_UNFIT], *more))
    # Only a button that asks once more undoes migrations.
    memory = {"order": as_value(replace(order, undo=0)), "channel": channel}
    return _view("rollback", "Roll back", "Roll Back", blocks, memory)


def _taken_back(order: Order, left: Deployment | None) -> str:
    taken = _called(left) if left else b.line(order.live or "what nobody could name", 64)
    return f"This takes back what is there now: {taken}"


def _called(deployment: Deployment) -> str:
    return f"{b.line(deployment.label, 64)} ({b.line(deployment.name, 80)})"


def reject(deployment: Deployment, channel: str | None) -> View:
    """The form that asks for the reason of a rejection."""
    reason = {"type": "plain_text_input", "max_length": MAX_REASON}
    return _view(
        "reject",
        "Reject deployment",
        "Reject",
        [
            b.section(title(deployment)),
            _input("reason", "Reason", reason, hint="The requester reads it."),
        ],
        {"deployment": deployment.id, "channel": channel},
    )


def override(
    deployment: Deployment,
    channel: str | None,
    ticked: Collection[str] = (),
    reason: str = "",
    *,
    is_anew: bool = False,
) -> View:
    """The form that asks which gates are lifted, and why. `is_anew` is for somebody who would have
    lifted something else than the form before it showed.
    """
    found = [option(f"{gate_title(v.gate)}: {v.text}", v.gate) for v in liftable(deployment)][:10]
    gates: dict[str, Any] = {"type": "checkboxes", "options": found}
    if chosen := [one for one in found if one["value"] in ticked]:
        gates["initial_options"] = chosen
    hint = f"At least {SHORTEST_REASON} characters. It stands on the card and in the audit trail."
    head, what = b.section(title(deployment)), reasons(standing(deployment))
    fields = [
        b.context("It then takes one approver more than usual."),
        _input("gates", "Gates to lift", gates),
        _input("reason", "Reason", words(MAX_REASON, reason), hint=hint),
    ]
    if is_anew:
        said = "*Since you opened this form* what blocks it has changed. Nothing was lifted: "
        what = [f"{said}look once more, and send it.", *what]
        fields = anew(fields, deployment.revision)
    shown = {v.gate: " ".join(_traces(v.about)) for v in liftable(deployment)}
    memory = {"deployment": deployment.id, "channel": channel, "shown": shown}
    return _view("override", "Lift a gate", "Override", [head, *b.sections(what), *fields], memory)


def not_shown(deployment: Deployment, gates: Iterable[str], shown: object) -> set[str]:
    """Those of these gates that block by more than a form told that remembers `shown`, or that do
    not block any more.
    """
    known = shown if isinstance(shown, dict) else {}
    now = {verdict.gate: verdict.about for verdict in liftable(deployment)}
    return {
        gate
        for gate in gates
        if gate not in known
        or gate not in now
        or not set(_traces(now[gate])) <= set(str(known[gate]).split())
    }


def _traces(about: tuple[str, ...]) -> list[str]:
    """By what a form knows again the things that block; many of them only all together."""
    told = about if len(about) <= MOST_KNOWN else [" ".join(sorted(about))]
    return [sha256(one.encode()).hexdigest()[:6] for one in told]


def approve(deployment: Deployment, asked: Sequence[Entry], channel: str | None) -> View:
    """The form that asks an approver for what nothing was read for."""
    fields = [_confirming(entry) for entry in asked if entry.item != BACKUP]
    if len(fields) < len(asked):
        text = {"type": "plain_text_input", "max_length": 100}
        names = ", ".join(m.name for m in deployment.migrations)
        fields += [
            _input("backup", "Backup id", text, hint=f"It brings migrations: {names}"),
            _input("backup_age", "Age of the backup", text, hint="For example: 2 h"),
        ]
    return _view(
        "approve",
        "Approve deployment",
        "Approve",
        [b.section(title(deployment)), *fields],
        {"deployment": deployment.id, "channel": channel, "items": [e.item for e in asked]},
    )


def _confirming(entry: Entry) -> dict[str, Any]:
    options = [option("I have checked it", entry.item)]
    label = APPROVERS_CHECKS[entry.item]
    element = {"type": "checkboxes", "options": options}
    return _input(entry.item, label, element, hint=entry.text or "Nothing was read for it.")
