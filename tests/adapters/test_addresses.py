"""Where a configured URL may lead: to the open internet, and to what is allowed by name."""

from __future__ import annotations

import ipaddress

import pytest

from bot.adapters.addresses import Addresses, Forbidden, is_public


@pytest.mark.parametrize(
    ("allow", "host", "open_to"),
    [
        ((), "localhost", set()),
        (("127.0.0.1",), "localhost", {"127.0.0.1"}),
        (("LOCALHOST",), "localhost", {"127.0.0.1", "::1"}),
        (("localhost",), "127.0.0.1", set()),
        (("10.0.0.1",), "10.0.0.1", {"10.0.0.1"}),
        (("[::1]",), "::1", {"::1"}),
        (("127.0.0.1",), "0x7f.1", set()),
        (("169.254.169.254",), "169.254.169.254", {"169.254.169.254"}),
    ],
)
async def test_a_private_host_is_open_only_when_allowed(
    allow: tuple[str, ...], host: str, open_to: set[str]
) -> None:
    try:
        found = await Addresses(allow).resolve(host, 80)
    except Forbidden:
        found = ()
    assert {str(address) for address in found} <= open_to
    assert bool(found) is bool(open_to)


async def test_no_name_leads_to_the_credentials_of_the_machine() -> None:
    async def metadata(name: str, port: int) -> list[str]:
        return ["169.254.169.254"]

    with pytest.raises(Forbidden):
        await Addresses(("app.test",), metadata).resolve("app.test", 80)


@pytest.mark.parametrize(
    ("text", "public"),
    [("8.8.8.8", True), ("2606:4700::1111", True), ("2001:0:1::", False), ("ff02::1", False)],
)
def test_the_open_internet(text: str, public: bool) -> None:
    assert is_public(ipaddress.ip_address(text)) is public
