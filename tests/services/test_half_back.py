"""A rollback that follows one whose database went back, and comes to nothing as well."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.domain.rollbacks.targets import Fate
from bot.domain.rollbacks.undoing import Undoing
from bot.services.deployments import decisions
from tests.services.team import PEOPLE, START, Team
from tests.services.test_half_way import step, stopped


@pytest.fixture
async def team(migrated: Path) -> AsyncIterator[Team]:
    """A team to whom all is said that follows from the end of a deployment."""

    async def on_dispatch(repo: str, file: str, inputs: dict[str, str]) -> int:
        return 0

    made = Team.of(migrated, on_dispatch, followed=True)
    await made.works()
    yield made
    await made.close()


async def closes(team: Team, number: int) -> None:
    no = await team.does(lambda tx: decisions.close_failed(tx, team.config, number, PEOPLE["bo"]))
    assert no is None


@pytest.mark.parametrize(
    ("half", "brought", "says"),
    [
        (True, {}, True),
        (False, {}, False),
        (True, {"live_at": START}, False),
        (True, {"steps": (step("web", Fate.SUCCEEDED),)}, False),
        (True, {"steps": (step("web", Fate.FAILED_RESTORED),)}, True),
    ],
)
async def test_it_is_said_that_production_is_half_back_still_unless_the_code_is_there(
    team: Team, half: bool, brought: dict[str, Any], says: bool
) -> None:
    found = await stopped(team, Fate.SUCCEEDED)
    down = replace(found.steps[0], target="migrate:down 2", command="down")
    left = Undoing(count=2, version="v1.1.0", is_half_back=half)
    before = replace(found, steps=(down,), undoing=left, notice="The code was not brought")
    await team.store.run(lambda tx: tx.save(found, before))
    await closes(team, 3)
    after = replace(left, done_by="D3", is_half_back=False)
    changes: dict[str, Any] = {"steps": (), "undoing": after, "notice": "Nor now"}
    later = replace(found, id=0, **changes | brought)
    await team.store.run(lambda tx: tx.add(later))
    await closes(team, 4)
    keys = await team.store.read(lambda tx: [post.key for post in tx.posts_due(team.clock.now())])
    assert ("notice:4:still-half-back" in keys) is says
