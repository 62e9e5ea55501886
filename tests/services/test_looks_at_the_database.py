"""A look at the database whose run does not end is not awaited for ever."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from bot import config
from bot.domain.deployments import inspections
from bot.domain.deployments.inspections import Inspection
from bot.domain.deployments.validation import Outcome
from bot.domain.rollbacks.target_steps import Progress
from bot.services.deployments import inspecting
from tests.services.team import CONFIG, Team

WITH_MIGRATIONS = CONFIG.replace(
    "repo: acme/app\n",
    "repo: acme/app\n    migrations: {paths: ['*.sql'], workflow: migrate.yml, deadline: PT45M}\n",
)


async def test_after_the_deadline_nobody_knows_and_the_next_look_is_taken(migrated: Path) -> None:
    async def on_dispatch(repo: str, file: str, inputs: dict[str, str]) -> int:
        return 0

    team = Team.of(migrated, on_dispatch)
    await team.works()
    assert await team.asks("ana", "v1.1.0") is None
    desk = replace(team.desk, config=config.parse(WITH_MIGRATIONS))
    team.hub.blobs["acme/app", "migrate.yml"] = "blob of migrate.yml"
    run = team.hub.begins("acme/app", "migrate.yml", {"version": "v1.1.0"}, "gonogo-bot")
    run.status = "in_progress"
    first, second = inspections.steps()
    receipt, now = {"run": str(run.id)}, team.clock.now()
    begun = replace(first, progress=Progress.RUNNING, receipt=receipt, began_at=now)
    wish = Inspection(deployment=1, request_id="D1-4f1c22ab", steps=(begun, second), due_at=now)
    await team.store.run(lambda tx: tx.add_inspection(wish))

    async def looks() -> tuple[Progress, ...]:
        await inspecting.step(desk, 1)
        found = await team.store.read(lambda tx: tx.inspection(1))
        assert found is not None
        return tuple(one.progress for one in found.steps)

    team.clock.forward(44 * 60)
    assert await looks() == (Progress.RUNNING, Progress.WAITING)
    team.clock.forward(60)
    assert await looks() == (Progress.ENDED, Progress.WAITING)
    read = (await team.newest()).validation
    shown = read.reading("migrate:status") if read else None
    assert shown is not None
    assert shown.outcome is Outcome.NO_DATA
    advice = "look at it there before anything else"
    assert shown.text == f"run {run.id} still is in progress after 45 min: {advice}"
    await looks()
    assert (await looks())[1] is not Progress.WAITING
    await team.close()
