"""Refusing: a request that is refused leaves its audit row and its answer, and nothing that its
handler wrote before it came to the no.
"""

from collections.abc import Callable

from bot.domain.errors import Refusal
from bot.domain.people import CHECKING
from bot.messages import apologies
from bot.messages.blocks import Message, refused
from bot.ports import Tx
from handlers.payloads import Answer, FormErrors, Office


class Undone(Exception):
    """Ends the transaction of a request that is refused, so that nothing of it is kept."""

    def __init__(self, answer: Message | FormErrors, code: str, text: str) -> None:
        super().__init__(text)
        self.answer = answer
        self.code = code
        self.text = text


def handled(handle: Callable[[Office], Answer], office: Office) -> Answer:
    """What a handler answers. Raises Undone where that is a no."""
    try:
        answer = handle(office)
    except Refusal as no:
        said = refused(no, office.config.commands.model_dump())
        raise Undone(said, no.code, str(no)) from no
    if isinstance(answer, FormErrors):
        raise Undone(answer, answer.code, "; ".join(answer.errors.values()))
    return answer


def keep(tx: Tx, no: Undone, key: str, source: str, user: str) -> Message | FormErrors:
    """Record that a request was refused, in a transaction of its own.

    A form that stays open is not remembered: what is wrong in it now may be right a moment later.
    """
    if isinstance(no.answer, Message) and not tx.first_time(key, source, user):
        return apologies.REPEATED
    tx.audit(user, "refused_to", source, code=no.code, text=no.text)
    if no.code == CHECKING:
        tx.set_duty("directory", tx.now)
    return no.answer
