"""Restart: the bot may be stopped and made anew anywhere, and everything ends the same."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

import aiohttp
import pytest

from sandbox import app
from sandbox.clock import Clock
from sandbox.seeds import Seed
from sandbox.world import World
from tests.scenarios import outside
from tests.scenarios.workspace import TUESDAY, Workspace, workspace

Line = Callable[[Workspace], Awaitable[object]]
HAPPY_PATH: tuple[Line, ...] = (
    lambda team: team.types("ana", "/deploy v1.2.1"),
    lambda team: team.passes("PT1S"),
    lambda team: team.clicks("bo", "Approve"),
    lambda team: team.passes("PT3S"),
    lambda team: team.passes("PT10S"),
    lambda team: team.passes("PT8S"),
    lambda team: team.passes("PT25S"),
)


@pytest.mark.parametrize("cut", range(1, len(HAPPY_PATH)))
async def test_a_restart_between_two_lines_changes_nothing(team: Workspace, cut: int) -> None:
    for number, line in enumerate(HAPPY_PATH):
        if number == cut:
            await team.reopen()
        await line(team)

    card, success = await team.channel()
    assert "Succeeded" in card
    assert success.splitlines()[0] == "✅ v1.2.1 deployed to production successfully"
    assert len(await team.dispatches()) == len(await team.runs_of("v1.2.1")) == 1
    assert [reply.split()[0] for reply in await team.thread()] == [
        "@bo",
        "Checklist",
        "Run",
        "Validation",
    ]


async def test_a_restart_after_every_line_changes_nothing(team: Workspace) -> None:
    for line in HAPPY_PATH:
        await line(team)
        await team.reopen()

    assert [text.splitlines()[0] for text in await team.channel()] == [
        "app v1.2.1 → production",
        "✅ v1.2.1 deployed to production successfully",
    ]
    assert len(await team.dispatches()) == 1


async def test_what_happened_while_the_bot_was_down_is_on_the_same_card(team: Workspace) -> None:
    await team.asks_and_approves()
    await team.passes("PT5S")
    await team.sleeps("PT10M")
    await team.passes("PT10S")

    card, success = await team.channel()
    assert "Succeeded" in card
    assert success.startswith("✅ v1.2.1 deployed")


async def test_an_approval_asked_for_before_a_restart_can_be_given_after_it(
    team: Workspace,
) -> None:
    await team.asks()
    await team.reopen()
    await team.clicks("dee", "Approve")
    await team.passes("PT45S")

    assert "approved by @dee" in await team.card()
    assert await team.state() == "Succeeded"


async def test_a_run_whose_answer_was_lost_is_found_after_a_restart(team: Workspace) -> None:
    await team.fault("github", "status_after_apply:502", path="/dispatches")
    await team.fault("github", "list_lag:30")
    await team.asks_and_approves()
    await team.passes("PT2S")
    await team.sleeps("PT1M")
    await team.passes("PT45S")

    assert await team.state() == "Succeeded"
    assert len(await team.dispatches()) == len(await team.runs_of("v1.2.1")) == 1


async def test_a_request_that_expired_while_the_bot_was_down_is_not_run(team: Workspace) -> None:
    await team.asks()
    await team.sleeps("PT2H")
    await team.passes("PT5S")

    assert (await team.state()).startswith("Expired")
    assert [reply.split()[0] for reply in await team.thread()] == ["@bo", "Checklist"]
    assert await team.dispatches() == []


async def test_the_first_start_knows_what_is_live(team: Workspace) -> None:
    history = await team.types("cy", "/deployments history production")
    assert history.splitlines()[1:] == [
        "D1 app v1.2.0 → production · succeeded · by @ana 2024-03-19 12:24 UTC"
    ]
    assert "app production: v1.2.0 (D1) since 2024-03-19" in await team.types(
        "cy", "/deployments status"
    )


async def test_a_second_start_adopts_nothing_twice(team: Workspace) -> None:
    before = await team.types("cy", "/deployments history")
    await team.reopen()
    assert await team.types("cy", "/deployments history") == before


async def test_a_run_in_progress_at_the_first_start_is_not_called_live(tmp_path: Path) -> None:
    def somebody_is_deploying(world: World) -> None:
        outside.preset(world, "manual")
        outside.start_run(world, "v1.3.0", by="dee-acme")

    async with workspace(tmp_path, begin=somebody_is_deploying) as team:
        status = await team.types("cy", "/deployments status")
        assert re.search(r"^app production: v1\.2\.0 \(D[12]\) since", status, re.MULTILINE)
        [card] = await team.channel()
        assert card.startswith("app v1.3.0 → production\nRunning\n")


async def test_what_production_answers_outweighs_the_last_run(tmp_path: Path) -> None:
    def somebody_went_back(world: World) -> None:
        outside.answers(world, "v1.1.0")

    async with workspace(tmp_path, begin=somebody_went_back) as team:
        assert "app production: v1.1.0 (D1)" in await team.types("cy", "/deployments status")
        await team.asks()
        assert "Changes since v1.1.0" in await team.card()


class Watched(Clock):
    """Notes whether a bot listens already when it asks for the time first."""

    at: SplitResult
    listened: bool | None = None

    async def wait_for_advance(self, after: int, seconds: float, who: str = "") -> None:
        if self.listened is None:
            try:
                _, writer = await asyncio.open_connection(self.at.hostname, self.at.port)
            except OSError:
                self.listened = False
            else:
                self.listened = True
                writer.close()
        await super().wait_for_advance(after, seconds, who)


async def test_a_bot_that_starts_hears_nothing_before_it_knows_the_time(tmp_path: Path) -> None:
    clock = Watched(TUESDAY)
    world = World(Seed.named("plain"), clock)
    runner = await app.start(world)
    try:
        clock.at = urlsplit(str(world.bot_url))
        async with aiohttp.ClientSession(world.base_url) as control:
            team = Workspace(world, control, f"sqlite:///{tmp_path / 'gonogo.db'}", {}, {})
            await team.open()
            await team.close()
    finally:
        await runner.cleanup()
    # Else a webhook would be kept with the time of this machine, years ahead.
    assert clock.listened is False
