"""The limits of rich text and of Block Kit's newer blocks, each with where it may stand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sandbox.slack.composition import Problems
from sandbox.slack.elements import PRESSABLE, check_element
from sandbox.slack.messages import Block

EVERYWHERE = frozenset({"message", "modal", "home"})
NOT_IN_MODALS = frozenset({"message", "home"})
MESSAGES = frozenset({"message"})
MODALS = frozenset({"modal"})

SECTIONS = frozenset({"rich_text_section", "rich_text_preformatted", "rich_text_quote"})
# Inline elements of rich text, with the field that each must have.
INLINE = {
    "text": "text",
    "link": "url",
    "user": "user_id",
    "usergroup": "usergroup_id",
    "channel": "channel_id",
    "emoji": "name",
    "date": "timestamp",
    "broadcast": "range",
    "color": "value",
}


def _rich_text(problems: Problems, block: Block, pointer: str) -> None:
    elements = problems.items(block.get("elements"), f"{pointer}/elements", 1000)
    for place, element in enumerate(elements):
        _rich_section(problems, element, f"{pointer}/elements/{place}")


def _rich_section(problems: Problems, element: Block, pointer: str) -> None:
    kind = element.get("type")
    is_list = kind == "rich_text_list"
    if not problems.require(
        is_list or kind in SECTIONS, f"{pointer}/type", f"unsupported type: {kind}"
    ):
        return
    if is_list:
        problems.one_of(element.get("style"), f"{pointer}/style", ("bullet", "ordered"))
    inside = problems.items(element.get("elements"), f"{pointer}/elements", 1000, least=0)
    for place, child in enumerate(inside):
        here = f"{pointer}/elements/{place}"
        if is_list:
            _rich_section(problems, child, here)
        else:
            _inline(problems, child, here)


def _inline(problems: Problems, element: Block, pointer: str) -> None:
    kind = str(element.get("type"))
    if problems.require(kind in INLINE, f"{pointer}/type", f"unsupported type: {kind}"):
        value = element.get(INLINE[kind])
        present = value is not None and value != ""
        problems.require(present, f"{pointer}/{INLINE[kind]}", "missing required field")


def _markdown(problems: Problems, block: Block, pointer: str) -> None:
    problems.string(block.get("text"), f"{pointer}/text", 12_000, optional=False)


def _table(problems: Problems, block: Block, pointer: str) -> None:
    _rows(problems, block.get("rows"), f"{pointer}/rows", 100, characters=10_000)


def _data_table(problems: Problems, block: Block, pointer: str) -> None:
    problems.string(block.get("caption"), f"{pointer}/caption", 2000, optional=False)
    _rows(problems, block.get("rows"), f"{pointer}/rows", 201, characters=20_000)
    size = block.get("page_size", 1)
    problems.require(1 <= size <= 100, f"{pointer}/page_size", "must be from 1 to 100")


def _rows(problems: Problems, rows: Any, pointer: str, most: int, characters: int) -> None:
    if not problems.require(isinstance(rows, list), pointer, "must be an array"):
        return
    problems.require(1 <= len(rows) <= most, pointer, f"must have from 1 to {most} rows")
    for place, row in enumerate(rows):
        problems.items(row, f"{pointer}/{place}", 20)
    within = _length(rows) <= characters
    problems.require(within, pointer, f"no more than {characters} characters allowed")


def _length(node: object) -> int:
    if isinstance(node, dict):
        own = len(node["text"]) if isinstance(node.get("text"), str) else 0
        return own + sum(_length(value) for value in node.values())
    return sum(map(_length, node)) if isinstance(node, list) else 0


def _alert(problems: Problems, block: Block, pointer: str) -> None:
    problems.text(block.get("text"), f"{pointer}/text", 200)
    levels = ("default", "info", "warning", "error", "success")
    problems.one_of(block.get("level"), f"{pointer}/level", levels)


def _context_actions(problems: Problems, block: Block, pointer: str) -> None:
    problems.items(block.get("elements"), f"{pointer}/elements", 5)


def _card(problems: Problems, block: Block, pointer: str) -> None:
    for part, most in (("title", 150), ("subtitle", 150), ("body", 200)):
        problems.text(block.get(part), f"{pointer}/{part}", most, optional=True)
    actions = problems.items(block.get("actions", []), f"{pointer}/actions", 3, least=0)
    for place, element in enumerate(actions):
        check_element(problems, element, f"{pointer}/actions/{place}", PRESSABLE)


def _carousel(problems: Problems, block: Block, pointer: str) -> None:
    for place, card in enumerate(problems.items(block.get("elements"), f"{pointer}/elements", 10)):
        _card(problems, card, f"{pointer}/elements/{place}")


def _plan(problems: Problems, block: Block, pointer: str) -> None:
    problems.string(block.get("title"), f"{pointer}/title", 150, optional=False)
    tasks = problems.items(block.get("tasks", []), f"{pointer}/tasks", 50, least=0)
    for place, task in enumerate(tasks):
        _task(problems, task, f"{pointer}/tasks/{place}")


def _task(problems: Problems, block: Block, pointer: str) -> None:
    problems.string(block.get("title"), f"{pointer}/title", 150, optional=False)
    states = ("pending", "in_progress", "complete", "error")
    problems.one_of(block.get("status"), f"{pointer}/status", states)


RICH_BLOCKS: dict[str, tuple[frozenset[str], Callable[[Problems, Block, str], None]]] = {
    "rich_text": (EVERYWHERE, _rich_text),
    "markdown": (MESSAGES, _markdown),
    "table": (NOT_IN_MODALS, _table),
    "data_table": (NOT_IN_MODALS, _data_table),
    "alert": (MODALS, _alert),
    "context_actions": (MESSAGES, _context_actions),
    "card": (EVERYWHERE, _card),
    "carousel": (NOT_IN_MODALS, _carousel),
    "plan": (MESSAGES, _plan),
    "task_card": (MESSAGES, _task),
}
