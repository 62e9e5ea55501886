"""Playbook: docs/incident-playbook.md as a page inside Slack, since whoever is in an outage has no
other one at hand; and what is said where a team has a playbook of its own.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files

from bot.messages import blocks as b
from bot.messages.blocks import Block, Message
from bot.messages.views import View, plain

MOST_HEADING = 150
NOT_OPENED = Message("The playbook did not open in time. Ask for it once more.")

_COMMAND = re.compile(r"(?<=`/)(?:deploy|rollback|deployments|incident)\b")
_LINK = re.compile(r"\[([^]]+)\]\([^)]+\)")
_STRESSED = re.compile(r"\*\*(.+?)\*\*|\*(.+?)\*")


def page(names: Mapping[str, str]) -> View:
    """All of it, to read and close; `names` are the names of the commands."""
    parts = [part for chunk in _text().split("\n\n") for part in _blocks(chunk.strip(), names)]
    return {
        "type": "modal",
        "title": plain("Incident playbook", 24),
        "close": plain("Close", 24),
        "blocks": parts,
    }


def linked(address: str) -> Message:
    """Where the team's own is."""
    return Message(f"The playbook: {b.link(address, 'what to do')}")


@cache
def _text() -> str:
    return (files(__package__) / "playbook.md").read_text("utf-8")


def _blocks(chunk: str, names: Mapping[str, str]) -> Iterator[Block]:
    """One paragraph, list, table or heading; the title and the pictures are left out."""
    if chunk.startswith(("# ", "!")):
        return
    if chunk.startswith("## "):
        yield {"type": "header", "text": plain(chunk.removeprefix("## "), MOST_HEADING)}
        return
    lines = chunk.splitlines()
    told = _rows(lines) if chunk.startswith("|") else map(_entry, lines)
    yield from b.sections(_worded(line, names) for line in told)


def _rows(lines: list[str]) -> Iterator[str]:
    """A table as a list: Slack has none."""
    head, _, *rows = ([cell.strip() for cell in line.strip("|").split("|")] for line in lines)
    for name, *cells in rows:
        facts = [f"{what}: {cell}" for what, cell in zip(head[1:], cells, strict=True)]
        yield f"• **{name}** · {' · '.join(facts)}"


def _entry(line: str) -> str:
    return f"• {line.removeprefix('- ')}" if line.startswith("- ") else line


def _worded(line: str, names: Mapping[str, str]) -> str:
    """Markdown as Slack's; a link is its words, as nothing in Slack can open a file."""
    told = _LINK.sub(r"\1", b.escape(line))
    told = _STRESSED.sub(lambda one: f"*{one[1]}*" if one[1] else f"_{one[2]}_", told)
    return _COMMAND.sub(lambda one: names[one[0]].removeprefix("/"), told)
