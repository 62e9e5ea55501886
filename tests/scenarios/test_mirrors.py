"""GitHub's own page of deployments tells the truth, and never holds a deployment up."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sandbox.github.deployments import Deployment
from sandbox.github.git import Commit, digest
from sandbox.world import World
from tests.scenarios import outside
from tests.scenarios.gates import at_the_gate
from tests.scenarios.test_targets import deployed, rolls_back, two
from tests.scenarios.workspace import TUESDAY, Workspace, workspace

FILE = ".github/workflows/release.yml"
PAGE = "https://app.acme.example"
RULES = {"services": {"app": {"environments": {"production": {"url": PAGE}}}}}


def without_environment(world: World) -> None:
    """A workflow that names its environment otherwise, so that GitHub's page of production knows
    nothing of it.
    """
    repo = world.github.repository("acme/app")
    git = repo.git
    top = git.branches["main"]
    text = git.tree(top)[FILE].replace("environment: production", "environment: prod-eu")
    repo.places = {**repo.places, "prod-eu": "production"}
    change = Commit(
        "f" * 40, "Deploy anywhere", "dee-acme", world.clock.now(), (top,), {FILE: text}
    )
    git.add(change, "main")


def shown(team: Workspace, environment: str = "production") -> list[Deployment]:
    """What GitHub's page has that is newer than the seed, oldest first."""
    repo = team.world.github.repository("acme/app")
    rows = [d for d in repo.deployments.values() if d.environment == environment]
    return [d for d in rows if d.created_at >= TUESDAY]


def states(deployment: Deployment) -> list[str]:
    """Its statuses that the bot wrote; those of Actions say nothing."""
    return [one.state for one in deployment.statuses if one.description]


async def wrote(team: Workspace) -> list[Any]:
    rows = (await team.get("/journal", system="github", method="POST"))["journal"]
    return [row for row in rows if "/app/deployments" in row["path"]]


async def test_a_run_that_tells_github_itself_is_left_to_it(team: Workspace) -> None:
    await team.asks_and_approves()
    await team.passes("PT45S")

    assert await team.state() == "Succeeded"
    assert len(shown(team)) == 1
    assert await wrote(team) == []


async def test_a_run_that_does_not_is_shown_by_the_bot(tmp_path: Path) -> None:
    async with workspace(tmp_path, begin=without_environment, rules=RULES) as team:
        await team.asks_and_approves()
        await team.passes("PT45S")

        assert await team.state() == "Succeeded"
        [found] = shown(team)
        assert (found.ref, found.creator, found.production) == ("v1.2.1", "gonogo-bot", True)
        assert found.description == "D2: release of v1.2.1"
        assert states(found) == ["in_progress", "success"]
        assert found.statuses[-1].environment_url == PAGE
        assert "/actions/runs/" in found.statuses[-1].log_url
        body = (await wrote(team))[0]["body"]
        assert (body["auto_merge"], body["required_contexts"]) == (False, [])
        assert body["payload"]["gonogo"] == "D2"


async def test_what_is_replaced_is_no_longer_active(tmp_path: Path) -> None:
    async with workspace(tmp_path, begin=without_environment) as team:
        await team.asks_and_approves()
        await team.passes("PT45S")
        await team.post("/github/tag", name="v1.2.5", sha=digest("commit", "acme/app", "c7"))
        await team.types("ana", "/deploy v1.2.5")
        await team.passes("PT2S")
        await team.approves("bo")
        await team.passes("PT45S")

        first, second = shown(team)
        assert states(first) == ["in_progress", "success", "inactive"]
        assert states(second) == ["in_progress", "success"]
        assert first.statuses[-1].description == "Replaced by D3"


async def test_what_is_gone_at_github_does_not_spoil_what_follows(tmp_path: Path) -> None:
    async with workspace(tmp_path, begin=without_environment) as team:
        await team.asks_and_approves()
        await team.passes("PT45S")
        [gone] = shown(team)
        del team.world.github.repository("acme/app").deployments[gone.id]
        await team.post("/github/tag", name="v1.2.5", sha=digest("commit", "acme/app", "c7"))
        await team.types("ana", "/deploy v1.2.5")
        await team.passes("PT2S")
        await team.approves("bo")
        await team.passes("PT45S")
        await team.types("bo", "/rollback because v1.2.5 is slow")
        await team.passes("PT1S")
        await team.clicks_own("bo", "Roll Back to v1.2.1")
        await team.passes("PT2M")

        released, back = shown(team)
        assert states(released) == ["in_progress", "success", "inactive"]
        assert states(back)[-1] == "success"


async def test_production_that_fails_after_a_good_run_is_shown_as_failed(team: Workspace) -> None:
    """Actions calls it a success; what production says afterwards only the bot knows."""
    await team.post("/health", environment="production", status="bad")
    await team.asks_and_approves()
    await team.passes("PT7M")

    assert (await team.state()).startswith("Degraded")
    [found] = shown(team)
    assert states(found) == ["failure"]
    await team.clicks("bo", "Mark Good")
    await team.passes("PT5S")
    assert states(found) == ["failure", "success"]


@pytest.mark.parametrize("kind", ["reset_after_apply", "status_after_apply:502"])
async def test_after_a_lost_answer_it_is_found_again(tmp_path: Path, kind: str) -> None:
    async with workspace(tmp_path, begin=without_environment) as team:
        await team.asks_and_approves()
        await team.fault("github", kind, path="/app/deployments", method="POST", count=2)
        await team.passes("PT2M")

        assert await team.state() == "Succeeded"
        [found] = shown(team)
        assert found.statuses[-1].state == "success"


async def test_a_github_that_declines_holds_nothing_up_and_is_not_asked_again(
    tmp_path: Path,
) -> None:
    async with workspace(tmp_path, begin=without_environment) as team:
        await team.fault("github", "status:403", path="/app/deployments", method="POST", count=99)
        await team.asks_and_approves()
        await team.passes("PT2M")

        assert await team.state() == "Succeeded"
        assert len(await wrote(team)) == 1
        assert shown(team) == []


async def test_what_could_not_be_told_is_told_after_a_restart(tmp_path: Path) -> None:
    async with workspace(tmp_path, begin=without_environment) as team:
        await team.fault("github", "status:502", path="/app/deployments", count=1000)
        await team.asks_and_approves()
        await team.passes("PT45S")
        assert await team.state() == "Succeeded"
        assert shown(team) == []
        await team.close()
        await team.mends()
        await team.open()
        await team.passes("PT2M")

        [found] = shown(team)
        assert states(found) == ["success"]


async def test_a_run_at_githubs_gate_is_left_alone(tmp_path: Path) -> None:
    """Its environment has reviewers; what GitHub keeps for the gate is no second deployment."""
    async with workspace(tmp_path, seed="gated") as team:
        await team.asks()
        await team.passes("PT25S")
        assert await team.state() == "Waiting for approval"
        await team.clicks("bo", "Approve")
        await team.passes("PT45S")

        assert await team.state() == "Succeeded"
        [found] = shown(team)
        assert (found.creator, await wrote(team)) == ("gonogo-bot", [])
        assert [one.state for one in found.statuses][-1] == "success"


async def test_a_failure_behind_githubs_gate_is_shown_there(tmp_path: Path) -> None:
    async with workspace(tmp_path, seed="gated") as team:
        await team.asks()
        await team.passes("PT25S")
        await team.post("/health", environment="production", status="bad")
        await team.clicks("bo", "Approve")
        await team.passes("PT7M")

        assert (await team.state()).startswith("Degraded")
        [found] = shown(team)
        assert states(found) == ["failure"]


async def test_what_is_started_outside_is_shown_and_counts_once(tmp_path: Path) -> None:
    """The record is the bot's, and no run: nothing of it is taken for somebody's deployment."""
    async with workspace(tmp_path, begin=without_environment) as team:
        inputs = {"version": "v1.2.1"}
        await team.post("/github/start_run", workflow="release.yml", inputs=inputs, **{"as": "cy"})
        await team.passes("PT2M")

        assert await team.state() == "Succeeded"
        [found] = shown(team)
        assert found.description == "D2: release of v1.2.1"
        assert states(found) == ["in_progress", "success"]
        assert [text.splitlines()[0] for text in await team.channel()] == [
            "app v1.2.1 → production",
            "✅ v1.2.1 deployed to production successfully",
        ]


async def test_a_rollback_over_targets_is_shown_without_a_run(tmp_path: Path) -> None:
    async with workspace(tmp_path, rules=two) as team:
        await deployed(team)
        await rolls_back(team)
        await team.passes("PT2M")

        released, back = shown(team)
        assert states(released) == ["inactive"]
        assert (back.ref, back.description) == ("v1.2.0", "D3: rollback of v1.2.0")
        assert states(back) == ["in_progress", "success"]


async def test_it_can_be_switched_off(tmp_path: Path) -> None:
    rules = {"services": {"app": {"github_deployments": False}}}
    async with workspace(tmp_path, begin=without_environment, rules=rules) as team:
        await team.asks_and_approves()
        await team.passes("PT45S")

        assert await team.state() == "Succeeded"
        assert await wrote(team) == []


async def test_a_rollback_is_to_be_seen_at_github(team: Workspace) -> None:
    """Its workflow has an environment of its own; production's page has to show it all the same."""
    await team.asks_and_approves()
    await team.passes("PT45S")
    await rolls_back(team)
    await team.passes("PT2M")

    released, back = shown(team)
    assert states(released) == ["inactive"]
    assert (back.ref, back.creator) == ("v1.2.0", "gonogo-bot")
    assert states(back)[-1] == "success"


@pytest.mark.parametrize("gate", ["production-approval", "prod-eu"])
async def test_it_is_shown_where_releases_go_and_not_where_only_their_approval_is(
    tmp_path: Path, gate: str
) -> None:
    def begin(world: World) -> None:
        outside.takes_shipped(world, guarded=(gate,))
        if gate == "prod-eu":
            here = outside.repo(world)
            here.places = {**here.places, gate: "production"}
            outside.edit_workflow(world, "name: production\n      url", "name: prod-eu\n      url")

    approval = {"mode": "github_environment", "environments": [gate]}
    rules = {"services": {"app": {"environments": {"production": {"approval": approval}}}}}
    place = "prod-eu" if gate == "prod-eu" else "production"
    async with workspace(tmp_path, seed="gated", begin=begin, rules=rules) as team:
        await at_the_gate(team)
        await team.clicks("bo", "Approve")
        await team.passes("PT60S")
        await rolls_back(team)
        await team.passes("PT2M")

        released, back = shown(team, place)
        assert states(released) == ["inactive"]
        assert (back.ref, back.creator) == ("v1.2.0", "gonogo-bot")
        assert states(back)[-1] == "success"
        elsewhere = {"production", gate} - {place}
        assert [states(one) for other in elsewhere for one in shown(team, other)] in ([], [[]])
