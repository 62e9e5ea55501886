"""HealthProbe: what it says about each way in which production can be ill, over real HTTP."""

from __future__ import annotations

import asyncio
import datetime as dt
import ipaddress
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from bot.adapters.health import HealthProbe
from sandbox.app import free_port
from sandbox.health import Answer
from sandbox.world import World

HERE = "127.0.0.1"
NAME = "app.example.com"
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@pytest.fixture
async def probe() -> AsyncIterator[HealthProbe]:
    made = HealthProbe(allow=[HERE], timeout=1.0)
    yield made
    await made.close()


@asynccontextmanager
async def serving(handler: Handler, tls: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """The port of a server whose every page is `handler`."""
    app = web.Application()
    app.router.add_get("/{path:.*}", handler)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, HERE, 0, ssl_context=tls).start()
    yield runner.addresses[0][1]
    await runner.cleanup()


async def told(probe: HealthProbe, handler: Handler) -> tuple[str, str | None]:
    """(problem, version) of what `handler` answers."""
    async with serving(handler) as port:
        seen = await probe.health(f"http://{HERE}:{port}/health")
        return seen.problem, seen.version


async def test_production_tells_its_version_and_takes_its_time(
    world: World, probe: HealthProbe
) -> None:
    world.health.set("production", "app", Answer(version="v1.2.0"))
    seen = await probe.health(f"{world.base_url}/health/production")

    assert (seen.problem, seen.version) == ("", "v1.2.0")
    assert seen.ms is not None and 0 < seen.ms < 1000


async def test_production_is_ill_or_gone(world: World, probe: HealthProbe) -> None:
    url = f"{world.base_url}/health/production"
    world.health.set("production", "app", Answer(status="bad"))
    assert (await probe.health(url)).problem == "HTTP 500"

    world.health.set("production", "app", Answer(status="down"))
    assert (await probe.health(url)).problem == "connection lost"

    world.health.set("production", "app", Answer(status="slow"))
    assert (await probe.health(url)).problem == "no answer within 1 s"


async def test_nobody_listens(probe: HealthProbe) -> None:
    seen = await probe.health(f"http://{HERE}:{free_port()}/")
    assert (seen.problem, seen.ms) == ("connection refused", None)


@pytest.mark.parametrize(
    ("body", "version"),
    [
        ('{"version": "v1.2.1", "status": "ok"}', "v1.2.1"),
        ('{"status": "ok"}', None),
        ('{"version": 3}', None),
        ('{"version": "' + "v" * 65 + '"}', None),
        ('["v1.2.1"]', None),
        ("<h1>Welcome</h1>", None),
        ("", None),
        ("[" * 5000, None),
        ('{"version": "v1.2.1", "more": "' + "x" * 70_000 + '"}', None),
    ],
)
async def test_the_version_is_read_where_there_is_one(
    probe: HealthProbe, body: str, version: str | None
) -> None:
    async def page(request: web.Request) -> web.Response:
        return web.Response(text=body)

    assert await told(probe, page) == ("", version)


async def test_an_endless_page_is_read_no_further_than_needed(probe: HealthProbe) -> None:
    async def endless(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        while True:
            await response.write(b"x" * 16_384)

    assert await told(probe, endless) == ("", None)


async def test_a_redirect_is_not_followed(probe: HealthProbe) -> None:
    visited: list[str] = []

    async def redirect(request: web.Request) -> web.Response:
        visited.append(request.path)
        raise web.HTTPFound("/elsewhere")

    problem, _ = await told(probe, redirect)

    assert problem == "redirects (HTTP 302); name the address that it leads to"
    assert visited == ["/health"]


async def test_each_look_is_a_new_one_past_every_cache(probe: HealthProbe) -> None:
    requests: list[web.Request] = []

    async def page(request: web.Request) -> web.Response:
        requests.append(request)
        answer = web.Response(text="fine")
        answer.set_cookie("seen", "yes")
        return answer

    async with serving(page) as port:
        for _ in range(2):
            assert (await probe.health(f"http://{HERE}:{port}/health?deep=1&a=b")).problem == ""

    first, second = requests
    assert first.query["deep"] == second.query["deep"] == "1"
    assert first.query["gonogo"] != second.query["gonogo"]
    assert first.headers["Cache-Control"] == "no-cache"
    assert first.headers["Host"] == f"{HERE}:{port}"
    assert "Cookie" not in second.headers


async def test_what_is_no_http_is_a_lost_connection(probe: HealthProbe) -> None:
    async def babble(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail.example.com ESMTP\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(babble, HERE, 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        assert (await probe.health(f"http://{HERE}:{port}/")).problem == "connection lost"


async def test_a_silent_host_is_given_up(probe: HealthProbe) -> None:
    async def silence(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    server = await asyncio.start_server(silence, HERE, 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        assert (await probe.health(f"http://{HERE}:{port}/")).problem == "no answer within 1 s"


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("http://169.254.169.254/latest/", "169.254.169.254 is not a public address"),
        ("http://me@127.0.0.1/", "the URL has a user name in it"),
        ("ftp://127.0.0.1/", "only http and https URLs are looked at"),
        ("http://[::1", "not a URL"),
    ],
)
async def test_a_refused_url_is_a_problem_and_no_exception(
    probe: HealthProbe, url: str, problem: str
) -> None:
    assert (await probe.health(url)).problem.startswith(problem)


async def test_a_name_is_resolved_once_and_the_checked_address_is_used() -> None:
    asked: list[str] = []

    async def rebinding(host: str, port: int) -> list[str]:
        asked.append(host)
        return [HERE] if len(asked) == 1 else ["10.0.0.5"]

    async def page(request: web.Request) -> web.Response:
        return web.json_response({"version": request.host})

    probe = HealthProbe(allow=[HERE], timeout=1.0, resolve=rebinding)
    async with serving(page) as port:
        seen = await probe.health(f"http://{NAME}:{port}/")
    await probe.close()

    assert (seen.problem, seen.version) == ("", f"{NAME}:{port}")
    assert asked == [NAME]


async def test_the_next_address_is_tried_when_one_does_not_take_connections() -> None:
    async def resolve(host: str, port: int) -> list[str]:
        return ["127.0.0.2", HERE]

    async def page(request: web.Request) -> web.Response:
        return web.Response(text="fine")

    probe = HealthProbe(allow=[NAME], timeout=1.0, resolve=resolve)
    async with serving(page) as port:  # on 127.0.0.1 alone
        seen = await probe.health(f"http://{NAME}:{port}/")
    await probe.close()

    assert seen.problem == ""


def certificate(folder: Path, *, days: int = 1) -> Path:
    """Certificate and key of NAME and 127.0.0.1, signed by itself; expired where days are past."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    now = dt.datetime.now(dt.UTC)
    names = [x509.DNSName(NAME), x509.IPAddress(ipaddress.ip_address(HERE))]
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=5))
        .not_valid_after(now + dt.timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    secret = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path = folder / "certificate.pem"
    path.write_bytes(made.public_bytes(pem) + secret)
    return path


@pytest.mark.parametrize(
    ("host", "days", "problem"),
    [
        (NAME, 1, ""),
        (HERE, 1, ""),
        ("other.example.com", 1, "TLS: Hostname mismatch"),
        (NAME, -1, "TLS: certificate has expired"),
    ],
)
async def test_a_certificate_must_be_of_the_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, host: str, days: int, problem: str
) -> None:
    async def resolve(host: str, port: int) -> list[str]:
        return [HERE]

    async def page(request: web.Request) -> web.Response:
        return web.Response(text="fine")

    path = certificate(tmp_path, days=days)
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(path)
    probe = HealthProbe(allow=[HERE], timeout=2.0, resolve=resolve)
    async with serving(page, tls) as port:
        seen = await probe.health(f"https://{host}:{port}/")
    await probe.close()

    assert seen.problem.startswith(problem) and bool(seen.problem) == bool(problem)


async def test_a_certificate_that_nobody_vouches_for(tmp_path: Path, probe: HealthProbe) -> None:
    async def page(request: web.Request) -> web.Response:
        return web.Response(text="fine")

    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(certificate(tmp_path))
    async with serving(page, tls) as port:
        seen = await probe.health(f"https://{HERE}:{port}/")
        assert seen.problem.startswith("TLS: self-signed certificate")
        plain = await probe.health(f"http://{HERE}:{port}/")
        assert plain.problem  # http spoken to https

    async with serving(page) as port:
        assert (await probe.health(f"https://{HERE}:{port}/")).problem.startswith("TLS: ")
