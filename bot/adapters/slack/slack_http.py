"""SlackEvents: Slack's signed HTTP requests, checked as raw bytes before anything reads them."""

import time
from collections.abc import Callable

import structlog
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response
from slack_bolt.async_app import AsyncApp, AsyncBoltRequest

from bot.adapters.slack.raw_body import PATIENCE, raw_body
from bot.adapters.slack.slack_identity import Identity
from bot.adapters.slack.slack_payload import Malformed, parse
from bot.adapters.slack.slack_signature import is_signed

log = structlog.get_logger()
LIMIT = 256 * 1024  # bytes


class SlackEvents:
    """What answers `POST /slack/events`: `answer` is the handler.

    `identity` tells whose requests are taken, None while we do not know; `patience` is in seconds
    for the body of a request.
    """

    def __init__(
        self,
        app: AsyncApp,
        signing_secret: str,
        *,
        identity: Callable[[], Identity | None],
        now: Callable[[], float] = time.time,
        patience: float = PATIENCE,
    ) -> None:
        self._app = app
        self._secret = signing_secret.encode()
        self._identity = identity
        self._now = now
        self._patience = patience

    async def answer(self, request: web.Request) -> web.Response:
        """401 unsigned, 413 too large, 400 malformed, 403 foreign; else what the app answers.

        A replay reaches the app, too, which knows every request by its own key: what is noted here
        before the work would be believed done when the work is cut off.
        """
        raw = await raw_body(request, LIMIT, self._patience)
        if not is_signed(request.headers, raw, self._secret, self._now()):
            return web.Response(status=401)
        try:
            body = parse(raw, request.content_type)
        except Malformed as error:
            log.warning("slack_malformed", why=str(error))
            return web.Response(status=400)
        if "ssl_check" in body:
            return web.Response()
        if body.get("type") == "url_verification":
            return web.json_response({"challenge": body["challenge"]})
        identity = self._identity()
        if identity is None:
            log.warning("slack_identity_unknown")
            return web.Response(status=503)
        if identity.is_foreign(body):
            log.warning("slack_foreign", team=body.get("team_id") or body.get("team"))
            return web.Response(status=403)
        # Bolt takes a parsed body only in this mode. It must not parse itself: it loses the
        # fields of any form that has the word "payload" in it.
        bolt_request = AsyncBoltRequest(
            body=body, headers=dict(request.headers), mode="socket_mode"
        )
        return await to_aiohttp_response(await self._app.async_dispatch(bolt_request))
