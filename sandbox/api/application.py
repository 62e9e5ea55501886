"""The control API as one sub-application, and how it says no."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from aiohttp import web
from aiohttp.typedefs import Handler

from sandbox.api import core, github, health, slack, targets
from sandbox.refusals import Refusal

if TYPE_CHECKING:
    from sandbox.world import World


def application(world: World) -> web.Application:
    """The sub-application to mount at /sandbox/api."""
    app = web.Application(middlewares=[_refusing])
    for part in (core, slack, github, health, targets):
        app.add_routes(part.routes(world))
    return app


@web.middleware
async def _refusing(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        if request.body_exists and not isinstance(await request.json(), dict):
            raise Refusal("bad_body", "The body is not a JSON object.", 400)
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


def _no(word: str, detail: str, status: int) -> web.Response:
    return web.json_response({"ok": False, "error": word, "detail": detail}, status=status)
