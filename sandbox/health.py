"""What production and staging answer when somebody asks how they are."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

from aiohttp import web

from sandbox.edge import edge

if TYPE_CHECKING:
    from sandbox.world import World

State = Literal["ok", "bad", "slow", "down"]
STATES: tuple[State, ...] = get_args(State)
SLOW = 4.0  # seconds


@dataclass(frozen=True)
class Answer:
    """How an environment behaves; without `version` it tells the one that was deployed. With an
    `age` in seconds a cache answers.
    """

    status: State = "ok"
    version: str | None = None
    age: int = 0


class Health:
    """The answers by environment and service; all is well until somebody says otherwise."""

    def __init__(self) -> None:
        self._answers: dict[tuple[str, str], Answer] = {}

    def set(self, environment: str, service: str, answer: Answer) -> None:
        self._answers[environment, service] = answer

    def get(self, environment: str, service: str) -> Answer:
        return self._answers.get((environment, service), Answer())


def shown_version(world: World, environment: str, service: str) -> str | None:
    """The version that is told: the one that was set, else the one deployed last."""
    answer = world.health.get(environment, service)
    return answer.version or world.github.actions.live.get((service, environment))


def routes(world: World) -> web.Application:
    """The health pages, to be mounted at /health: `/{environment}[/{service}]`.

    Without a service the first of the seed answers.
    """

    async def health(request: web.Request) -> web.StreamResponse:
        environment = request.match_info["environment"]
        service = request.match_info.get("service") or world.seed.services[0]
        version = shown_version(world, environment, service)
        if version is None:
            raise web.HTTPNotFound(text=json.dumps({"status": "unknown"}))
        answer = world.health.get(environment, service)
        match answer.status:
            case "bad":
                return web.json_response({"status": "bad", "version": version}, status=500)
            case "down":
                if request.transport is not None:
                    request.transport.abort()
                return web.Response(status=503)
            case "slow":
                await asyncio.sleep(SLOW)
            case "ok":
                pass
        headers = {"Age": str(answer.age)} if answer.age else None
        return web.json_response({"status": "ok", "version": version}, headers=headers)

    app = web.Application(middlewares=[edge("health", world)])
    app.router.add_get("/{environment}", health)
    app.router.add_get("/{environment}/{service}", health)
    return app
