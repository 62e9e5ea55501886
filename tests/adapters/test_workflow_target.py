"""A workflow as a target, at the local GitHub: what runs, what it would do, and back again."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.adapters.github import PyGithubAdapter
from bot.domain.errors import Declined
from bot.domain.rollbacks.targets import Artifact, Fate
from bot.services.rollbacks.workflow_target import WorkflowTarget
from sandbox.world import World

BACK = Artifact(id="v1.1.0", version="v1.1.0")


@pytest.fixture
def target(world: World, github: PyGithubAdapter) -> WorkflowTarget:
    return WorkflowTarget(
        github=github,
        clock=world.clock,
        repo="acme/app",
        file="rollback.yml",
        job="deploy",
        brings="release.yml",
    )


async def ends(world: World) -> None:
    """Its run has come to its end."""
    await world.clock.advance(timedelta(minutes=1))


async def test_what_runs_there_is_what_the_newest_run_brought(
    world: World, target: WorkflowTarget
) -> None:
    assert (await target.current()) and (await target.current()).version == "v1.2.0"  # type: ignore[union-attr]
    receipt = await target.start(BACK, "D9-4f1c22ab-1-1")
    assert (await target.watch(receipt)).fate is None
    await ends(world)
    assert (await target.watch(receipt)).fate is Fate.SUCCEEDED
    now = await target.current()
    assert now is not None and now.version == "v1.1.0"
    found = {c.artifact.version: c.why_not for c in await target.candidates()}
    assert (found["v1.1.0"], found["v1.2.0"]) == ("it runs now", "")


async def test_the_same_operation_starts_one_run(world: World, target: WorkflowTarget) -> None:
    first = await target.start(BACK, "D9-4f1c22ab-1-1")
    assert await target.start(BACK, "D9-4f1c22ab-1-1") == first
    assert await target.start(BACK, "D9-4f1c22ab-1-2") != first
    receipt, sight = await target.resolve_unknown(BACK, "D9-4f1c22ab-1-1")
    assert (receipt, sight.fate) == (first, None)


async def test_a_plan_says_what_stands_in_the_way(world: World, target: WorkflowTarget) -> None:
    plan = await target.plan(BACK)
    assert (plan.obstacle, plan.current and plan.current.version) == ("", "v1.2.0")
    assert plan.wanted is not None and plan.wanted.commit
    gone = await target.plan(Artifact(id="v9.9.9", version="v9.9.9"))
    assert gone.obstacle == "acme/app has no tag v9.9.9"
    world.github.repositories["acme/app"].disabled.add("rollback.yml")
    assert (await target.plan(BACK)).obstacle == "rollback.yml is disabled at GitHub"
    with pytest.raises(Declined, match="disabled"):
        await target.start(BACK, "D9-4f1c22ab-1-1")


async def test_without_a_guard_nothing_is_started(world: World, target: WorkflowTarget) -> None:
    target.file = "ci.yml"
    with pytest.raises(Declined):
        await target.start(BACK, "D9-4f1c22ab-1-1")
