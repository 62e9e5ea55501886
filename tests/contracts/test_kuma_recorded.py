"""What a real Uptime Kuma 2.5.3 answered, held against the local one and against the adapter."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import socketio
from aiohttp import web

from bot.adapters.uptime_kuma import KumaPage, connect
from bot.domain.errors import Declined
from bot.domain.incidents.publishing import Health, Phase
from bot.ports.status_pages import Notice, Published
from sandbox import app
from sandbox.seeds import Seed
from sandbox.world import World

RECORDED: dict[str, Any] = json.loads(
    (Path(__file__).parent / "kuma" / "uptime-kuma-2.5.3-exchange.json").read_text()
)
SLUG = "default-page"
PATIENCE = 10


def form(value: Any) -> Any:
    """The names and kinds of what an answer holds; a null may stand for anything."""
    if isinstance(value, dict):
        return {name: form(one) for name, one in value.items()}
    if isinstance(value, list):
        return [form(value[0])] if value else []
    if isinstance(value, bool) or value is None:
        return "any" if value is None else "bool"
    return "number" if isinstance(value, int | float) else type(value).__name__


def meets(real: Any, local: Any) -> bool:
    """Whether two forms are the same, where neither has a null or an empty list."""
    if "any" in (real, local) or [] in (real, local):
        return True
    if isinstance(real, dict) and isinstance(local, dict):
        numbers = all(name.partition("_")[0].isdecimal() for name in real)
        if numbers:  # by the ids of monitors, of which there are others
            return meets(next(iter(real.values())), next(iter(local.values())))
        return real.keys() == local.keys() and all(meets(real[n], local[n]) for n in real)
    if isinstance(real, list) and isinstance(local, list):
        return meets(real[0], local[0])
    return bool(real == local)


class Local:
    """The local Kuma, and somebody at its dashboard."""

    def __init__(self, world: World, session: aiohttp.ClientSession) -> None:
        self.world = world
        self.session = session
        self.client = socketio.AsyncClient(reconnection=False)
        self.heard: list[tuple[str, Any]] = []
        self.ready = asyncio.Event()
        self.client.on("*", self._hear)

    async def _hear(self, event: str, *words: Any) -> None:
        self.heard.append((event, words))
        if event == "loginRequired":
            self.ready.set()

    async def arrive(self) -> None:
        url, path = self.world.base_url, "kuma/socket.io"
        await self.client.connect(url, transports=["websocket"], socketio_path=path)

    async def call(self, event: str, *words: Any) -> Any:
        return await self.client.call(event, words, timeout=PATIENCE)

    async def get(self, path: str) -> dict[str, Any]:
        async with self.session.get(f"{self.world.base_url}/kuma{path}") as answer:
            headers = {name.lower(): value for name, value in answer.headers.items()}
            kept = {
                n: headers[n] for n in ("cache-control", "content-type", "etag") if n in headers
            }
            return {"status": answer.status, "headers": kept, "json": await answer.json()}


@pytest.fixture
async def local() -> AsyncIterator[Local]:
    world = World(Seed.named("default"))
    runner = await app.start(world)
    async with aiohttp.ClientSession() as session:
        made = Local(world, session)
        yield made
        await made.client.disconnect()
    await runner.cleanup()


async def test_the_local_one_answers_in_the_recorded_form(local: Local) -> None:
    await local.arrive()
    await asyncio.wait_for(local.ready.wait(), PATIENCE)
    told: dict[str, Any] = {
        "events_before_login": {event: list(words) for event, words in local.heard},
        "login_bad": await local.call("login", {"username": "gonogo", "password": "no"}),
        "login": await local.call(
            "login", {"username": "gonogo", "password": "local-kuma-password", "token": ""}
        ),
        "getStatusPage": await local.call("getStatusPage", SLUG),
    }
    first = {"title": "T", "content": "C", "style": "danger"}
    told["postIncident"] = await local.call("postIncident", SLUG, first)
    id = told["postIncident"]["incident"]["id"]
    second = {"title": "T", "content": "C2", "style": "warning"}
    told["editIncident"] = await local.call("editIncident", SLUG, id, second)
    told["GET /api/status-page/:slug"] = await local.get(f"/api/status-page/{SLUG}?_=1")
    told["GET heartbeat"] = await local.get(f"/api/status-page/heartbeat/{SLUG}?_=1")
    history = f"/api/status-page/{SLUG}/incident-history?_=1"
    told["GET incident-history"] = await local.get(history)
    told["404 slug"] = await local.get("/api/status-page/nope?_=1")
    told["GET push bad"] = await local.get("/api/push/nope")
    told["resolveIncident"] = await local.call("resolveIncident", SLUG, id)
    told["resolve_unknown"] = await local.call("resolveIncident", SLUG, 99999)
    told["postIncident_bad_slug"] = await local.call("postIncident", "nope", first)
    told["deleteIncident"] = await local.call("deleteIncident", SLUG, id)
    told["unpinIncident"] = await local.call("unpinIncident", SLUG)

    assert told.keys() == RECORDED.keys()
    assert [name for name in told if not meets(form(RECORDED[name]), form(told[name]))] == []
    for name in ("login_bad", "404 slug", "resolve_unknown", "postIncident_bad_slug"):
        real, ours = RECORDED[name], told[name]
        assert ours.get("json", ours) == real.get("json", real)
    for name in ("postIncident", "editIncident", "resolveIncident"):
        real, ours = RECORDED[name]["incident"], told[name]["incident"]
        same = ("style", "title", "content", "pin", "active")
        assert [ours[one] for one in same] == [real[one] for one in same]


async def test_unpinning_leaves_what_the_real_one_leaves(local: Local) -> None:
    """Ids 1 to 3 of the recorded history: off the page, and active for ever."""
    await local.arrive()
    await asyncio.wait_for(local.ready.wait(), PATIENCE)
    await local.call("login", {"username": "gonogo", "password": "local-kuma-password"})
    for _ in range(2):
        await local.call("postIncident", SLUG, {"title": "T", "content": "C", "style": "danger"})
    await local.call("unpinIncident", SLUG)

    real = [
        (one["pin"], one["active"]) for one in RECORDED["GET incident-history"]["json"]["incidents"]
    ]
    ours = [(one.pin, one.active) for one in local.world.kuma.posts.every]
    assert ours == [(False, True)] * 2 == real[-2:]


async def test_what_is_said_too_early_is_lost(local: Local) -> None:
    await local.arrive()
    with pytest.raises(socketio.exceptions.TimeoutError):
        await local.client.call("getStatusPage", SLUG, timeout=0.2)
    await asyncio.wait_for(local.ready.wait(), PATIENCE)
    assert (await local.call("getStatusPage", SLUG))["msg"] == "You are not logged in."


async def test_the_page_is_kept_for_five_minutes_whatever_is_posted(local: Local) -> None:
    page = f"/api/status-page/{SLUG}"
    await local.get(page)
    local.world.kuma.posts.post({"title": "T", "content": "C", "style": "danger"})
    assert (await local.get(page))["json"]["incidents"] == []
    assert len((await local.get(f"{page}?_=1"))["json"]["incidents"]) == 1
    local.world.kuma.set(local.world.kuma.monitors[0], "down")
    assert len((await local.get(page))["json"]["incidents"]) == 1


async def test_a_page_that_is_not_there_has_empty_heartbeats(local: Local) -> None:
    told = await local.get("/api/status-page/heartbeat/nope")
    assert (told["status"], told["json"]) == (200, {"heartbeatList": {}, "uptimeList": {}})


class Recording:
    """A server that says what the real one said, whatever it is told; it notes that."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, tuple[Any, ...]]] = []
        self.server = socketio.AsyncServer(async_mode="aiohttp", monitor_clients=False)
        self.server.on("connect", self._connect)
        self.server.on("*", self._hear)

    async def _connect(self, sid: str, environ: object) -> None:
        async def begin() -> None:
            for event, words in RECORDED["events_before_login"].items():
                await self.server.emit(event, *words, to=sid)

        self.server.start_background_task(begin)

    async def _hear(self, event: str, sid: str, *words: Any) -> Any:
        self.heard.append((event, words))
        if event == "resolveIncident" and words[1] != RECORDED["postIncident"]["incident"]["id"]:
            return RECORDED["resolve_unknown"]
        return RECORDED[event]

    async def history(self, request: web.Request) -> web.Response:
        return web.json_response(RECORDED["GET incident-history"]["json"])


@asynccontextmanager
async def served(made: Recording, application: web.Application) -> AsyncIterator[str]:
    """The address of such a server."""
    made.server.attach(application)
    runner = web.AppRunner(application, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}/"
    await runner.cleanup()


@pytest.fixture
async def recording() -> AsyncIterator[tuple[Recording, KumaPage]]:
    made, application = Recording(), web.Application()
    application.router.add_get(f"/api/status-page/{SLUG}/incident-history", made.history)
    async with served(made, application) as url:
        page = connect(url, "admin", "secret", SLUG)
        yield made, page
        await page.close()


async def test_the_adapter_understands_the_recorded_answers(
    recording: tuple[Recording, KumaPage],
) -> None:
    server, page = recording
    posted = await page.publish(told("C", Phase.INVESTIGATING, Health.OUTAGE))
    await page.revise(posted.id, told("C2", Phase.IDENTIFIED, Health.DEGRADED))
    await page.revise(posted.id, told("C3", Phase.RESOLVED, Health.OPERATIONAL))
    with pytest.raises(Declined) as no:
        await page.revise("99999", told("C3", Phase.RESOLVED, Health.OPERATIONAL))

    assert posted.id == "5"
    assert no.value.text == RECORDED["resolve_unknown"]["msg"]
    credentials = {"username": "admin", "password": "secret", "token": ""}
    content = {"title": "T", "content": "C", "style": "danger"}
    assert server.heard[:5] == [
        ("login", (credentials,)),
        ("postIncident", (SLUG, content)),
        ("editIncident", (SLUG, 5, content | {"content": "C2", "style": "warning", "pin": True})),
        ("editIncident", (SLUG, 5, content | {"content": "C3", "style": "info", "pin": False})),
        ("resolveIncident", (SLUG, 5)),
    ]


async def test_the_adapter_finds_the_newest_of_that_title_in_the_recorded_history(
    recording: tuple[Recording, KumaPage],
) -> None:
    _, page = recording
    morning = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
    old = told("C", title="Service outage")
    found = await page.find(told("C"), morning)
    older = await page.find(old, morning)
    late = await page.find(old, morning.replace(hour=7))

    assert found == Published(id="5", url=page.url)
    assert older is not None and older.id == "1"
    assert late is None


def told(
    text: str,
    phase: Phase = Phase.INVESTIGATING,
    health: Health = Health.OUTAGE,
    title: str = "T",
) -> Notice:
    return Notice(title=title, text=text, phase=phase, health=health)
