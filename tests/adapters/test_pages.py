"""HealthProbe.page: whether a page answers with the status and the text that it should."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator

import pytest

from bot.adapters.health import NOT_PLAIN, HealthProbe
from sandbox.world import World


@pytest.fixture
async def probe() -> AsyncIterator[HealthProbe]:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    made = HealthProbe(allow=("127.0.0.1",), timeout=0.5, tls=tls)
    yield made
    await made.close()


@pytest.mark.parametrize(
    ("kind", "status", "contains", "says"),
    [
        (None, 200, "", ""),
        (None, 200, '"status": "ok"', ""),
        (None, 200, "Sign in", "“Sign in” is not in the answer"),
        (None, 204, "", "HTTP 200, expected 204"),
        ("status:302", 302, "", ""),
        ("status:500", 200, "", "HTTP 500, expected 200"),
        ("reset_before", 200, "", "the connection was cut off"),
        ("timeout", 200, "", "no answer within 0.5 s"),
    ],
)
async def test_what_is_wrong_with_a_page(
    world: World, probe: HealthProbe, kind: str | None, status: int, contains: str, says: str
) -> None:
    if kind:
        world.faults.add(system="health", kind=kind)
    found = await probe.page(f"{world.base_url}/health/production", status, contains)
    assert found == says


async def test_a_private_or_tricky_address_is_not_asked(probe: HealthProbe) -> None:
    assert "10.0.0.1" in await probe.page("http://10.0.0.1/", 200, "")
    assert await probe.page("file:///etc/passwd", 200, "") == NOT_PLAIN
