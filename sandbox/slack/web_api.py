"""The Web API over HTTP: encodings, tokens, rate limits, and errors as Slack words them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from aiohttp import web

from sandbox.edge import edge, parsed_body
from sandbox.slack.call import Call
from sandbox.slack.errors import SlackError
from sandbox.slack.methods import METHODS, WITH_APP_TOKEN

if TYPE_CHECKING:
    from sandbox.world import World


def application(world: World) -> web.Application:
    """The sub-application to mount at /api."""

    async def answer(request: web.Request) -> web.Response:
        body = await parsed_body(request)
        args = body if isinstance(body, dict) else {}
        method = request.match_info["method"]
        manifest = world.slack.manifest
        scopes = ",".join(sorted(manifest.scopes))
        headers = {"x-oauth-scopes": scopes} if manifest.tells_scopes else {}
        try:
            _authorise(world, method, _token(request, args))
            wait = world.slack.rates.retry_after(method, str(args.get("channel", "")))
            if wait:
                return _rate_limited(wait)
            result = await METHODS[method](Call(world, method, args))
        except SlackError as error:
            refusal = {"ok": False, "error": error.word, **error.extra}
            return web.json_response(refusal, headers=headers)
        return web.json_response({"ok": True, **result}, headers=headers)

    app = web.Application(middlewares=[edge("slack", world, mount="/api")])
    app.router.add_route("*", "/{method}", answer)
    return app


def _token(request: web.Request, args: Mapping[str, Any]) -> str:
    header = request.headers.get("Authorization", "")
    return header.removeprefix("Bearer ").strip() or str(args.get("token", ""))


def _authorise(world: World, method: str, token: str) -> None:
    if method not in METHODS:
        raise SlackError("unknown_method", req_method=method)
    secrets = world.seed.secrets
    if not token:
        raise SlackError("not_authed")
    if token not in (secrets.bot_token, secrets.app_token):
        raise SlackError("invalid_auth")
    if (token == secrets.app_token) != (method in WITH_APP_TOKEN):
        raise SlackError("not_allowed_token_type")


def _rate_limited(wait: int) -> web.Response:
    return web.json_response(
        {"ok": False, "error": "ratelimited"}, status=429, headers={"Retry-After": str(wait)}
    )
