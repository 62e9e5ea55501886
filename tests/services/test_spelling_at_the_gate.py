"""What GitHub spells otherwise than gonogo.yaml does: it is the same environment, or repository."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from bot.deliveries import Deliveries
from bot.domain.approvals.protection import Guarding, Mode, Protection, judge
from bot.domain.deployments.states import State
from bot.domain.gates import Level
from tests.services.gates import MIGRATE_FIRST
from tests.services.runs import Run
from tests.services.team import Team


@pytest.fixture
def team(team: Team) -> Team:
    """The team, whose environment somebody made as "Production"."""
    team.hub.stored = {"production": "Production"}
    return team


async def at_the_gate(team: Team, service: str) -> Run:
    assert await team.asks("ana", "v1.1.0", service) is None
    await team.works()
    await team.passes(5)
    assert (await team.newest()).state is State.AWAITING_APPROVAL
    [run] = team.hub.started
    return run


@pytest.mark.parametrize("service", ["api", "job"])
async def test_approvers_are_asked_there_and_let_each_job_in(team: Team, service: str) -> None:
    team.hub.stands[f"acme/{service}"] = MIGRATE_FIRST
    run = await at_the_gate(team, service)
    assert await team.approves("bo", 1) is None
    for _ in range(6):
        await team.passes(61)
    found = await team.newest()
    assert (found.state, run.status, found.four_eyes) == (State.RUNNING, "in_progress", "")


@pytest.mark.parametrize("service", ["api", "job"])
async def test_no_run_is_begun_where_nobody_guards_it(team: Team, service: str) -> None:
    team.hub.reviewers = ()
    assert await team.asks("ana", "v1.1.0", service) is None
    await team.works()
    found = await team.newest()
    assert (found.state, team.hub.started) == (State.REFUSED, [])
    assert found.ending is not None
    assert "GitHub's environment Production has no " in found.ending.text


@pytest.mark.parametrize("approve", [True, False])
async def test_what_was_said_there_in_the_browser_counts(team: Team, approve: bool) -> None:
    run = await at_the_gate(team, "api")
    team.hub.reviews_it(run, "bo-acme", approve=approve)
    for _ in range(3):
        await team.passes(61)
    found = await team.newest()
    assert found.four_eyes == ""
    if approve:
        assert [one.github for one in found.approvals] == ["bo-acme"]
        assert found.state is State.RUNNING
    else:
        assert found.state is State.REJECTED


async def test_its_wait_timer_is_waited_for(team: Team) -> None:
    team.hub.timer = timedelta(minutes=10)
    run = await at_the_gate(team, "api")
    team.hub.reviews_it(run, "bo-acme", approve=True)
    await team.passes(61)
    found = await team.newest()
    assert (found.state, run.status) == (State.RUNNING, "waiting")
    assert found.waiting_for.startswith("It was let in; GitHub's wait timer opens the gate at")


@pytest.mark.parametrize("repo", ["acme/job", "Acme/Job"])
@pytest.mark.parametrize("at", ["acme/job", "Acme/Job"])
async def test_its_webhook_is_heard(team: Team, repo: str, at: str) -> None:
    run = await at_the_gate(team, "job")
    api = "https://api.github.com"
    question = {
        "repository": {"full_name": repo},
        "environment": "Production",
        "deployment_callback_url": (
            f"{api}/repos/{at}/actions/runs/{run.id}/deployment_protection_rule"
        ),
    }
    deliveries = Deliveries(team.store, team.config, api)
    body = json.dumps(question).encode()
    assert await deliveries.remember("github:1", "deployment_protection_rule", repo, body)
    await team.passes(61)
    protection = (await team.newest()).protection
    assert protection is not None
    assert protection.announced == ("production",)


@pytest.mark.parametrize("mode", [Mode.GITHUB_ENVIRONMENT, Mode.GITHUB_PROTECTION_RULE])
def test_an_environment_of_which_nothing_is_known_begins_no_run(mode: Mode) -> None:
    found = judge(
        Protection(mode=mode, environments=("production",)),
        [Guarding(environment="staging", users=("bo-acme",), rules=("gonogo",))],
        ["production"],
        job="deploy",
        account="gonogo[bot]",
        reviewer="bo-acme",
    )
    assert found.level is Level.BLOCK
    assert found.text == "GitHub does not tell how its environment production is guarded"


def test_a_job_without_a_deployment_at_it_is_known_whatever_the_workflow_calls_it() -> None:
    found = judge(
        Protection(mode=Mode.GITHUB_PROTECTION_RULE, environments=("production",)),
        [Guarding(environment="Production", rules=("gonogo",))],
        ["PRODUCTION"],
        job="deploy",
        account="gonogo[bot]",
        reviewer=None,
        unrecorded={"PRODUCTION": "migrate"},
    )
    assert found.level is Level.BLOCK
    assert found.text.startswith("GitHub asks no deployment protection rule about the job migrate")
