"""Whatever does not answer: nothing is sent for as long as it is silent, and what was approved goes
on when it speaks again.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.domain.deployments.states import State
from tests.services.team import Team

SOURCES = ("tag", "workflow", "checks", "runs", "workflow_blob")
"""What GitHub is asked for between the approval and the run."""


@pytest.fixture
async def team(migrated: Path) -> AsyncIterator[Team]:
    """v1.1.0 is one click from being sent."""

    async def on_dispatch(repo: str, file: str, inputs: dict[str, str]) -> int:
        return 1

    made = Team.of(migrated, on_dispatch)
    await made.works()
    assert await made.asks("ana", "v1.1.0") is None
    await made.works()
    yield made
    await made.close()


async def test_these_are_all_that_is_asked(team: Team) -> None:
    asked: set[str] = set()

    async def on_call(what: str) -> None:
        asked.add(what)

    team.hub.on_call = on_call
    await team.approves("bo", 1)
    await team.works()
    of_the_run = {"dispatch", "dispatched", "run", "file_of_run"}
    assert asked - of_the_run == set(SOURCES)


@pytest.mark.parametrize("source", [*SOURCES, "who is who"])
async def test_a_source_that_is_silent_sends_nothing(team: Team, source: str) -> None:
    if source == "who is who":
        team.room.silent = True
    else:
        team.hub.silent = {source}
    await team.approves("bo", 1)
    for seconds in (0, 5, 60):
        await team.passes(seconds)
        assert team.hub.started == []
        assert (await team.newest()).state is not State.DISPATCHING
    team.room.silent, team.hub.silent = False, set()
    await team.passes(120)
    await team.passes(120)

    assert [run.inputs["version"] for run in team.hub.started] == ["v1.1.0"]
    assert (await team.newest()).state is State.RUNNING


@pytest.mark.parametrize("source", ["tag", "workflow", "checks"])
async def test_what_could_not_be_read_is_not_open_for_approval(migrated: Path, source: str) -> None:
    async def on_dispatch(repo: str, file: str, inputs: dict[str, str]) -> int:
        raise AssertionError("nothing may be sent")

    team = Team.of(migrated, on_dispatch)
    await team.works()
    team.hub.silent = {source}
    await team.asks("ana", "v1.1.0")
    for seconds in (0, 30, 120):
        await team.passes(seconds)
        assert await team.approves("bo", 1) is not None
    await team.close()
