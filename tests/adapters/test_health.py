"""HealthProbe against production as it behaves, and against URLs that are up to no good."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.adapters.health import HealthProbe
from bot.domain.deployments.validation import Probe
from sandbox.health import Answer
from sandbox.world import World
from tests.adapters.pages import LOCAL, page, serving


@pytest.fixture
async def probe() -> AsyncIterator[HealthProbe]:
    # A context that trusts nobody is made at once; the usual one reads a long list first.
    made = HealthProbe(allow=LOCAL, timeout=0.5, tls=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))
    yield made
    await made.close()


async def test_production_tells_its_version_and_how_long_it_took(
    world: World, probe: HealthProbe
) -> None:
    found = await probe.health(f"{world.base_url}/health/production")

    assert (found.problem, found.version) == ("", "v1.2.0")
    assert found.ms is not None and 0 < found.ms < 1000


@pytest.mark.parametrize(
    ("kind", "says"),
    [
        ("status:500", "HTTP 500"),
        ("status:503", "HTTP 503"),
        ("status:404", "HTTP 404"),
        ("status:302", "HTTP 302, a redirect: name the final URL"),
        ("reset_before", "the connection was cut off"),
        ("timeout", "no answer within 0.5 s"),
    ],
)
async def test_each_failure_has_its_own_words(
    world: World, probe: HealthProbe, kind: str, says: str
) -> None:
    world.faults.add(system="health", kind=kind)
    url = f"{world.base_url}/health/production"

    assert await probe.health(url) == Probe(problem=says)
    assert not (await probe.health(url)).problem


async def test_nobody_there_and_no_tls_there(world: World, probe: HealthProbe) -> None:
    async with serving(page(b"{}")) as (port, _):
        pass
    gone = await probe.health(f"http://127.0.0.1:{port}/")
    wrong = await probe.health(world.base_url.replace("http:", "https:"))

    assert wrong.problem == "TLS: wrong version number"
    assert gone.problem == "connection refused"


async def test_a_redirect_is_not_followed(world: World, probe: HealthProbe) -> None:
    away = f"Location: {world.base_url}/health/production"
    async with serving(page(b"", "301 Moved Permanently", away)) as (port, _):
        found = await probe.health(f"http://127.0.0.1:{port}/")

    assert found.problem.startswith("HTTP 301")
    assert not world.journal.entries("health")


@pytest.mark.parametrize(
    ("body", "version"),
    [
        (b"all is well", None),
        (b"", None),
        (b'{"version": 12}', None),
        (b'["version"]', None),
        (b'{"version": "v1.2.1", "status": "ok"}', "v1.2.1"),
        (b'{"version": "%s"}' % (b"9" * 200), "9" * 100),
        (b"[" * 60_000, None),
        (b'{"version": "v1.2.1", "padding": "%s"}' % (b"x" * 70_000), None),
    ],
)
async def test_a_page_is_well_whatever_it_says(
    probe: HealthProbe, body: bytes, version: str | None
) -> None:
    async with serving(page(body)) as (port, _):
        found = await probe.health(f"http://127.0.0.1:{port}/")

    assert (found.problem, found.version) == ("", version)


@pytest.mark.parametrize(("told", "age"), [("7", 7), ("9" * 14, 999999999), ("-1", 0), ("x", 0)])
async def test_however_old_a_page_says_it_is_it_can_be_read(
    probe: HealthProbe, told: str, age: int
) -> None:
    async with serving(page(b"{}", "200 OK", f"Age: {told}")) as (port, _):
        found = await probe.fetch(f"http://127.0.0.1:{port}/")
        assert (found.problem, found.age) == ("", age)
        assert timedelta(seconds=found.age) >= timedelta(0)


async def test_of_an_endless_page_only_the_beginning_is_read(probe: HealthProbe) -> None:
    endless = b"HTTP/1.1 200 OK\r\nContent-Length: 9999999999\r\n\r\n" + b"x" * 70_000
    async with serving(endless) as (port, _):
        assert not (await probe.health(f"http://127.0.0.1:{port}/")).problem


async def test_an_answer_that_stops_in_the_middle_is_a_problem(probe: HealthProbe) -> None:
    async with serving(b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{") as (port, _):
        found = await probe.health(f"http://127.0.0.1:{port}/")

    assert found.problem == "the connection was cut off"


async def test_no_cache_and_no_cookie_comes_between(probe: HealthProbe) -> None:
    async with serving(page(b"{}", "200 OK", "Set-Cookie: server=a; Path=/")) as (port, asked):
        for _ in range(2):
            await probe.health(f"http://127.0.0.1:{port}/up?full=1")

    lines = [request.split("\r\n")[0] for request in asked]
    assert len(set(lines)) == 2 and all("/up?full=1&gonogo=" in line for line in lines)
    for request in asked:
        assert "cache-control: no-cache" in request.lower()
        assert "cookie" not in request.lower()
        assert f"\r\nhost: 127.0.0.1:{port}\r\n" in request.lower()


async def test_production_that_is_slow_down_or_bad(world: World, probe: HealthProbe) -> None:
    url = f"{world.base_url}/health/production"
    problems = []
    for answer in (Answer("slow"), Answer("down"), Answer("bad")):
        world.health.set("production", world.seed.services[0], answer)
        problems.append((await probe.health(url)).problem)

    assert problems == ["no answer within 0.5 s", "the connection was cut off", "HTTP 500"]
