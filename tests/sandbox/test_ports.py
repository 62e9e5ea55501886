"""The sandbox's ports: none is taken by somebody else's connection before it is used."""

from pathlib import Path

import pytest

from sandbox.app import free_port

EPHEMERAL = Path("/proc/sys/net/ipv4/ip_local_port_range")


@pytest.mark.skipif(not EPHEMERAL.exists(), reason="not Linux, which tells these ports here")
def test_a_free_port_is_none_that_the_kernel_gives_to_connections() -> None:
    first, last = map(int, EPHEMERAL.read_text().split())
    assert not any(first <= free_port() <= last for _ in range(20))
