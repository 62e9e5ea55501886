"""HealthProbe against production as it behaves, and against URLs that are up to no good."""

from __future__ import annotations

import asyncio
import datetime
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from bot.adapters.health import HealthProbe
from bot.domain.deployments.validation import Probe
from sandbox.health import Answer
from sandbox.world import World

LOCAL = ("127.0.0.1",)


@pytest.fixture
async def probe() -> AsyncIterator[HealthProbe]:
    # A context that trusts nobody is made at once; the usual one reads a long list first.
    made = HealthProbe(allow=LOCAL, timeout=0.5, tls=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))
    yield made
    await made.close()


@asynccontextmanager
async def serving(
    reply: bytes, *, tls: ssl.SSLContext | None = None
) -> AsyncIterator[tuple[int, list[str]]]:
    """A server that sends the same bytes to everybody; its port, and what it was asked."""
    asked: list[str] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append((await reader.readuntil(b"\r\n\r\n")).decode())
        writer.write(reply)
        await writer.drain()
        if reply:
            writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=tls)
    try:
        yield server.sockets[0].getsockname()[1], asked
    finally:
        server.close()


def page(body: bytes, status: str = "200 OK", *headers: str) -> bytes:
    head = "\r\n".join([f"HTTP/1.1 {status}", *headers, f"Content-Length: {len(body)}"])
    return f"{head}\r\n\r\n".encode() + body


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


@pytest.mark.parametrize(
    "url",
    [
        "http://169.254.169.254/latest/meta-data",
        "http://[fe80::1]/",
        "http://[fd00:ec2::254]/",
        "http://10.0.0.1/",
        "http://192.168.0.1/",
        "http://100.64.0.1/",
        "http://0.0.0.0/",
        "http://[::]/",
        "http://[::1]/",
        "http://127.0.0.2/",
        "http://[::ffff:127.0.0.1]/",
        "http://[::ffff:8.8.8.8]/",
        "http://[64:ff9b::7f00:1]/",
        "http://[2002:7f00:1::]/",
        "http://224.0.0.1/",
        "http://0x7f.1/",
        "http://0x7f000001/",
        "http://2130706433/",
        "http://127.1/",
        "http://0177.0.0.1/",
        "http://127.0.0.1./",
        "http://１２７.0.0.2/",
        "http://127.0.0.1@10.0.0.1/",
        "http://user@127.0.0.1/",
        "http://user:word@127.0.0.1/",
        "http://127.0.0.1:99999/",
        "http://127.0.0.1:0x50/",
        "http://[::1/",
        "http://[fe80::1%25lo]/",
        "file:///etc/passwd",
        "ftp://127.0.0.1/",
        "//127.0.0.1/",
        "127.0.0.1",
        "http:///x",
        "http://",
        "",
        "http://" + "a" * 70 + ".test/",
        "http://a b/",
        "http://169.254.170.2/v2/credentials",
        "http://169.254.169.254./",
        "http://2852039166/",
        "http://0xa9.0xfe.0xa9.0xfe/",
        "http://0251.0376.0251.0376/",
        "http://0xa9fea9fe/",
        "http://[::ffff:169.254.169.254]/",
        "http://[::ffff:a9fe:a9fe]/",
        "http://[64:ff9b::a9fe:a9fe]/",
        "http://172.16.0.1/",
        "http://172.31.255.255/",
        "http://10.255.255.255:22/",
        "http://198.18.0.1/",
        "http://192.0.2.1/",
        "http://240.0.0.1/",
        "http://255.255.255.255/",
        "http://[fc00::1]/",
        "http://[ff02::1]/",
        "http://0/",
        "http://0.0/",
        "http://127.0.0.1%2e@10.0.0.1/",
        "http://127.0.0.1\\@10.0.0.1/",
        "gopher://127.0.0.1/",
        "javascript:alert(1)",
    ],
)
async def test_a_tricky_url_leads_nowhere(probe: HealthProbe, url: str) -> None:
    found = await probe.health(url)

    # Not one of the words of somebody who has tried to connect.
    assert found.problem.endswith(
        (
            "network.allow does not list",
            "no proper address",
            "not a plain http or https URL",
            "the name is not known",
        )
    )


async def test_a_name_is_looked_up_once() -> None:
    answers = ["127.0.0.1", "10.0.0.1"]

    async def changing(name: str, port: int) -> list[str]:
        return [answers.pop(0)]

    async with serving(page(b'{"version": "v1.2.1"}')) as (port, asked):
        probe = HealthProbe(allow=LOCAL, timeout=1.0, look_up=changing)
        first = await probe.health(f"http://app.test:{port}/")
        second = await probe.health(f"http://app.test:{port}/")
        await probe.close()

    assert first.version == "v1.2.1"
    assert f"host: app.test:{port}" in asked[0].lower()
    assert second.problem == "app.test is a private address that network.allow does not list"
    assert len(asked) == 1


async def test_another_address_of_a_name_is_tried() -> None:
    async def both(name: str, port: int) -> list[str]:
        return ["127.0.0.9", "127.0.0.1"]

    async with serving(page(b"{}")) as (port, _):
        probe = HealthProbe(allow=("app.test",), timeout=1.0, look_up=both)
        found = await probe.health(f"http://app.test:{port}/")
        await probe.close()

    assert not found.problem


async def test_a_certificate_is_for_the_name_not_for_the_address(tmp_path: Path) -> None:
    server, client = certified(tmp_path, "localhost")
    probe = HealthProbe(allow=LOCAL, tls=client, timeout=2.0)
    stranger = HealthProbe(allow=LOCAL, timeout=2.0)
    async with serving(page(b'{"version": "v1.2.1"}'), tls=server) as (port, _):
        good = await probe.health(f"https://localhost:{port}/")
        other_name = await probe.health(f"https://127.0.0.1:{port}/")
        unknown = await stranger.health(f"https://localhost:{port}/")
    await probe.close()
    await stranger.close()

    assert (good.problem, good.version) == ("", "v1.2.1")
    assert other_name.problem.startswith("TLS: IP address mismatch")
    assert unknown.problem == "TLS: self-signed certificate"


def certified(folder: Path, name: str) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A server that is `name`, and a client that trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = folder / "both.pem"
    file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(file)
    return server, ssl.create_default_context(cafile=str(file))


async def test_production_that_is_slow_down_or_bad(world: World, probe: HealthProbe) -> None:
    url = f"{world.base_url}/health/production"
    problems = []
    for answer in (Answer("slow"), Answer("down"), Answer("bad")):
        world.health.set("production", world.seed.services[0], answer)
        problems.append((await probe.health(url)).problem)

    assert problems == ["no answer within 0.5 s", "the connection was cut off", "HTTP 500"]
