"""Calls of Slack's Web API: what is repeated, when we give up, and what each error means."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.domain.errors import Declined, Fault, NotFound, Unanswered
from bot.ports.channels import TakesNothing
from bot.ports.silences import awaited

log = structlog.get_logger()
Method = Callable[..., Awaitable[AsyncSlackResponse]]
PAUSES = (0.2, 0.4)  # seconds between the three tries of a read
RETRY_AFTER = 30.0  # seconds, where a 429 does not say

LOST = (aiohttp.ClientError, OSError)
# What slack_sdk raises itself when the body of an answer is no JSON object.
UNREADABLE = (AttributeError, TypeError, ValueError)
BUSY = frozenset({"ratelimited", "rate_limited"})
# Slack's own words for "something broke on our side"; the call may have had its effect.
UNCLEAR = frozenset({"fatal_error", "internal_error", "service_unavailable"})
ABSENT = frozenset(
    {
        "bot_not_found",
        "channel_not_found",
        "message_not_found",
        "no_such_subteam",
        "thread_not_found",
        "user_not_found",
        "user_not_visible",
    }
)
SHUT = frozenset({"is_archived", "not_in_channel", "restricted_action"})
WHAT_TO_DO = {
    "channel_not_found": "check the channel's name or id, and invite the bot if it is private",
    "expired_trigger_id": "the form took too long to open; run the command again",
    "exchanged_trigger_id": "the form was opened already; run the command again",
    "invalid_blocks": "the message breaks a limit of Block Kit",
    "is_archived": "unarchive the channel or configure another one",
    "msg_too_long": "the message is longer than Slack takes",
    "not_in_channel": "invite the bot: /invite @gonogo",
    "file_uploads_disabled": "a workspace setting forbids uploads; ask an owner",
    "restricted_action": "a workspace setting forbids the bot to post there; ask an owner",
    "trigger_expired": "the form took too long to open; run the command again",
    "user_not_in_channel": "the person is not in that channel",
}


class Unreachable(Fault):
    """There was no connection, so nothing was sent."""


async def read(method: Method, **arguments: Any) -> AsyncSlackResponse:
    """Call what may be called twice: again when the connection is lost or Slack fails.

    Raises NotFound for what is not there, Declined for a definite no, Fault for every other
    failure after three tries. A call that hangs is not repeated: it has used up its time.
    """
    for pause in PAUSES:
        try:
            return await _call(method, arguments)
        except (Unanswered, Unreachable) as fault:
            if isinstance(fault.__cause__, TimeoutError):
                raise Fault("slack", fault.text) from fault
            log.info("slack_again", why=fault.text)
            await asyncio.sleep(pause)
    try:
        return await _call(method, arguments)
    except Unanswered as fault:
        raise Fault("slack", fault.text) from fault


async def write(method: Method, **arguments: Any) -> AsyncSlackResponse:
    """Call once. Raises Declined when Slack refused, Unanswered when nobody knows.

    Any other Fault (no connection, a rate limit with its `retry_after`) means that nothing
    happened either, and that it may be tried again.
    """
    try:
        return await _call(method, arguments)
    except NotFound as fault:
        raise Declined("slack", fault.text) from fault


async def send_bytes(session: aiohttp.ClientSession, address: str, content: bytes) -> None:
    """Send a file to the address that Slack gave for it. Raises Fault when it does not arrive."""
    try:
        async with session.post(address, data=content) as answer:
            if answer.status != 200:
                raise Fault("slack", f"upload: status {answer.status}")
    except LOST as error:
        raise Fault("slack", f"upload: connection lost ({type(error).__name__})") from error


async def _call(method: Method, arguments: dict[str, Any]) -> AsyncSlackResponse:
    name = method.__name__
    try:
        with awaited("slack"):
            return await method(**arguments)
    except SlackApiError as error:
        raise _translated(name, error) from error
    except TimeoutError as error:
        raise Unanswered("slack", f"{name}: no answer in time") from error
    except aiohttp.ClientConnectorError as error:
        raise Unreachable("slack", f"{name}: cannot connect to {error.host}") from error
    except LOST as error:
        raise Unanswered("slack", f"{name}: connection lost ({type(error).__name__})") from error
    except UNREADABLE as error:
        raise Unanswered("slack", f"{name}: unreadable answer") from error


def _translated(name: str, error: SlackApiError) -> Fault:
    answer = error.response
    if not isinstance(answer, AsyncSlackResponse) or not isinstance(answer.data, dict):
        return Unanswered("slack", f"{name}: unreadable answer")
    word = str(answer.data.get("error") or "")
    if answer.status_code == 429 or word in BUSY:
        wait = _seconds(answer.headers.get("Retry-After"))
        return Fault("slack", f"{name}: rate limit, again in {wait:g} s", retry_after=wait)
    if answer.status_code >= 500 or not word or word in UNCLEAR:
        return Unanswered("slack", f"{name}: status {answer.status_code} {word}".rstrip())
    kind = NotFound if word in ABSENT else TakesNothing if word in SHUT else Declined
    return kind("slack", f"{name}: {word}{_advice(word, answer.data)}")


def _advice(word: str, answer: dict[str, Any]) -> str:
    if word == "missing_scope":
        return f"; add the scope {answer.get('needed')} to the Slack app and install it again"
    details = (answer.get("response_metadata") or {}).get("messages") or ()
    parts = [WHAT_TO_DO.get(word, ""), *map(str, details)]
    return "".join(f"; {part}" for part in parts if part)


def _seconds(header: str | None) -> float:
    try:
        return max(0.0, float(header or RETRY_AFTER))
    except ValueError:
        return RETRY_AFTER
