"""Deliveries to the bot: one ack within three seconds, whatever way it is connected."""

from __future__ import annotations

import asyncio
import copy
import time
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sandbox.journal import Entry
from sandbox.slack import http_mode, payloads
from sandbox.slack.socket_mode import NoConnection

if TYPE_CHECKING:
    from sandbox.world import World

ACK_WITHIN = 3.0  # seconds of real time
RETRIES = (timedelta(0), timedelta(minutes=1), timedelta(minutes=5))  # of events alone


@dataclass(frozen=True)
class Ack:
    """The bot's acknowledgement: how long it took, and what it carried."""

    ms: float
    body: Any


class NotAcked(Exception):
    """No good ack came: `operation_timeout` or `dispatch_failed`, as Slack shows it."""

    def __init__(self, word: str, *, no_retry: bool = False) -> None:
        super().__init__(word)
        self.word = word
        self.no_retry = no_retry


async def deliver(
    world: World,
    kind: str,
    payload: dict[str, Any],
    *,
    accepts_payload: bool = False,
    retry: tuple[int, str] | None = None,
) -> Ack:
    """Deliver `slash_commands`, `interactive` or `events_api`. Raises NotAcked."""
    http = world.slack_mode == "http" and not world.link.connections
    entry = world.journal.record(
        system="slack",
        direction="to_bot",
        method="POST" if http else "WS",
        path=http_mode.PATH if http else kind,
        body=copy.deepcopy(payload),
    )
    began = time.monotonic()
    try:
        async with asyncio.timeout(ACK_WITHIN):
            if http:
                body = await _by_http(world, kind, payload, retry, entry)
            else:
                body = await world.link.send(
                    kind, payload, accepts_payload=accepts_payload, retry=retry
                )
    except TimeoutError:
        raise NotAcked("operation_timeout") from None
    except NoConnection:
        raise NotAcked("dispatch_failed") from None
    entry.status = 200
    return Ack(round((time.monotonic() - began) * 1000, 1), body)


def announce(world: World, subscription: str, event: dict[str, Any]) -> None:
    """Deliver an event that the app subscribed to, in the background.

    Where it is not acked it comes again, with the number and the reason of the retry.
    """
    if subscription in world.manifest.events:
        world.spawn(_announce(world, payloads.event_callback(world, event)))


async def _announce(world: World, payload: dict[str, Any]) -> None:
    retry = None
    for number, delay in enumerate((None, *RETRIES)):
        if delay is not None:
            await world.clock.sleep(delay)
        try:
            await deliver(world, "events_api", payload, retry=retry)
            return
        except NotAcked as error:
            if error.no_retry:
                return
            late = error.word == "operation_timeout"
            retry = (number + 1, "http_timeout" if late else "http_error")


async def _by_http(
    world: World,
    kind: str,
    payload: dict[str, Any],
    retry: tuple[int, str] | None,
    entry: Entry,
) -> Any:
    try:
        secret = world.seed.secrets.signing_secret
        return await http_mode.send(world.bot_url or "", secret, kind, payload, retry)
    except http_mode.Refused as error:
        entry.status = error.status
        raise NotAcked("dispatch_failed", no_retry=error.no_retry) from None
