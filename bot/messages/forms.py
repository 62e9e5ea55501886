"""Forms: the modals, as Slack views."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from bot.domain.deployments import Deployment
from bot.domain.errors import Refusal
from bot.domain.grammar import MAX_REASON
from bot.domain.people import Who
from bot.domain.rollbacks import Earlier, Reason
from bot.messages import blocks as b
from bot.messages.cards import title
from bot.messages.rollbacks import Order, as_value, makes_way

View = dict[str, Any]


def _plain(text: str, limit: int) -> dict[str, Any]:
    cut = text if len(text) <= limit else f"{text[: limit - 1]}…"
    return {"type": "plain_text", "text": cut, "emoji": False}


def _view(
    callback: str, title: str, submit: str, blocks: list[dict[str, Any]], memory: dict[str, Any]
) -> View:
    return {
        "type": "modal",
        "callback_id": callback,
        "title": _plain(title, 24),
        "submit": _plain(submit, 24),
        "close": _plain("Cancel", 24),
        "private_metadata": json.dumps(memory),
        "blocks": blocks,
    }


def _input(
    name: str, label: str, element: dict[str, Any], *, hint: str = "", optional: bool = False
) -> dict[str, Any]:
    block: dict[str, Any] = {
        "type": "input",
        "block_id": name,
        "label": _plain(label, 2000),
        "element": element | {"action_id": name},
        "optional": optional,
    }
    return block | ({"hint": _plain(hint, 2000)} if hint else {})


def option(text: str, value: str) -> dict[str, Any]:
    """One choice of a select."""
    return {"text": _plain(text, 75), "value": value[:150]}


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

    facts = {**refusal.facts, **commands}
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
    return _view(
        "deploy",
        "Deploy to production",
        "Request",
        [
            _input("service", "Service", service),
            _input("version", "Version", version, hint="Tags of the repository, newest first."),
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
    order: Order, earlier: Sequence[Earlier], holder: Deployment | None, channel: str | None
) -> View:
    """The form of a rollback: where to, why, and a few words; it says which versions are not fit,
    and what becomes of the deployment that is there.
    """
    choices = {one.version: _about(one) for one in earlier if not one.why_not}
    choices.setdefault(order.version, "never ran well here")
    options = [option(f"{name} · {about}", name) for name, about in choices.items()][:100]
    target: dict[str, Any] = {"type": "static_select", "options": options}
    target |= {"initial_option": next(o for o in options if o["value"] == order.version)}
    reasons = {
        "type": "static_select",
        "options": [option(reason, reason.name) for reason in Reason],
        "placeholder": _plain("Choose the nearest", 150),
    }
    words = {"type": "plain_text_input", "max_length": MAX_REASON // 2}
    heading = f"*{b.line(order.service, 80)} {b.line(order.environment, 64)}*"
    if holder is not None:
        heading += f"\n{makes_way(order, holder)}"
    blocks = [
        b.section(heading),
        _input("target", "Back to", target),
        _input("why", "Reason", reasons, hint="Shown on the card and in the channel."),
        _input("reason", "In a few words", words, optional=True),
    ]
    unfit = [f"{b.line(one.version, 64)}: {one.why_not}" for one in earlier if one.why_not]
    if unfit:
        blocks.append(b.context(*unfit[:8]))
    memory = {"order": as_value(order), "channel": channel}
    return _view("rollback", "Roll back", "Roll Back", blocks, memory)


def _about(one: Earlier) -> str:
    return f"live {one.record.live_at:%Y-%m-%d %H:%M} UTC" if one.record.live_at else "ran well"


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
