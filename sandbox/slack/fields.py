"""Fields that people fill in: how each kind keeps its value, and finds it by what was typed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sandbox.refusals import Refusal
from sandbox.slack.kinds import FIELDS
from sandbox.slack.messages import Block
from sandbox.slack.workspace import Workspace


def is_field(element: Block) -> bool:
    return element.get("type") in FIELDS


def untouched(element: Block) -> Block:
    """The state of a field that nobody touched."""
    key, initial = FIELDS[element["type"]]
    several = key in ("selected_options", "selected_users")
    return {"type": element["type"], key: element.get(initial, [] if several else None)}


def is_empty(state: Block) -> bool:
    return state[FIELDS[state["type"]][0]] in (None, "", [])


def chosen(
    slack: Workspace, element: Block, value: Any, offered: list[Block] | None = None
) -> Block:
    """The state of a field with this value; `offered` are the options of an external select.

    Raises Refusal for what cannot be chosen.
    """
    kind = element["type"]
    key = FIELDS[kind][0]
    options = offered if offered is not None else _options(element)
    try:
        return {"type": kind, key: _value(slack, key, value, options)}
    except KeyError as error:
        raise Refusal("no_such_option", f"There is no {error} to choose here.") from None


def _value(slack: Workspace, key: str, value: Any, options: list[Block]) -> Any:
    match key:
        case "selected_option":
            return _option(options, value)
        case "selected_options":
            return [_option(options, one) for one in value]
        case "selected_user":
            return slack.named(value).id
        case "selected_users":
            return [slack.named(one).id for one in value]
        case "selected_channel" | "selected_conversation":
            return slack.channel_named(value).id
        case "selected_date_time":
            return value if isinstance(value, int) else _unix(value)
        case _:
            return str(value)


def _unix(moment: str) -> int:
    return int(datetime.fromisoformat(moment).timestamp())


def _options(element: Block) -> list[Block]:
    groups = element.get("option_groups", ())
    return [*element.get("options", ()), *(one for group in groups for one in group["options"])]


def _option(options: list[Block], wanted: str) -> Block:
    for option in options:
        if wanted in (option["text"]["text"], option["value"]):
            return option
    raise KeyError(wanted)
