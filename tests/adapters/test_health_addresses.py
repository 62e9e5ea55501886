"""HealthProbe asks the address that the team wrote down, whatever names may lead to."""

from __future__ import annotations

import datetime
import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from bot.adapters.health import HealthProbe
from tests.adapters.pages import LOCAL, page, serving


@pytest.fixture
async def probe() -> AsyncIterator[HealthProbe]:
    # A context that trusts nobody is made at once; the usual one reads a long list first.
    made = HealthProbe(allow=LOCAL, timeout=0.5, tls=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))
    yield made
    await made.close()


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
