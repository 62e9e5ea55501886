"""Where the configuration asks for more than one person, a rollback waits for them, and for nothing
else.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot import config
from bot.domain.deployments.states import State
from bot.domain.rollbacks.rescue import Rescue
from bot.messages.deployments.cards import card
from bot.ports import Tx
from bot.services.rollbacks import rollbacks
from tests.services.team import CONFIG, PEOPLE, Team
from tests.services.test_artifacts import NEW, OLD, Project, deploys
from tests.services.test_rollback_without_github import alerts, silent


def asks_for(team: Team, others: int) -> None:
    """The configuration says so from now on."""
    strict = f"production: {{bake: PT1M, approval: {{rollback: {others}}}}}"
    rules = config.parse(CONFIG.replace("production: {bake: PT1M}", strict, 1))
    team.config, team.desk = rules, replace(team.desk, config=rules)


@pytest.fixture
async def team(team: Team) -> Team:
    """v1.1.0 is live after v1.0.0, which is fit."""
    await deploys(team, Project(), "v1.0.0")
    await deploys(team, Project(runs=NEW), "v1.1.0")
    team.desk = replace(team.desk, targets={})
    return team


def over_a_target(team: Team) -> Project:
    project = Project(runs=NEW)
    team.desk = replace(team.desk, targets={("app", "production"): (("web", project),)})
    return project


async def shown(team: Team) -> str:
    return str(card(await team.newest(), team.clock.now()))


async def test_it_begins_with_the_yes_of_as_many_others_and_no_lock_stops_it(team: Team) -> None:
    project = over_a_target(team)
    asks_for(team, 2)
    assert await team.locks("dee", "app") is None
    silent(team)
    assert await team.rolls_back("ana", "app") is None
    await team.works()
    waiting = await team.newest()
    assert (waiting.state, waiting.short_sha) == (State.AWAITING_APPROVAL, "100aaaa")
    assert (
        "2 approvers other than <@U0ANA> have to press Approve before anything is switched; no "
        "gate is asked." in await shown(team)
    )
    own = await team.approves("ana", waiting.id)
    twin = await team.approves("ana2", waiting.id)  # her second account
    assert (own and own.code, twin and twin.code) == ("not_allowed", "self_approval")
    assert await team.approves("bo", waiting.id) is None
    assert str(await team.approves("bo", waiting.id)).startswith("You approved D3 already")
    await team.works()
    assert "1 of 2 approved by <@U0BO>" in await shown(team)
    assert project.asked == []
    assert await team.approves("cy", waiting.id) is None
    await team.works()
    await team.passes(1)
    assert project.asked == [OLD.id]
    assert (await team.newest()).state is State.SUCCEEDED


async def test_by_a_workflow_it_is_bound_to_the_commit_that_they_approve(team: Team) -> None:
    asks_for(team, 1)
    assert await team.rolls_back("bo", "app") is None
    await team.works()
    number = (await team.newest()).id
    before = len(team.hub.started)
    team.hub.tagged["acme/app", "v1.0.0"] = "b" * 40
    assert await team.approves("dee", number) is None
    await team.works()
    assert (await team.newest()).state is State.VOID
    assert len(team.hub.started) == before


async def test_what_is_stopped_for_it_ends_and_what_follows_is_asked_for(team: Team) -> None:
    asks_for(team, 1)
    assert await team.asks("ana", "v1.2.0") is None
    await team.works()
    assert await team.approves("bo", (await team.newest()).id) is None
    await team.works()
    said: list[str] = []

    def act(tx: Tx) -> None:
        order, _ = rollbacks.propose(tx, team.config, PEOPLE["bo"], service="app")
        answer = rollbacks.carry_out(tx, team.config, order, PEOPLE["bo"], None)
        said.append(answer.text)

    assert await team.does(act) is None
    assert "the rollback to v1.1.0 is asked for, and a second person has to approve it" in said[0]


async def test_what_the_configuration_begins_waits_for_nobody(team: Team) -> None:
    project = over_a_target(team)
    asks_for(team, 1)

    def act(tx: Tx) -> None:
        wish = Rescue(version="v1.0.0", by="")
        where = ("app", "production")
        rollbacks.begin(tx, team.config, where, wish, takes_back="D2")

    assert await team.does(act) is None
    assert (await team.newest()).state is State.APPROVED
    assert project.asked == []


async def test_by_a_workflow_it_waits_for_github_aloud_and_may_be_cancelled(team: Team) -> None:
    """No second person can approve what nobody knows the commit of; nor could its workflow run."""
    asks_for(team, 1)
    silent(team)
    assert await team.rolls_back("bo", "app") is None
    for _ in range(20):
        await team.passes(60)
    waiting = await team.newest()
    assert waiting.state is State.CHECKING
    assert await alerts(team) == [
        "app v1.0.0 back → production (D3) has not begun\n"
        "Waiting for GitHub (502); a second person is asked as soon as there is an answer."
    ]
    team.hub.on_call = None
    await team.passes(60)
    assert (await team.newest()).state is State.AWAITING_APPROVAL
    assert await team.cancels("bo", waiting.id) is None
    assert (await team.newest()).state is State.CANCELLED
