"""The ports of the machine on which docker_ssh is tried."""

from __future__ import annotations

import socket
from itertools import islice

from sandbox.app import HOST
from tests.docker_ssh.machine import EPHEMERAL, fixed_ports


def test_no_container_is_given_a_port_that_something_else_is_to_have() -> None:
    lowest = int(EPHEMERAL.read_text().split()[0])
    first, *more = islice(fixed_ports(), 20)
    with socket.socket() as taken:
        taken.bind((HOST, first))
        again = list(islice(fixed_ports(), 20))
    assert len({first, *more}) == 20
    assert max(first, *more, *again) < lowest
    assert first not in again
