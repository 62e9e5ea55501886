"""Control of the health pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from sandbox.health import STATES, Answer, shown_version
from sandbox.refusals import Refusal

if TYPE_CHECKING:
    from sandbox.world import World

ENVIRONMENTS = ("production", "staging")


def routes(world: World) -> list[web.RouteDef]:
    """`POST /health {environment, status, version?, service?}` and `GET /health`.

    Without `service` all services of the environment are set.
    """

    async def post(request: web.Request) -> web.Response:
        body = await request.json()
        environment, status = body.get("environment"), body.get("status")
        if environment not in ENVIRONMENTS:
            raise Refusal(
                "unknown_environment",
                f"{environment} is not one of {', '.join(ENVIRONMENTS)}.",
                400,
            )
        if status not in STATES:
            raise Refusal("unknown_status", f"{status} is not one of {', '.join(STATES)}.", 400)
        services = [body["service"]] if body.get("service") else world.seed.services
        for service in services:
            world.health.set(environment, service, Answer(status, body.get("version")))
        world.events.publish("health")
        return web.json_response({"ok": True})

    async def get(request: web.Request) -> web.Response:
        rows = [
            {
                "environment": environment,
                "service": service,
                "status": world.health.get(environment, service).status,
                "version": shown_version(world, environment, service),
            }
            for service in world.seed.services
            for environment in ENVIRONMENTS
        ]
        return web.json_response({"ok": True, "health": rows})

    return [web.post("/health", post), web.get("/health", get)]
