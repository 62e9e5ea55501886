"""Web: the HTTP side of the bot: webhooks that wake it, its health and its metrics."""

import hashlib
import hmac
import json
import re
from collections.abc import Awaitable, Callable, Sequence

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler, Middleware
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, generate_latest

from bot.adapters.slack.raw_body import raw_body
from bot.adapters.slack.slack_http import SlackEvents

log = structlog.get_logger()
WEBHOOK_LIMIT = 5 * 1024 * 1024  # bytes
IDLE = 75.0
"""Seconds for a connection without a whole request; a little longer than proxies keep theirs."""

SIGNATURE = re.compile(r"sha256=[0-9a-f]{64}")
DELIVERY = re.compile(r"[0-9A-Za-z-]{1,100}")
PROTECTION_RULE = "deployment_protection_rule"
EVENTS = frozenset(
    {
        "check_run",
        "check_suite",
        "create",
        "delete",
        PROTECTION_RULE,
        "deployment_review",
        "deployment_status",
        "pull_request",
        "push",
        "release",
        "status",
        "workflow_job",
        "workflow_run",
    }
)


async def _nothing() -> None:
    """Everything that is counted is counted as it happens."""


def application(
    *,
    reasons: Callable[[], Awaitable[Sequence[str]]],
    remember: Callable[[str, str, str, bytes], Awaitable[bool]],
    wake: Callable[[], None],
    registry: CollectorRegistry,
    webhook_secret: str | None = None,
    slack: SlackEvents | None = None,
    kuma: Handler | None = None,
    warnings: Callable[[], Sequence[str]] = tuple,
    refresh: Callable[[], Awaitable[None]] = _nothing,
) -> web.Application:
    """The bot's web application.

    `reasons` says why a command would not be answered now, nothing when it would; `warnings`, what
    else is not as it should be. `remember` keeps the key of a delivery, with its event and the
    repository that it is about, and is False when it was kept before. `refresh` is awaited before
    the metrics are told. Without
    `webhook_secret`, `slack` or `kuma` their addresses do not exist.
    """
    app = web.Application(middlewares=[_counted(registry)])
    app.router.add_get("/healthz", _healthz)
    app.router.add_get("/readyz", _readyz(reasons, warnings))
    app.router.add_get("/metrics", _metrics(registry, refresh))
    if webhook_secret:
        webhooks = _github_webhooks(webhook_secret.encode(), remember, wake)
        app.router.add_post("/github/webhooks", webhooks)
    if kuma:
        app.router.add_post("/webhooks/uptime-kuma", kuma)
    if slack:
        app.router.add_post("/slack/events", slack.answer)
    return app


def runner(app: web.Application, *, shutdown_timeout: float, idle: float = IDLE) -> web.AppRunner:
    """What serves the application; requests that have arrived get `shutdown_timeout` seconds, and
    who sends no request, or the beginning of one, is hung up on after `idle`.

    A signature covers the bytes on the wire, so a compressed body is not inflated: Slack and
    GitHub send none.
    """
    return web.AppRunner(
        app,
        access_log=None,
        auto_decompress=False,
        keepalive_timeout=idle,
        shutdown_timeout=shutdown_timeout,
    )


async def _healthz(request: web.Request) -> web.StreamResponse:
    return web.json_response({"status": "ok"})


def _readyz(
    reasons: Callable[[], Awaitable[Sequence[str]]], warnings: Callable[[], Sequence[str]]
) -> Handler:
    async def readyz(request: web.Request) -> web.StreamResponse:
        why = list(await reasons())
        told = {"ready": not why, "reasons": [*why, *warnings()]}
        return web.json_response(told, status=503 if why else 200)

    return readyz


def _metrics(registry: CollectorRegistry, refresh: Callable[[], Awaitable[None]]) -> Handler:
    async def metrics(request: web.Request) -> web.StreamResponse:
        await refresh()
        headers = {"Content-Type": CONTENT_TYPE_LATEST}
        return web.Response(body=generate_latest(registry), headers=headers)

    return metrics


def _github_webhooks(
    secret: bytes,
    remember: Callable[[str, str, str, bytes], Awaitable[bool]],
    wake: Callable[[], None],
) -> Handler:
    async def webhooks(request: web.Request) -> web.StreamResponse:
        """A delivery is a reason to look; whom it comes from is believed, and what it asks of our
        App's own rule, as far as it can be true.
        """
        body = await raw_body(request, WEBHOOK_LIMIT)
        if not _is_signed(request.headers.get("X-Hub-Signature-256", ""), body, secret):
            return web.Response(status=401)
        delivery = request.headers.get("X-GitHub-Delivery", "")
        if not DELIVERY.fullmatch(delivery):
            return web.Response(status=400)
        event = request.headers.get("X-GitHub-Event", "")
        asked, repo = body if event == PROTECTION_RULE else b"", _repository(body)
        if event in EVENTS and await remember(f"github:{delivery}", event, repo, asked):
            log.info("github_webhook", github_event=event, delivery=delivery)
            wake()
        return web.Response(status=202)

    return webhooks


def _repository(body: bytes) -> str:
    """The repository that a delivery is about; empty for one that names none."""
    try:
        return str(json.loads(body)["repository"]["full_name"])
    except (ValueError, LookupError, TypeError, RecursionError):
        return ""


def _is_signed(signature: str, body: bytes, secret: bytes) -> bool:
    if not SIGNATURE.fullmatch(signature):
        return False
    expected = "sha256=" + hmac.new(secret, body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(expected, signature)


def _counted(registry: CollectorRegistry) -> Middleware:
    requests = Counter(
        "gonogo_http_requests", "HTTP requests answered", ["route", "status"], registry=registry
    )

    @web.middleware
    async def counted(request: web.Request, handler: Handler) -> web.StreamResponse:
        resource = request.match_info.route.resource
        route = resource.canonical if resource else "none"
        try:
            response = await handler(request)
        except web.HTTPException as error:
            requests.labels(route, error.status).inc()
            raise
        except Exception:  # whatever a handler lets out, aiohttp answers 500 and logs it
            requests.labels(route, web.HTTPInternalServerError.status_code).inc()
            raise
        requests.labels(route, response.status).inc()
        return response

    return counted
