"""Tails: the last lines of a log in the thread of a card."""

from bot.domain.rollbacks.targets import LogTail
from bot.domain.words import count
from bot.messages import blocks as b
from bot.messages.blocks import Block, Message

MOST = 2500
"""Characters; the newest lines are the ones that stay."""


def tail(target: str, found: LogTail) -> Message:
    """What a target logged, and how many lines look like an error."""
    name = b.line(target, 80)
    looks = count(len(found.errors), "line") if found.errors else "no line"
    head = f"Log of {name}: {looks} like an error"
    return Message(head, (b.section(f"*{head}*"), *_quoted(found.text)))


def output(target: str, text: str, *, asked: bool = False) -> Message:
    """What a version that was not switched to logged last, or what was `asked` of the database."""
    went = "did not end well" if asked else "was not switched"
    head = f"Log of {b.line(target, 80)}, which {went}"
    return Message(head, (b.section(f"*{head}*"), *_quoted(text)))


def _quoted(text: str) -> tuple[Block, ...]:
    """The newest foreign lines as they are: nothing in them can end the quotation."""
    kept: list[str] = []
    room = MOST
    for text_line in reversed(text.strip().splitlines()):
        shown = b.shorten(b.escape(text_line).replace("`", "'"), b.LINE_LIMIT)
        room -= len(shown) + 1
        if room < 0:
            break
        kept.insert(0, shown)
    return (b.section("```" + "\n".join(kept) + "```"),) if kept else ()
