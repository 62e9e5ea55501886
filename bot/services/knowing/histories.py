"""Histories: the deployments that somebody asks for, page by page, inside one transaction."""

from bot.config import Config
from bot.domain.grammar import HistoryWish
from bot.messages.blocks import Message
from bot.messages.knowing import histories as messages
from bot.ports import Tx
from bot.services.knowing.persons import person_called


def history(tx: Tx, config: Config, wish: HistoryWish) -> Message:
    """One page, newest first."""
    person = person_called(tx, config, wish.person) if wish.person else None
    search = wish.search(person, config.zone)
    offset = (wish.page - 1) * messages.PAGE
    found = tx.search(search, limit=messages.PAGE + 1, offset=offset)
    again = " ".join(filter(None, (config.commands.deployments, "history", wish.words)))
    if not found:
        return messages.nothing(wish, config.commands.deploy, again)
    return messages.history(found[: messages.PAGE], wish, len(found) > messages.PAGE, again)
