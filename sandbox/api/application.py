"""The control API as one sub-application, and how it says no."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from aiohttp import web
from aiohttp.typedefs import Handler

from sandbox.api import core, github, health, outages, slack, targets
from sandbox.refusals import Refusal

if TYPE_CHECKING:
    from sandbox.world import World

TEXT, NUMBER, OBJECT = (str, "a text"), (int, "a whole number"), (dict, "an object")
KINDS: dict[str, tuple[type, str]] = {
    **dict.fromkeys(("as", "channel", "text", "system", "kind", "name"), TEXT),
}
"""What stands in a call under these names; they are not null."""

OPTIONAL: dict[str, tuple[type, str]] = {
    **dict.fromkeys(("thread_ts", "view_id", "path", "method", "seed"), TEXT),
    **dict.fromkeys(("values", "inputs"), OBJECT),
    **dict.fromkeys(("count", "after"), NUMBER),
    "issues": (list, "a list"),
}
"""The same; null is as good as left out."""


def application(world: World) -> web.Application:
    """The sub-application to mount at /sandbox/api."""
    app = web.Application(middlewares=[_refusing])
    for part in (core, slack, github, health, targets, outages):
        app.add_routes(part.routes(world))
    return app


@web.middleware
async def _refusing(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        if request.body_exists:
            _check(await request.json())
        return await handler(request)
    except Refusal as refusal:
        return _no(refusal.word, refusal.detail, refusal.status)
    except (json.JSONDecodeError, UnicodeDecodeError):
        return _no("bad_json", "The body is not JSON.", 400)
    except KeyError as missing:
        return _no("missing", f"There is no {missing} in this call.", 400)
    except web.HTTPException as error:
        if error.status < 400:
            raise
        return _no("no_such_call", f"{request.method} {request.path}: {error.reason}", error.status)


def _check(body: object) -> None:
    if not isinstance(body, dict):
        raise Refusal("bad_body", "The body is not a JSON object.", 400)
    given = {name: value for name, value in body.items() if value is not None or name in KINDS}
    for name, (kind, words) in (KINDS | OPTIONAL).items():
        value = given.get(name, kind())
        if not isinstance(value, kind) or isinstance(value, bool):
            raise Refusal("bad_value", f"{name} is not {words}.", 400)


def _no(word: str, detail: str, status: int) -> web.Response:
    return web.json_response({"ok": False, "error": word, "detail": detail}, status=status)
