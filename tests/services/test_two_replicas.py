"""Two bots that find the same work due at the same moment: one of them does it, once."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from bot.domain.deployments.mirrors import Mirror, Shown
from bot.ports import Announced, Stale
from bot.services.runs import mirroring
from tests.services.absent import NoMirrors
from tests.services.team import Team

pytestmark = pytest.mark.usefixtures("deploying")


async def at_once(*work: Any) -> None:
    """Each is done by a bot of its own; whoever comes too late throws its work away."""
    for found in await asyncio.gather(*work, return_exceptions=True):
        assert found is None or isinstance(found, Stale), found


@dataclass
class Page(NoMirrors):
    """GitHub's page of deployments; everything takes a moment, and a `slow` write never ends."""

    made: list[str] = field(default_factory=list)
    shown: list[Shown] = field(default_factory=list)
    slow: bool = False

    async def find(self, repo: str, environment: str, **_: Any) -> tuple[int, bool] | None:
        await asyncio.sleep(0)
        return (len(self.made), True) if self.made else None

    async def create(self, repo: str, announced: Announced) -> int:
        await asyncio.sleep(0)
        if self.slow:
            await asyncio.Event().wait()
        self.made.append(announced.name)
        return len(self.made)

    async def show(self, repo: str, number: int, shown: Shown, **_: Any) -> None:
        self.shown.append(shown)


@pytest.fixture
async def page(team: Team) -> Page:
    """Nothing is to be seen there of what is being deployed."""
    made = Page()
    team.desk = replace(team.desk, mirrors=made)
    wish = Mirror(deployment=1, repo="acme/app", environment="production")
    await team.store.run(lambda tx: tx.add_mirror(wish))
    return made


async def test_github_shows_a_deployment_once(team: Team, page: Page) -> None:
    await at_once(mirroring.mirror(team.desk, 1), mirroring.mirror(team.desk, 1))
    assert page.made == ["D1"]
    assert page.shown == [Shown.IN_PROGRESS]
    found = await team.store.read(lambda tx: tx.mirror(1))
    assert found is not None
    assert (found.number, found.shown, found.due_at) == (1, Shown.IN_PROGRESS, None)


async def test_what_a_killed_bot_had_taken_another_one_does_a_minute_later(
    team: Team, page: Page
) -> None:
    page.slow = True
    killed = asyncio.create_task(mirroring.mirror(team.desk, 1))
    with suppress(TimeoutError):
        await asyncio.wait_for(killed, 0.05)
    page.slow = False
    team.clock.forward(59)
    await mirroring.mirror(team.desk, 1)
    assert page.made == []
    team.clock.forward(1)
    await mirroring.mirror(team.desk, 1)
    assert page.made == ["D1"]
