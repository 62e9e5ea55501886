"""The limits of Block Kit: what Slack would refuse is refused here, in its words."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from sandbox.slack.composition import Problems
from sandbox.slack.elements import (
    ACCESSORIES,
    INPUTS,
    PRESSABLE,
    check_element,
    check_image,
)
from sandbox.slack.errors import SlackError
from sandbox.slack.messages import Block
from sandbox.slack.rich_blocks import RICH_BLOCKS

EVERYWHERE = frozenset({"message", "modal", "home"})
MOST_BLOCKS = {"message": 50, "modal": 100, "home": 100}
LARGEST_VIEW = 250_000  # bytes of JSON


def check_blocks(blocks: Any, surface: str, pointer: str = "/blocks") -> None:
    """Raises SlackError `invalid_blocks` with all problems of a message's blocks."""
    problems = Problems()
    _check_all(problems, blocks, surface, pointer)
    if problems.messages:
        raise SlackError("invalid_blocks", response_metadata={"messages": problems.messages})


def check_view(view: Any, kind: str | None = None) -> None:
    """Raises SlackError with all problems of a view of this kind (`modal`, `home`, or either)."""
    problems = Problems()
    if problems.require(isinstance(view, dict), "/view", "must be an object"):
        _check_view(problems, view, kind)
    if problems.messages:
        raise SlackError("invalid_arguments", response_metadata={"messages": problems.messages})
    if len(json.dumps(view)) > LARGEST_VIEW:
        raise SlackError("view_too_large")


def _check_view(problems: Problems, view: Block, kind: str | None) -> None:
    surface = view.get("type")
    wanted = (kind,) if kind else ("modal", "home")
    if not problems.require(surface in wanted, "/view/type", f"unsupported type: {surface}"):
        return
    problems.string(view.get("private_metadata"), "/view/private_metadata", 3000, least=0)
    problems.string(view.get("callback_id"), "/view/callback_id", 255, least=0)
    problems.string(view.get("external_id"), "/view/external_id", 255, least=0)
    _check_all(problems, view.get("blocks"), str(surface), "/view/blocks")
    if surface != "modal":
        return
    problems.text(view.get("title"), "/view/title", 24, plain=True)
    for part in ("submit", "close"):
        problems.text(view.get(part), f"/view/{part}", 24, plain=True, optional=True)
    has_input = any(
        isinstance(block, dict) and block.get("type") == "input"
        for block in view.get("blocks") or ()
    )
    problems.require(
        "submit" in view or not has_input, "/view/submit", "is required when there is an input"
    )


def _check_all(problems: Problems, blocks: Any, surface: str, pointer: str) -> None:
    seen: set[str] = set()
    most = MOST_BLOCKS[surface]
    for place, block in enumerate(problems.items(blocks, pointer, most, least=0)):
        here = f"{pointer}/{place}"
        kind = block.get("type")
        surfaces, check = BLOCKS.get(str(kind), (frozenset(), _nothing_more))
        if not problems.require(surface in surfaces, f"{here}/type", f"unsupported type: {kind}"):
            continue
        block_id = block.get("block_id")
        problems.string(block_id, f"{here}/block_id", 255)
        problems.require(block_id not in seen, f"{here}/block_id", "block_id already exists")
        seen |= {block_id} if block_id else set()
        check(problems, block, here)


def _section(problems: Problems, block: Block, pointer: str) -> None:
    fields = block.get("fields")
    problems.text(block.get("text"), f"{pointer}/text", 3000, optional=fields is not None)
    if fields is not None:
        for place, field in enumerate(problems.items(fields, f"{pointer}/fields", 10)):
            problems.text(field, f"{pointer}/fields/{place}", 2000)
    if "accessory" in block:
        check_element(problems, block["accessory"], f"{pointer}/accessory", ACCESSORIES)


def _header(problems: Problems, block: Block, pointer: str) -> None:
    problems.text(block.get("text"), f"{pointer}/text", 150, plain=True)


def _context(problems: Problems, block: Block, pointer: str) -> None:
    for place, element in enumerate(
        problems.items(block.get("elements"), f"{pointer}/elements", 10)
    ):
        here = f"{pointer}/elements/{place}"
        if element.get("type") == "image":
            check_image(problems, element, here)
        else:
            problems.text(element, here, 3000)


def _actions(problems: Problems, block: Block, pointer: str) -> None:
    elements = problems.items(block.get("elements"), f"{pointer}/elements", 25)
    for place, element in enumerate(elements):
        check_element(problems, element, f"{pointer}/elements/{place}", PRESSABLE)
    names = [element["action_id"] for element in elements if "action_id" in element]
    problems.require(len(names) == len(set(names)), pointer, "action_id already exists")


def _input(problems: Problems, block: Block, pointer: str) -> None:
    problems.text(block.get("label"), f"{pointer}/label", 2000, plain=True)
    problems.text(block.get("hint"), f"{pointer}/hint", 2000, plain=True, optional=True)
    element = block.get("element")
    if problems.require(isinstance(element, dict), f"{pointer}/element", "missing required field"):
        check_element(problems, element or {}, f"{pointer}/element", INPUTS)


def _image(problems: Problems, block: Block, pointer: str) -> None:
    check_image(problems, block, pointer)
    problems.text(block.get("title"), f"{pointer}/title", 2000, plain=True, optional=True)


def _nothing_more(problems: Problems, block: Block, pointer: str) -> None:
    """A divider has no parts."""


Check = Callable[[Problems, Block, str], None]
BLOCKS: dict[str, tuple[frozenset[str], Check]] = {
    "section": (EVERYWHERE, _section),
    "header": (EVERYWHERE, _header),
    "context": (EVERYWHERE, _context),
    "actions": (EVERYWHERE, _actions),
    "input": (EVERYWHERE, _input),
    "image": (EVERYWHERE, _image),
    "divider": (EVERYWHERE, _nothing_more),
} | RICH_BLOCKS
