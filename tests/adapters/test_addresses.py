"""Where a health URL may lead: every disguise of a private address is seen through."""

from __future__ import annotations

import httpx
import pytest

from bot.adapters.addresses import Refused, permitted_addresses


async def nobody(host: str, port: int) -> list[str]:
    raise OSError(f"{host} is unknown")


def answering(*addresses: str) -> Resolver:
    return Resolver(addresses)


class Resolver:
    """A name service that gives the same answer to everything."""

    def __init__(self, addresses: tuple[str, ...]) -> None:
        self.addresses = addresses

    async def __call__(self, host: str, port: int) -> tuple[str, ...]:
        return self.addresses


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://127.0.0.1:8080/health",
        "http://127.8.9.10/",
        "http://10.0.0.5/",
        "http://172.16.0.1/",
        "http://192.168.1.1/",
        "http://100.64.0.1/",
        "http://169.254.169.254/latest/meta-data/",
        "http://0.0.0.0/",
        "http://224.0.0.1/",
        "http://255.255.255.255/",
        "http://192.0.2.1/",
        "http://198.18.0.1/",
        "http://240.0.0.1/",
        "http://[::]/",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://[::ffff:7f00:1]/",
        "http://[::ffff:8.8.8.8]/",
        "http://[::127.0.0.1]/",
        "http://[64:ff9b::7f00:1]/",
        "http://[64:ff9b::a9fe:a9fe]/",
        "http://[2002:7f00:1::]/",
        "http://[2001:0:7f00:1::]/",
        "http://[fe80::1]/",
        "http://[fc00::1]/",
        "http://[fd00:ec2::254]/",
        "http://[ff02::1]/",
        "http://[2001:db8::1]/",
        "http://0x7f.1/",
        "http://0x7f000001/",
        "http://0X7F.0.0.1/",
        "http://2130706433/",
        "http://017700000001/",
        "http://0177.0.0.1/",
        "http://127.1/",
        "http://127.0.1/",
        "http://127.0.0.1./",
        "http://1/",
        "http://0/",
        "http://example.com.0x1/",
        "http://user@example.com/",
        "http://user:secret@example.com/",
        "http://example.com@127.0.0.1/",
        "http://:@example.com/",
        "ftp://example.com/",
        "file:///etc/passwd",
        "gopher://example.com/",
        "javascript:alert(1)",
        "data:text/plain,ok",
        "//example.com/",
        "http:///health",
        "example.com/health",
        "",
    ],
)
async def test_what_is_not_plain_and_public_is_refused(url: str) -> None:
    with pytest.raises((Refused, httpx.InvalidURL)):
        await permitted_addresses(httpx.URL(url), frozenset(), answering("127.0.0.1"))


@pytest.mark.parametrize(
    "url", ["http://127.1/", "http://0x7f.1/", "http://2130706433/", "http://me@127.0.0.1/"]
)
async def test_an_allowed_address_is_allowed_in_its_plain_spelling_only(url: str) -> None:
    with pytest.raises(Refused):
        await permitted_addresses(httpx.URL(url), {"127.0.0.1"}, answering("127.0.0.1"))


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("https://8.8.8.8/", "8.8.8.8"),
        ("https://[2606:4700::1111]/", "2606:4700::1111"),
        ("http://127.0.0.1:9/", "127.0.0.1"),
        ("http://[::1]:9/", "::1"),
    ],
)
async def test_plain_addresses_that_are_public_or_allowed(url: str, address: str) -> None:
    assert await permitted_addresses(httpx.URL(url), {"127.0.0.1", "::1"}, nobody) == (address,)


@pytest.mark.parametrize(
    "addresses",
    [("10.0.0.5",), ("8.8.8.8", "127.0.0.1"), ("::ffff:10.0.0.5",), ("169.254.169.254",)],
)
async def test_a_name_with_any_private_address_is_refused(addresses: tuple[str, ...]) -> None:
    with pytest.raises(Refused, match="not a public address"):
        await permitted_addresses(
            httpx.URL("https://app.example.com/"), frozenset(), answering(*addresses)
        )


@pytest.mark.parametrize("allow", ["app.internal", "10.0.0.5"])
async def test_a_private_host_is_allowed_by_name_or_address(allow: str) -> None:
    url = httpx.URL("https://APP.internal./")
    assert await permitted_addresses(url, {allow}, answering("10.0.0.5")) == ("10.0.0.5",)


async def test_a_name_leads_to_all_its_public_addresses() -> None:
    found = answering("8.8.8.8", "2606:4700::1111", "8.8.8.8")
    url = httpx.URL("https://app.example.com/")
    assert await permitted_addresses(url, frozenset(), found) == ("8.8.8.8", "2606:4700::1111")


async def test_an_unknown_name_says_so() -> None:
    with pytest.raises(Refused, match=r"the name app\.example\.com is not known"):
        await permitted_addresses(httpx.URL("https://app.example.com/"), frozenset(), nobody)
