"""The workflows that we ship, played from the request to the end: each mode of approval, and each
way to guard production at GitHub.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.scenarios import outside
from tests.scenarios.gates import answers_at, at_the_gate
from tests.scenarios.workspace import Workspace, workspace

RELEASED = ["guard", "verify", "gate", "migrate", "deploy", "smoke"]
ENDS = {"gated": "/pending_deployments", "ruled": "/deployment_protection_rule"}
SOMEBODY_ELSE = "waits for somebody else"
AT_PRODUCTION = partial(outside.takes_shipped, guarded=("production",), records=True)


def waits_at(*environments: str, seed: str) -> dict[str, Any]:
    """The rules of a team whose releases wait there."""
    modes = {"gated": "github_environment", "ruled": "github_protection_rule"}
    approval = {"mode": modes[seed], "environments": list(environments)}
    return {"services": {"app": {"environments": {"production": {"approval": approval}}}}}


async def jobs(team: Workspace) -> list[tuple[str, str]]:
    """The jobs of the newest run for v1.2.1, and how they ended."""
    run = (await team.runs_of("v1.2.1"))[-1]
    return [(job["name"], job["conclusion"] or job["status"]) for job in run["jobs"]]


async def test_a_release_that_slack_approves(tmp_path: Path) -> None:
    async with workspace(tmp_path, begin=outside.takes_shipped) as team:
        await team.asks_and_approves()
        await team.passes("PT60S")
        assert await team.state() == "Succeeded"
        assert await jobs(team) == [(name, "success") for name in RELEASED]


@pytest.mark.parametrize("seed", ENDS)
async def test_a_release_that_waits_at_the_environment_for_approvals(
    tmp_path: Path, seed: str
) -> None:
    begin = partial(outside.takes_shipped, guarded=("production-approval",))
    rules = waits_at("production-approval", seed=seed)
    async with workspace(tmp_path, seed=seed, begin=begin, rules=rules) as team:
        await at_the_gate(team)
        assert await jobs(team) == [
            ("guard", "success"),
            ("verify", "success"),
            ("gate", "waiting"),
        ]
        await team.clicks("bo", "Approve")
        await team.passes("PT60S")
        assert await team.state() == "Succeeded"
        assert await jobs(team) == [(name, "success") for name in RELEASED]
        assert len(await answers_at(team, ENDS[seed])) == 1
        assert "Four eyes" not in await team.card()


@pytest.mark.parametrize("seed", ENDS)
async def test_where_two_jobs_stand_at_production_each_is_let_in_at_once(
    tmp_path: Path, seed: str
) -> None:
    rules = waits_at("production", seed=seed)
    async with workspace(tmp_path, seed=seed, begin=AT_PRODUCTION, rules=rules) as team:
        await at_the_gate(team)
        await team.clicks("bo", "Approve")
        await team.passes("PT5S")
        for _ in range(30):
            await team.passes("PT1S")
            assert SOMEBODY_ELSE not in await team.card()
        assert await team.state() == "Succeeded"
        assert await jobs(team) == [(name, "success") for name in RELEASED]
        assert [answer["state"] for answer in await answers_at(team, ENDS[seed])] == [
            "approved"
        ] * 2
        trail = [row.action for row in await team.trail("D2")]
        assert (trail.count("approved"), trail.count("gate_answered")) == (1, 2)


async def migrates(team: Workspace) -> dict[str, Any]:
    """The release is approved, and its job migrate was let in; that run."""
    await at_the_gate(team)
    await team.clicks("bo", "Approve")
    await team.until(lambda: _is_let_in(team), "PT1S")
    return (await team.runs_of("v1.2.1"))[-1]


async def _is_let_in(team: Workspace) -> bool:
    return ("migrate", "in_progress") in await jobs(team)


async def test_what_moved_after_the_first_job_lets_in_no_other(tmp_path: Path) -> None:
    rules = waits_at("production", seed="ruled")
    async with workspace(tmp_path, seed="ruled", begin=AT_PRODUCTION, rules=rules) as team:
        await migrates(team)
        await team.post("/github/tag", name="v1.2.1", sha="d4" * 20)
        await team.passes("PT60S")
        said = (
            "v1.2.1 moved 7ccb03b → d4d4d4d since the request; the approval is void. migrate had "
            "been let in before. GitHub is asked to stop its run."
        )
        assert said in await team.card()
        assert said in (await team.letters("bo"))[-1]
        assert dict(await jobs(team))["deploy"] == "cancelled"
        assert len(await answers_at(team, ENDS["ruled"])) == 1


async def test_a_freeze_after_the_first_job_lets_in_no_other(tmp_path: Path) -> None:
    rules = waits_at("production", seed="ruled")
    async with workspace(tmp_path, seed="ruled", begin=AT_PRODUCTION, rules=rules) as team:
        await migrates(team)
        await team.types("dee", "/deployments freeze audit from 2024-03-26 to 2024-03-27")
        await team.passes("PT60S")
        card = await team.card()
        assert (await team.state()) == "Void"
        assert "migrate had been let in before" in card
        assert len(await answers_at(team, ENDS["ruled"])) == 1


@asynccontextmanager
async def half_let_in(tmp_path: Path) -> AsyncIterator[Workspace]:
    """Bo let in the first job, and is no approver any more; only dee is."""
    rules = waits_at("production", seed="ruled") | {"roles": {"approver": ["S0REL"]}}
    async with workspace(tmp_path, seed="ruled", begin=AT_PRODUCTION, rules=rules) as team:
        await migrates(team)
        outside.regroup(team.world, "dee")
        yield team


async def test_who_lost_the_role_after_the_first_job_lets_in_no_other(tmp_path: Path) -> None:
    async with half_let_in(tmp_path) as team:
        await team.passes("PT60S")
        assert await team.state() == "Waiting for approval"
        assert "Your approval does not count" in (await team.letters("bo"))[-1]
        assert len(await answers_at(team, ENDS["ruled"])) == 1
        await team.clicks("dee", "Approve")
        await team.passes("PT60S")
        assert await team.state() == "Succeeded"
        assert len(await answers_at(team, ENDS["ruled"])) == 2


async def test_what_nobody_approves_again_after_the_first_job_expires(tmp_path: Path) -> None:
    async with half_let_in(tmp_path) as team:
        await team.passes("PT2H")
        assert (await team.letters("ana"))[-1].endswith(
            "Nobody decided in time, so GitHub is asked to stop its run. migrate had been let in "
            "before. Ask again when an approver is there."
        )
        assert dict(await jobs(team))["deploy"] == "cancelled"
        assert len(await answers_at(team, ENDS["ruled"])) == 1


@pytest.mark.parametrize("fault", ["restart", "webhooks:drop", "webhooks:duplicate"])
async def test_each_job_is_answered_once_whatever_happens_between(
    tmp_path: Path, fault: str
) -> None:
    rules = waits_at("production", seed="ruled")
    async with workspace(tmp_path, seed="ruled", begin=AT_PRODUCTION, rules=rules) as team:
        if fault != "restart":
            await team.fault("github", fault, count=300)
        await migrates(team)
        if fault == "restart":
            await team.reopen()
        await team.passes("PT2M")
        assert await team.state() == "Succeeded"
        assert len(await answers_at(team, ENDS["ruled"])) == 2


async def test_a_rollback_by_the_workflow_that_we_ship(tmp_path: Path) -> None:
    async with workspace(tmp_path, begin=outside.takes_shipped) as team:
        await team.types("bo", "/rollback because the site is down")
        await team.clicks_own("bo", "Roll Back")
        await team.passes("PT60S")
        run = (await team.get("/github/runs"))["runs"][0]
        assert (run["workflow"], run["conclusion"]) == ("rollback.yml", "success")
        assert [job["name"] for job in run["jobs"]] == ["guard", "verify", "deploy", "smoke"]
        assert "production-rollback" in outside.repo(team.world).environments


async def test_no_run_is_begun_whose_rule_github_would_never_ask(tmp_path: Path) -> None:
    begin = partial(outside.takes_shipped, guarded=("production",))
    rules = waits_at("production", seed="ruled")
    async with workspace(tmp_path, seed="ruled", begin=begin, rules=rules) as team:
        await team.asks()
        await team.passes("PT5S")
        assert (
            "the job migrate: it names the environment production with deployment: false"
            in ((await team.told("ana"))[-1])
        )
        assert await team.dispatches() == []
