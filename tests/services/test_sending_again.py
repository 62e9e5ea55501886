"""What may have been sent, and is not sent again before it is known who approved it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot import config
from bot.domain.deployments.states import State
from bot.domain.errors import NotFound, Unanswered
from bot.services import directory
from bot.services.deployments import decisions
from tests.services.team import CONFIG, PEOPLE, Team


@pytest.fixture
async def team(migrated: Path) -> AsyncIterator[Team]:
    """Bo approves as a member of a GitHub team; GitHub takes no dispatch, and says nothing."""

    async def on_dispatch(repo: str, file: str, inputs: dict[str, str]) -> int:
        raise Unanswered("github", "502")

    made = Team.of(migrated, on_dispatch)
    by_team = CONFIG.replace("approver: [S0APP]", "approver: ['team:acme/release']")
    made.config = config.parse(by_team)
    made.desk = replace(made.desk, config=made.config)
    made.hub.teams = {"acme/release": ("bo-acme",)}
    await directory.refresh(made.desk)
    yield made
    await made.close()


async def test_it_is_a_persons_where_nobody_tells_who_approved_it(team: Team) -> None:
    assert await team.asks("ana", "v1.1.0") is None
    await team.works()
    assert await team.approves("bo", 1) is None
    await team.works()
    assert (await team.newest()).state is State.UNKNOWN

    async def on_call(what: str) -> None:
        if what == "team":
            raise NotFound("github", "404 Not Found")

    team.hub.on_call = on_call
    for _ in range(20):
        await team.passes(30)
    found = await team.newest()
    assert (found.state, found.notice) == (
        State.NEEDS_ATTENTION,
        "It was not sent again: what it rests on could not be read (team:acme/release: 404 Not "
        "Found).",
    )
    no = await team.does(lambda tx: decisions.close_failed(tx, team.config, 1, PEOPLE["dee"]))
    assert no is None
