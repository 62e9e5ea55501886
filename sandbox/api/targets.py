"""Control of the places where services run besides GitHub Actions: Vercel and App Platform."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from aiohttp import web

from sandbox.digitalocean import views as digitalocean
from sandbox.digitalocean.app import MESSAGES, App
from sandbox.refusals import Refusal
from sandbox.vercel import views as vercel
from sandbox.vercel.errors import Refused
from sandbox.vercel.project import OUTCOMES, PLANS, Project

if TYPE_CHECKING:
    from sandbox.world import World

ENDS = ("ACTIVE", "ERROR", "CANCELED", "UNKNOWN")


def routes(world: World) -> list[web.RouteDef]:
    """`POST /targets/vercel {service?, plan?, auto_assign?, rolling?, outcome?, seconds?, left?,
    expired?}`, `POST /targets/app_platform {service?, blocked_by?, warnings?, outcome?, seconds?}`
    and `GET /targets`.

    `outcome`, `seconds` and `left` (domains that stay where they are) are those of the next step;
    `expired` names a deployment that retention takes.
    """

    def service(body: Mapping[str, Any]) -> str:
        name = str(body.get("service") or world.seed.services[0])
        if name not in world.seed.services:
            raise Refusal("unknown_service", f"There is no service {name}.", 404)
        return name

    async def set_vercel(request: web.Request) -> web.Response:
        body = await request.json()
        _apply(world.vercel.project(service(body)), body, _VERCEL)
        world.events.publish("target", system="vercel")
        return web.json_response({"ok": True})

    async def set_app(request: web.Request) -> web.Response:
        body = await request.json()
        _apply(world.digitalocean.app(service(body)), body, _APP_PLATFORM)
        world.events.publish("target", system="digitalocean")
        return web.json_response({"ok": True})

    async def get(request: web.Request) -> web.Response:
        rows = [
            {
                "service": name,
                "vercel": vercel.project(world.vercel.project(name), with_rollback=True),
                "app_platform": digitalocean.app(world.digitalocean.app(name)),
            }
            for name in world.seed.services
        ]
        return web.json_response({"ok": True, "targets": rows})

    return [
        web.post("/targets/vercel", set_vercel),
        web.post("/targets/app_platform", set_app),
        web.get("/targets", get),
    ]


def _apply(place: Any, body: Mapping[str, Any], known: Mapping[str, Callable[..., None]]) -> None:
    unknown = sorted(body.keys() - known.keys() - {"service"})
    if unknown:
        raise Refusal("unknown_setting", f"There is no setting {', '.join(unknown)}.", 400)
    for name, value in body.items():
        if name in known:
            known[name](place, value)


def _one_of(value: Any, words: tuple[str, ...]) -> str:
    if value not in words:
        raise Refusal("unknown_word", f"{value} is not one of {', '.join(words)}.", 400)
    return str(value)


def _plan(project: Project, value: Any) -> None:
    project.plan = _one_of(value, PLANS)


def _auto_assign(project: Project, value: Any) -> None:
    project.auto_assign = bool(value)


def _rolling(project: Project, value: Any) -> None:
    """A rolling release of the newest deployment begins or ends."""
    if value:
        project.rolling = project.deployments[-1].id
    else:
        project.end_rolling()


def _vercel_outcome(project: Project, value: Any) -> None:
    project.next.outcome = _one_of(value, OUTCOMES)


def _vercel_seconds(project: Project, value: Any) -> None:
    project.next.seconds = float(value)


def _left(project: Project, value: Any) -> None:
    project.next.left = int(value)


def _expired(project: Project, value: Any) -> None:
    try:
        project.find(str(value)).candidate = False
    except Refused:
        raise Refusal("unknown_deployment", f"There is no deployment {value}.", 404) from None


def _blocked_by(app: App, value: Any) -> None:
    app.blocked_by = _one_of(value, ("", *MESSAGES))


def _warnings(app: App, value: Any) -> None:
    app.warnings = [_one_of(one, tuple(MESSAGES)) for one in value]


def _app_outcome(app: App, value: Any) -> None:
    app.outcome = _one_of(value, ENDS)


def _app_seconds(app: App, value: Any) -> None:
    app.seconds = float(value)


_VERCEL: Mapping[str, Callable[[Project, Any], None]] = {
    "plan": _plan,
    "auto_assign": _auto_assign,
    "rolling": _rolling,
    "outcome": _vercel_outcome,
    "seconds": _vercel_seconds,
    "left": _left,
    "expired": _expired,
}
_APP_PLATFORM: Mapping[str, Callable[[App, Any], None]] = {
    "blocked_by": _blocked_by,
    "warnings": _warnings,
    "outcome": _app_outcome,
    "seconds": _app_seconds,
}
