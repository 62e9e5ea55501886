"""What Uptime Kuma tells by webhook. It signs nothing: a secret header says that it is it."""

import hmac
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Literal

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler
from pydantic import Field, ValidationError

from bot.adapters.rest import Answer
from bot.adapters.slack.raw_body import raw_body
from bot.domain.incidents.detection import Beat

log = structlog.get_logger()
LIMIT = 256 * 1024  # bytes
STATUSES: dict[int, Literal["down", "up"]] = {0: "down", 1: "up"}


class _Heartbeat(Answer):
    monitor: int = Field(alias="monitorID")
    status: int
    time: datetime
    msg: str = ""
    important: bool = True  # false in what is sent again while it stays down


class _Monitor(Answer):
    """Of its many settings, some of them secret, only the name is read."""

    name: str


class _Notification(Answer):
    """A test notification has neither."""

    heartbeat: _Heartbeat | None = None
    monitor: _Monitor | None = None


def webhook(token: str, hear: Callable[[Beat], Awaitable[None]]) -> Handler:
    """Answers `POST /webhooks/uptime-kuma`; `hear` is told of DOWN and UP."""
    expected = f"Bearer {token}".encode()

    async def answer(request: web.Request) -> web.StreamResponse:
        given = request.headers.get("Authorization", "").encode(errors="replace")
        if not hmac.compare_digest(given, expected):
            return web.Response(status=401)
        body = await raw_body(request, LIMIT)
        try:
            told = _Notification.model_validate_json(body)
        except ValidationError:
            return web.Response(status=400)
        if beat := _beat(told):
            log.info("kuma_webhook", monitor=beat.monitor, status=beat.status)
            await hear(beat)
        return web.Response(status=202)

    return answer


def _beat(told: _Notification) -> Beat | None:
    if told.heartbeat is None or told.monitor is None or told.heartbeat.status not in STATUSES:
        return None
    seen = told.heartbeat
    return Beat(
        monitor=str(seen.monitor),
        name=told.monitor.name,
        status=STATUSES[seen.status],
        text=seen.msg,
        at=seen.time.replace(tzinfo=UTC),
        repeats=not seen.important,
    )
