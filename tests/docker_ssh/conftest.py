"""A host to switch on, and what the outages were, told at the end of a run."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

import pytest

from sandbox import app
from sandbox.seeds import Seed
from sandbox.world import World
from tests.docker_ssh.stage import Stage

OUTAGES: list[tuple[str, str, float]] = []

Outage = Callable[[str, str, float], None]


@pytest.fixture
def outage() -> Outage:
    """Writes down (case, how it ended, seconds without an answer)."""
    return lambda case, end, seconds: OUTAGES.append((case, end, seconds))


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    world = World(Seed.named("default"))
    runner = await app.start(world)
    await world.host.start()
    yield Stage(world)
    await runner.cleanup()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """A line for each case."""
    if OUTAGES:
        terminalreporter.section("outage of a switch over SSH, real sshd and Docker")
    for case, end, seconds in OUTAGES:
        terminalreporter.write_line(f"{case:<44} {end:<16} {seconds:5.2f} s")
