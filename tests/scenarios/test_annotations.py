"""Other systems are told once that a version went live, and none of them holds it up."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sandbox.world import World
from tests.scenarios.test_targets import rolls_back
from tests.scenarios.workspace import Workspace, workspace

PLACES: list[dict[str, Any]] = [
    {"kind": "posthog", "project": 1},
    {"kind": "sentry", "organization": "acme", "projects": ["app"]},
    {"kind": "pagerduty"},
]
RULES = {"services": {"app": {"environments": {"production": {"annotations": PLACES}}}}}
DEPLOYED = "app v1.2.1 deployed to production (release D2)"
ROLLED_BACK = "app rolled back to v1.2.0 in production (D3)"


def annotated(world: World) -> list[str]:
    return [str(one["content"]) for one in world.posthog.annotations]


def deploys(world: World, version: str) -> int:
    return len(world.sentry.deploys.get(version, []))


def changes(world: World) -> list[str]:
    return [str(one["summary"]) for one in world.pagerduty.changes]


async def goes_live(team: Workspace) -> None:
    await team.asks_and_approves()
    await team.passes("PT45S")
    assert await team.state() == "Succeeded"


async def shown(team: Workspace, number: int = 2) -> str:
    return await team.types("ana", f"/deployments show D{number}")


async def test_a_deployment_and_its_rollback_are_told_once(tmp_path: Path) -> None:
    async with workspace(tmp_path, rules=RULES) as team:
        await goes_live(team)
        assert annotated(team.world) == changes(team.world) == [DEPLOYED]
        assert deploys(team.world, "v1.2.1") == 1
        found = await shown(team)
        for place in ("PostHog", "Sentry", "PagerDuty"):
            assert f"{place}: told that it is live" in found

        await rolls_back(team)
        await team.passes("PT2M")
        await team.reopen()
        await team.passes("PT2M")
        assert annotated(team.world) == changes(team.world) == [DEPLOYED, ROLLED_BACK]
        assert [deploys(team.world, one) for one in ("v1.2.1", "v1.2.0")] == [1, 1]


async def test_a_lost_answer_is_looked_for_before_it_is_told_again(tmp_path: Path) -> None:
    """PagerDuty cannot be asked: it is left at that, and said so."""
    async with workspace(tmp_path, rules=RULES) as team:
        for system in ("posthog", "sentry", "pagerduty"):
            more = {"path": "deploys"} if system == "sentry" else {}
            await team.fault(system, "reset_after_apply", method="POST", **more)
        await goes_live(team)
        assert "PostHog: not yet told that it is live" in await shown(team)
        await team.passes("PT5M")

        assert annotated(team.world) == changes(team.world) == [DEPLOYED]
        assert deploys(team.world, "v1.2.1") == 1
        found = await shown(team)
        assert "PostHog: told that it is live" in found
        assert "Sentry: told that it is live" in found
        assert (
            "PagerDuty: not told that it is live, given up: "
            "its answer was lost, so it may know; it is not told twice"
        ) in found


async def test_who_does_not_answer_is_tried_again_and_then_given_up(tmp_path: Path) -> None:
    async with workspace(tmp_path, rules=RULES) as team:
        await team.fault("posthog", "status:403", method="POST", path="annotations", count=9)
        await team.fault("sentry", "status:502", method="POST", count=2)
        await team.fault("pagerduty", "status:429:retry_after=600", method="POST")
        await goes_live(team)
        found = await shown(team)
        assert "PostHog: not told that it is live, given up: HTTP 403" in found
        assert "Sentry: not yet told" in found and "PagerDuty: not yet told" in found
        await team.passes("PT12M")

        assert deploys(team.world, "v1.2.1") == 1
        assert changes(team.world) == [DEPLOYED]
        posted = await team.get("/journal", system="posthog", method="POST")
        assert len([one for one in posted["journal"] if "annotations" in one["path"]]) == 1


async def test_a_release_that_gonogo_made_is_no_word_of_the_app(tmp_path: Path) -> None:
    """Sentry knows the version then, and has nothing to say of how it is."""
    production = {"annotations": PLACES, "monitors": [
        {"kind": "sentry", "organization": "acme", "project": 1}
    ], "bake": "PT2M"}  # fmt: skip
    rules = {"services": {"app": {"environments": {"production": production}}}}
    async with workspace(tmp_path, rules=rules) as team:
        await team.post("/monitor", system="sentry", silent=True)
        await team.asks_and_approves()
        await team.passes("PT4M")
        assert deploys(team.world, "v1.2.1") == 1
        told = next(text for text in await team.channel() if text.startswith("✅"))
        assert "- Errors in logs: Sentry has not heard of v1.2.1: nothing is known" in told


async def test_nobody_is_told_unless_the_team_says_so(team: Workspace) -> None:
    await goes_live(team)
    assert annotated(team.world) == changes(team.world) == []
    assert "told that it is live" not in await shown(team)
