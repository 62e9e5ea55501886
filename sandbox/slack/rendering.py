"""What people read: messages as plain text, and the buttons that they see."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

from sandbox.slack.messages import Block, Message, walk
from sandbox.slack.workspace import Workspace

EMOJI = {
    "white_check_mark": "✅",
    "warning": "⚠️",
    "rotating_light": "🚨",
    "x": "❌",
    "rocket": "🚀",
    "large_green_circle": "🟢",
    "red_circle": "🔴",
    "hourglass_flowing_sand": "⏳",
}
ANGLE = re.compile(r"<([^<>]+)>")
STYLES = re.compile(r"(?<![\w*_~`])([*_~`])(?=\S)([^\n]*?\S)\1(?![\w*_~`])")
SHORTCODE = re.compile(r":([a-z0-9_+-]+):")


def rendered(workspace: Workspace, message: Message) -> str:
    """The plain text of all blocks, of `text` where there are none; controls are no text."""
    blocks = message.all_blocks()
    return blocks_text(workspace, blocks) if blocks else mrkdwn(workspace, message.text)


def blocks_text(workspace: Workspace, blocks: list[Block]) -> str:
    """Blocks as lines of plain text."""
    lines = [line for block in blocks for line in _lines(workspace, block)]
    return "\n".join(line for line in lines if line)


def buttons(message: Message) -> list[str]:
    """The visible texts of buttons and overflow items."""
    texts = []
    for element in walk(message.all_blocks()):
        if element.get("type") == "button" and isinstance(element.get("text"), dict):
            texts.append(element["text"]["text"])
        elif element.get("type") == "overflow":
            texts += [option["text"]["text"] for option in element["options"]]
    return texts


def mrkdwn(workspace: Workspace, text: str) -> str:
    """Slack's markup as people read it: names, link texts and dates, without its marks."""
    resolved = ANGLE.sub(lambda match: _reference(workspace, match[1]), text)
    bare = resolved
    while (stripped := STYLES.sub(r"\2", bare)) != bare:
        bare = stripped
    return html.unescape(SHORTCODE.sub(lambda match: EMOJI.get(match[1], match[0]), bare))


def _reference(workspace: Workspace, inner: str) -> str:
    target, _, label = inner.partition("|")
    if target.startswith("@"):
        user = workspace.users.get(target[1:])
        return f"@{user.name}" if user else f"@{label or target[1:]}"
    if target.startswith("#"):
        channel = workspace.channels.get(target[1:])
        return f"#{channel.name}" if channel else f"#{label or target[1:]}"
    if target.startswith("!date^"):
        return label or _date(target.split("^")[1])
    if target.startswith("!subteam^"):
        group = workspace.user_groups.get(target.split("^")[1])
        return f"@{group[0]}" if group else label
    if target.startswith("!"):
        return f"@{target[1:]}"
    return label or target


def _date(unix: str) -> str:
    return datetime.fromtimestamp(int(unix), UTC).strftime("%Y-%m-%d %H:%M UTC")


def _lines(workspace: Workspace, block: Block) -> Iterator[str]:
    def text(value: Any) -> str:
        if not isinstance(value, dict):
            return str(value or "")
        plain = value.get("type") == "plain_text"
        return value["text"] if plain else mrkdwn(workspace, value["text"])

    match block["type"]:
        case "header":
            yield text(block["text"])
        case "section":
            yield text(block.get("text"))
            yield from map(text, block.get("fields", ()))
        case "context":
            pieces = (one.get("alt_text") or text(one) for one in block["elements"])
            yield " ".join(pieces)
        case "actions" | "context_actions" | "divider":
            pass
        case "image":
            yield block["alt_text"]
        case "markdown":
            yield mrkdwn(workspace, block["text"])
        case "input":
            yield text(block["label"])
        case "rich_text":
            yield from _rich_text(workspace, block["elements"])
        case _:
            yield from _texts_in(block, text)


def _rich_text(workspace: Workspace, elements: list[Block]) -> Iterator[str]:
    for element in elements:
        if element["type"] == "rich_text_list":
            ordered = element.get("style") == "ordered"
            for number, item in enumerate(_rich_text(workspace, element["elements"]), 1):
                yield f"{number}. {item}" if ordered else f"- {item}"
        else:
            yield "".join(_inline(workspace, one) for one in element["elements"])


def _inline(workspace: Workspace, element: Block) -> str:
    match element["type"]:
        case "text":
            return str(element["text"])
        case "link":
            return str(element.get("text") or element["url"])
        case "user":
            return _reference(workspace, f"@{element['user_id']}")
        case "channel":
            return _reference(workspace, f"#{element['channel_id']}")
        case "usergroup":
            return _reference(workspace, f"!subteam^{element['usergroup_id']}")
        case "broadcast":
            return f"@{element['range']}"
        case "emoji":
            return EMOJI.get(element["name"], f":{element['name']}:")
        case "date":
            return str(element.get("fallback") or _date(str(element["timestamp"])))
        case _:
            return ""


def _texts_in(block: Block, text: Callable[[Any], str]) -> Iterator[str]:
    """Every text inside a block of a newer kind, one a line."""
    for node in walk(list(block.values())):
        if node.get("type") in ("plain_text", "mrkdwn", "raw_text", "text"):
            yield text(node)
