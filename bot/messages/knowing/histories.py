"""Histories: which deployments there were, a page at a time."""

from collections.abc import Sequence

from bot.domain.deployments.deployments import Deployment
from bot.domain.grammar import HistoryWish
from bot.messages import blocks as b
from bot.messages.blocks import Message
from bot.messages.knowing.reports import entry, paged

PAGE = 10


def nothing(wish: HistoryWish, deploy: str, again: str) -> Message:
    """A history or a page of it without any deployment; `deploy` and `again` are commands."""
    of = f" of {b.line(wish.words)}" if wish.words else ""
    if wish.page > 1:
        return Message(
            f"The history{of} has no page {wish.page}. It begins with `{b.line(again)}`."
        )
    if wish.words in ("", wish.place):
        first = f" The first one begins with {b.line(deploy)} v1.2.1" if not of else ""
        return Message(f"No deployments{of or ' here'} yet.{first}")
    return Message(f"Nothing in the history is {b.line(wish.words)}.")


def history(found: Sequence[Deployment], wish: HistoryWish, more: bool, again: str) -> Message:
    """One page of deployments, newest first."""
    lines = [entry(d) for d in found]
    if more:
        lines.append(f"More: `{b.line(again)} page {wish.page + 1}`")
    heading = "Deployments" + (f", {b.line(wish.words)}" if wish.words != wish.place else "")
    return paged(heading if wish.page == 1 else f"{heading}, page {wish.page}", lines)
