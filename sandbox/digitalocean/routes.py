"""DigitalOcean's REST API as one sub-application, as far as the bot needs it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from aiohttp import web
from aiohttp.typedefs import Handler

from sandbox.digitalocean import views
from sandbox.digitalocean.app import App
from sandbox.digitalocean.errors import Refused, not_found
from sandbox.edge import edge

if TYPE_CHECKING:
    from sandbox.world import World

T = TypeVar("T")
MOST = 200


def routes(world: World) -> web.Application:
    """The API, to be mounted at /digitalocean."""
    api = _Api(world)
    app = web.Application(middlewares=[edge("digitalocean", world), _refusing, api.authorised])
    one = "/v2/apps/{app}"
    app.router.add_get(one, api.app)
    app.router.add_get(f"{one}/deployments", api.deployments)
    app.router.add_get(f"{one}/deployments/{{deployment}}", api.deployment)
    app.router.add_post(f"{one}/rollback", api.rollback)
    app.router.add_post(f"{one}/rollback/validate", api.validate)
    app.router.add_post(f"{one}/rollback/commit", api.commit)
    app.router.add_post(f"{one}/rollback/revert", api.revert)
    app.router.add_get("/v2/registries/{registry}/repositories/{repository}/tags", api.tags)
    app.router.add_get("/v2/databases/{database}/backups", api.backups)
    return app


@web.middleware
async def _refusing(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        response = await handler(request)
    except Refused as refused:
        response = web.json_response(refused.body, status=refused.status)
    except web.HTTPException:
        response = web.json_response(not_found().body, status=404)
    response.headers.update(
        {"ratelimit-limit": "5000", "ratelimit-remaining": "4990", "ratelimit-reset": "1774000000"}
    )
    return response


class _Api:
    def __init__(self, world: World) -> None:
        self._world = world

    @web.middleware
    async def authorised(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.headers.get("Authorization") != f"Bearer {self._world.digitalocean.token}":
            raise Refused(401, "Unauthorized", "Unable to authenticate you")
        return await handler(request)

    async def app(self, request: web.Request) -> web.Response:
        return web.json_response({"app": views.app(self._named(request))})

    async def deployments(self, request: web.Request) -> web.Response:
        app = self._named(request)
        rows, more = _page(request, app.deployments[::-1])
        found = [views.deployment(one, app) for one in rows]
        return web.json_response({"deployments": found, **more})

    async def deployment(self, request: web.Request) -> web.Response:
        app = self._named(request)
        found = app.find(request.match_info["deployment"])
        if found is None:
            raise not_found()
        return web.json_response({"deployment": views.deployment(found, app)})

    async def validate(self, request: web.Request) -> web.Response:
        app, body = self._named(request), await _body(request)
        return web.json_response(views.validation(app, str(body.get("deployment_id", ""))))

    async def rollback(self, request: web.Request) -> web.Response:
        app, body = self._named(request), await _body(request)
        pin = bool(body.get("skip_pin"))
        made = app.rollback(str(body.get("deployment_id", "")), skip_pin=pin)
        return web.json_response({"deployment": views.deployment(made, app)})

    async def commit(self, request: web.Request) -> web.Response:
        self._named(request).commit()
        return web.Response()

    async def revert(self, request: web.Request) -> web.Response:
        app = self._named(request)
        return web.json_response({"deployment": views.deployment(app.revert(), app)})

    async def tags(self, request: web.Request) -> web.Response:
        registry = self._world.digitalocean.registry
        repository = request.match_info["repository"]
        if request.match_info["registry"] != registry.name:
            raise not_found()
        if repository not in registry.repositories:
            raise not_found()
        every = list(registry.repositories[repository].values())
        rows, more = _page(request, every)
        found = [views.tag(registry, repository, one) for one in rows]
        return web.json_response({"tags": found, **more})

    async def backups(self, request: web.Request) -> web.Response:
        database = self._world.digitalocean.database(request.match_info["database"])
        return web.json_response(views.backups(database))

    def _named(self, request: web.Request) -> App:
        return self._world.digitalocean.app(request.match_info["app"])


def _page(request: web.Request, every: Sequence[T]) -> tuple[Sequence[T], dict[str, Any]]:
    """The rows that the query asks for, with what is told of the others."""
    page, size = (_number(request, "page", 1), _number(request, "per_page", 20))
    end = page * size
    pages = {"next": str(request.url.update_query(page=page + 1))} if end < len(every) else {}
    return every[end - size : end], {"links": {"pages": pages}, "meta": {"total": len(every)}}


def _number(request: web.Request, name: str, otherwise: int) -> int:
    text = request.query.get(name, str(otherwise))
    if not text.isdecimal() or not 0 < int(text) <= MOST:
        raise Refused(422, "unprocessable_entity", f"{name} must be between 1 and {MOST}")
    return int(text)


async def _body(request: web.Request) -> dict[str, Any]:
    body = json.loads(await request.text() or "{}")
    return body if isinstance(body, dict) else {}
