"""What has to reach Slack while it waits for the answer to a request, with what time is left."""

import asyncio

import structlog

from bot.domain.errors import Fault
from bot.messages.blocks import Message
from bot.ports import Chat
from handlers.payloads import Click, OpenForm
from handlers.people_messages import Shortcut

log = structlog.get_logger()

ANSWER_WITHIN = 2.5
"""Seconds for a request as a whole; Slack gives up after three."""


def end() -> float:
    """When a request that arrives now has to be answered, by the clock of the loop."""
    return asyncio.get_running_loop().time() + ANSWER_WITHIN


async def open_form(chat: Chat, trigger_id: str, form: OpenForm, end: float) -> Message | None:
    """Open a form; what to say otherwise, where Slack did not open it in time."""
    try:
        async with asyncio.timeout_at(end):
            await chat.open_view(trigger_id, form.view)
    except (Fault, TimeoutError) as error:
        log.warning("form_not_opened", error=str(error))
        return form.otherwise
    return None


async def say(chat: Chat, used: Click | Shortcut, message: Message, end: float) -> None:
    """Tell somebody what could not be stored; if Slack does not take it either, the log."""
    try:
        async with asyncio.timeout_at(end):
            await chat.whisper(
                used.channel or used.user,
                used.user,
                message,
                thread_ts=used.answered_in,
                response_url=used.response_url,
            )
    except (Fault, TimeoutError) as error:
        log.warning("not_told", user=used.user, text=message.text, error=str(error))
