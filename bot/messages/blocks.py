"""Message: text and blocks, the few Block Kit pieces we use, escaping and Slack's length limits."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from bot.domain.errors import COMMANDS, Refusal
from bot.domain.people import Who
from bot.domain.spans import span as span

Block = dict[str, Any]
SECTION_LIMIT = 3000
MOST_BLOCKS = 50
LINE_LIMIT = 500
TEXT_LIMIT = 3900


@dataclass(frozen=True, slots=True)
class Message:
    """What Slack is given: `text` says the point without the blocks; both are already escaped.

    A text that is too long for Slack is cut.
    """

    text: str
    blocks: tuple[Block, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "text", shorten(self.text, TEXT_LIMIT))


def escape(text: object) -> str:
    """Foreign text so that nothing in it can mention, link or start a block of markup.

    `&`, `<` and `>` are all that Slack reads as control characters. What cannot be seen is cut:
    a direction override makes a line read as something that was never written.
    """
    seen = str(text)
    if not seen.isprintable():  # rare, and letter by letter it takes ten times as long
        spaced = (" " if c.isspace() and c != "\n" else c for c in seen)
        seen = "".join(c for c in spaced if c.isprintable() or c == "\n")
    return seen.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def line(text: object, most: int = LINE_LIMIT) -> str:
    """Foreign text as a part of one line, escaped, of at most `most` characters.

    What others wrote can neither begin a line of its own nor push our words off the message.
    """
    return shorten(escape(" ".join(str(text).split())), most)


def quoted(text: object) -> str:
    """What a person wrote, as a part of one line of ours: it cannot end before its quotes do."""
    return f"“{line(str(text).translate(_QUOTES))}”"


_QUOTES = str.maketrans("“”", '""')


def fill(template: str, facts: dict[str, object]) -> str:
    """A sentence with its facts: people as mentions, times in the reader's zone, the rest
    escaped.
    """
    return template.format_map({name: show(fact) for name, fact in facts.items()})


def show(fact: object) -> str:
    """One fact as mrkdwn."""
    match fact:
        case Who(slack_id):
            return mention(slack_id)
        case datetime():
            return when(fact)
        case _:
            return shorten(escape(fact), LINE_LIMIT)


def refused(refusal: Refusal, commands: Mapping[str, str] = COMMANDS) -> Message:
    """A refusal as the person reads it; `commands` are the names of the commands."""
    return Message(fill(refusal.template, {**commands, **refusal.facts}))


def when(moment: datetime) -> str:
    """A time in the reader's own zone, with UTC as the fallback."""
    unix, utc = int(moment.timestamp()), f"{moment:%Y-%m-%d %H:%M} UTC"
    return f"<!date^{unix}^{{date_short_pretty}} at {{time}}|{utc}>"


def clock_time(moment: datetime) -> str:
    """A time of today in the reader's own zone."""
    return f"<!date^{int(moment.timestamp())}^{{time}}|{moment:%H:%M} UTC>"


def link(url: str | None, text: str) -> str:
    """A link whose text is already escaped, or the bare text where there is no address."""
    if not url:
        return text
    address = quote(url, safe=_IN_URLS, errors="replace").replace("&", "&amp;")
    return f"<{address}|{text}>"


_IN_URLS = ":/?#[]@!$&'()*+,;=%~"


def linking(message: Message, url: str) -> Message:
    """A message of text alone, with the address of another one at its end."""
    return Message(f"{message.text} {link(url, 'The message')}")


def without_buttons(message: Message) -> Message:
    """A message with nothing left to press; where that were all of it, its text says it."""
    return Message(message.text, tuple(one for one in message.blocks if one["type"] != "actions"))


def mention(slack_id: str) -> str:
    """A person, by Slack id; the bare name of somebody whom only the history knows."""
    return f"<@{slack_id}>" if _SLACK_ID.fullmatch(slack_id) else line(slack_id, 80)


def called(slack_id: str) -> str:
    """A person or, where the id is one's, a group."""
    return f"<!subteam^{slack_id}>" if _GROUP.fullmatch(slack_id) else mention(slack_id)


_GROUP = re.compile("S[A-Z0-9]+")
_SLACK_ID = re.compile("[UW][A-Z0-9]+")


def shorten(text: str, limit: int) -> str:
    """Escaped text of at most `limit` characters, an ellipsis in place of the rest; never cut
    inside an entity or a link.
    """
    if len(text) <= limit:
        return text
    cut = text[: limit - 1]
    for opening, closing in (("&", ";"), ("<", ">")):
        start = cut.rfind(opening)
        if start > cut.rfind(closing):
            cut = cut[:start]
    return cut.rstrip() + "…"


def section(text: str, block_id: str | None = None) -> Block:
    """A paragraph of mrkdwn."""
    block: Block = {"type": "section", "text": _mrkdwn(text)}
    return block | ({"block_id": block_id} if block_id else {})


def sections(lines: Iterable[str]) -> tuple[Block, ...]:
    """Lines in as few paragraphs as Slack's limits allow."""
    chunks: list[str] = []
    for text in lines:
        if chunks and len(chunks[-1]) + 1 + len(text) <= SECTION_LIMIT:
            chunks[-1] += f"\n{text}"
        else:
            chunks.append(text)
    return tuple(section(chunk) for chunk in chunks)


def context(*parts: str) -> Block:
    """Small print, its parts joined by a middle dot."""
    return {"type": "context", "elements": [_mrkdwn(" · ".join(parts))]}


def _mrkdwn(text: str) -> Block:
    # Verbatim: Slack makes links of nothing but our own markup.
    return {"type": "mrkdwn", "text": shorten(text, SECTION_LIMIT), "verbatim": True}


def button(
    label: str,
    action_id: str,
    value: str,
    *,
    style: str | None = None,
    confirm: Block | None = None,
) -> Block:
    """A button; `style` is primary or danger."""
    element: Block = {
        "type": "button",
        "text": {"type": "plain_text", "text": label, "emoji": False},
        "action_id": action_id,
        "value": value,
    }
    if style:
        element["style"] = style
    if confirm:
        element["confirm"] = confirm
    return element


def confirmation(title: str, text: str, yes: str, no: str, *, danger: bool = False) -> Block:
    """The question that Slack asks before a button counts."""
    block: Block = {
        "title": {"type": "plain_text", "text": title},
        "text": {"type": "plain_text", "text": text},
        "confirm": {"type": "plain_text", "text": yes},
        "deny": {"type": "plain_text", "text": no},
    }
    return block | ({"style": "danger"} if danger else {})


def actions(block_id: str, *elements: Block) -> Block:
    """A row of controls."""
    return {"type": "actions", "block_id": block_id, "elements": list(elements)}
