"""Views: the few pieces that every modal is made of."""

import json
from typing import Any

from bot.domain.words import shortened

View = dict[str, Any]
Element = dict[str, Any]


def plain(text: str, limit: int) -> Element:
    """Plain text of at most so many characters."""
    return {"type": "plain_text", "text": shortened(text, limit), "emoji": False}


def view(
    callback: str, title: str, submit: str, blocks: list[Element], memory: dict[str, Any]
) -> View:
    """A modal that remembers `memory` until it is sent."""
    return {
        "type": "modal",
        "callback_id": callback,
        "title": plain(title, 24),
        "submit": plain(submit, 24),
        "close": plain("Cancel", 24),
        "private_metadata": json.dumps(memory, ensure_ascii=False),
        "blocks": blocks,
    }


def notice(text: str) -> View:
    """A page to read and close; the form below it is still there."""
    return {
        "type": "modal",
        "title": plain("Not done", 24),
        "close": plain("Back", 24),
        "blocks": [{"type": "section", "text": plain(text, 3000)}],
    }


def field(
    name: str, label: str, element: Element, *, hint: str = "", optional: bool = False
) -> Element:
    """One field; its name is the block's id and the action's."""
    block: Element = {
        "type": "input",
        "block_id": name,
        "label": plain(label, 2000),
        "element": element | {"action_id": name},
        "optional": optional,
    }
    return block | ({"hint": plain(hint, 2000)} if hint else {})


def anew(fields: list[Element], mark: int) -> list[Element]:
    """The same fields under other ids: in a form that takes another's place, Slack keeps what
    stood in a field of the same id. `mark` follows the name, after a colon.
    """
    return [
        one | {"block_id": f"{one['block_id']}:{mark}"} if one["type"] == "input" else one
        for one in fields
    ]


MOST_VALUE = 150
"""So long is at most what an option stands for."""


def option(text: str, value: str) -> Element:
    """One choice of a select."""
    return {"text": plain(text, 75), "value": value[:MOST_VALUE]}


def select(options: list[Element], chosen: str | None = None) -> Element:
    """A select, with one of its options chosen already."""
    element: Element = {"type": "static_select", "options": options}
    initial = next((one for one in options if one["value"] == chosen), None)
    return element | ({"initial_option": initial} if initial else {})


def words(most: int, initial: str = "", *, lines: bool = False) -> Element:
    """A field for text; what it begins with ends in an ellipsis where that is too long for it."""
    element: Element = {"type": "plain_text_input", "max_length": most, "multiline": lines}
    return element | ({"initial_value": shortened(initial, most)} if initial else {})
