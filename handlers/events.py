"""Events: what Slack tells without anybody having asked; we listen to what becomes of messages."""

import asyncio
import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import structlog
from slack_bolt import BoltResponse
from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.config import Config
from bot.ports import Store, Tx
from handlers import home, timeline
from handlers.payloads import Office, text_in
from handlers.people_messages import MessageEvent, event_from, home_from

log = structlog.get_logger()
STORE_TIMEOUT = 2.0
"""Seconds to record an event in; Slack sends it again when it is not acknowledged within three."""


class Events:
    """Records events once each; one that could not be recorded is not acknowledged, and comes
    again.
    """

    def __init__(
        self,
        *,
        store: Store,
        config: Config,
        wake: Callable[[], None],
        is_foreign: Callable[[Mapping[str, Any]], bool | None],
    ) -> None:
        self._store = store
        self._config = config
        self._wake = wake
        self._is_foreign = is_foreign

    def register(self, app: AsyncApp) -> None:
        """Take every event of the app."""
        app.event(re.compile(".*", re.DOTALL))(self.event)

    async def event(self, ack: AsyncAck, body: dict[str, Any]) -> BoltResponse | None:
        """One event; most are of no interest and cost nothing."""
        work = self._work(body)
        foreign = self._is_foreign(body)
        if work is not None and foreign is None:
            return BoltResponse(status=503)  # Slack sends it again, and by then we know who we are
        if work is not None and not foreign:
            try:
                async with asyncio.timeout(STORE_TIMEOUT):
                    await self._store.run(work)
            except Exception:  # Slack sends it again, whatever kept us from recording it
                log.exception("event_not_recorded", event_id=text_in(body, "event_id"))
                # Without an answer of ours Bolt would acknowledge every event by itself.
                return BoltResponse(status=503)
            self._wake()
        await ack()
        return None

    def _work(self, body: Mapping[str, Any]) -> Callable[[Tx], None] | None:
        if user := home_from(body):
            return lambda tx: home.looked(tx, user)
        happened = event_from(body)
        return partial(self._record, happened) if happened else None

    def _record(self, happened: MessageEvent, tx: Tx) -> None:
        if tx.first_time(happened.key, "event", happened.user):
            timeline.happened(happened, Office(tx=tx, config=self._config, usages=[]))
