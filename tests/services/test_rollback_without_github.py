"""A rollback over targets takes no workflow: whatever becomes of GitHub, production goes back. By a
workflow it waits for GitHub, aloud.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from bot import config
from bot.domain.deployments.states import State
from bot.domain.errors import Declined, Fault
from bot.domain.rollbacks.targets import Artifact
from bot.messages.deployments.cards import card
from bot.ports import Receipt, Tx
from bot.services.deployments import decisions
from bot.services.deployments.requests import known
from tests.services.team import CONFIG, PEOPLE, Team
from tests.services.test_artifacts import NEW, OLD, Project, deploys
from tests.services.test_forced_rollback import UNKNOWN, forces


@pytest.fixture
async def team(team: Team) -> Team:
    """v1.1.0 is live after v1.0.0."""
    await deploys(team, Project(), "v1.0.0")
    await deploys(team, Project(runs=NEW), "v1.1.0")
    return team


def silent(team: Team) -> None:
    async def on_call(call: str) -> None:
        raise Fault("github", "502")

    team.hub.on_call = on_call


def untagged(team: Team) -> None:
    del team.hub.tagged["acme/app", "v1.0.0"]


def without_workflows(team: Team) -> None:
    team.hub.blobs.clear()


@pytest.mark.parametrize("happens", [silent, untagged, without_workflows])
async def test_github_holds_up_no_rollback_over_targets(
    team: Team, happens: Callable[[Team], None]
) -> None:
    project = Project(runs=NEW)
    team.desk = replace(team.desk, targets={("app", "production"): (("web", project),)})
    happens(team)
    assert await team.rolls_back("bo", "app") is None
    await team.works()
    await team.passes(1)
    rollback = await team.newest()
    assert (project.asked, rollback.state) == ([OLD.id], State.SUCCEEDED)
    assert rollback.short_sha == "100aaaa"


async def test_by_a_workflow_it_waits_for_github_and_everybody_reads_so(team: Team) -> None:
    team.desk = replace(team.desk, targets={})
    silent(team)
    assert await team.rolls_back("bo", "app") is None
    await team.works()
    waiting = await team.newest()
    assert waiting.state is State.APPROVED
    assert "Waiting for GitHub (502), next try " in str(card(waiting, team.clock.now()))
    assert await alerts(team) == []
    for _ in range(8):
        await team.passes(60)
    [alert] = await alerts(team)
    assert alert == (
        "app v1.0.0 back → production (D3) has not begun\n"
        "Waiting for GitHub (502); it begins as soon as there is an answer."
    )
    team.hub.on_call = None
    await team.passes(60)
    assert team.hub.started[-1].inputs["version"] == "v1.0.0"


async def alerts(team: Team) -> list[str]:
    """What stands in the channel about it, besides its card."""
    posts = await team.store.read(lambda tx: tx.posts_due(tx.now))
    return [post.message.text for post in posts if post.key.startswith("notice:3:")]


class Declining(Project):
    """Refuses once."""

    async def start(self, wanted: Artifact, operation: str) -> Receipt:
        self.asked.append(wanted.id)
        if len(self.asked) == 1:
            raise Declined("vercel", "HTTP 403")
        self.runs = wanted
        return {"operation": operation}


@pytest.fixture
async def devs(team: Team) -> Team:
    """Bo is an approver by name; all else comes by a team at GitHub, which is silent by now."""
    by_team = CONFIG.replace("deployer: [S0DEP]", "deployer: ['team:acme/devs']")
    rules = config.parse(by_team.replace("approver: [S0APP]", "approver: [bo, 'team:acme/ops']"))
    team.config, team.desk = rules, replace(team.desk, config=rules)
    team.hub.teams = {"acme/devs": ("ana-acme", "bo-acme"), "acme/ops": ("dee-acme",)}
    await team.passes(120)
    silent(team)
    for _ in range(10):
        await team.passes(180)
    return team


def over(team: Team, project: Project) -> None:
    team.desk = replace(team.desk, targets={("app", "production"): (("web", project),)})


@pytest.mark.parametrize("who", ["bo", "ana"])
async def test_a_team_at_github_that_does_not_answer_takes_the_rollback_from_nobody(
    devs: Team, who: str
) -> None:
    over(devs, project := Project(runs=NEW))
    assert str(await devs.does(lambda tx: known(tx, PEOPLE[who]))) == (
        "A GitHub team or user group that gives you a role does not answer. Nothing was done; "
        "press again once it does."
    )
    assert str(await devs.rolls_back("cy", "app")).startswith("Only people with the role")
    assert await devs.rolls_back(who, "app") is None
    await devs.works()
    await devs.passes(1)
    assert (project.asked, (await devs.newest()).state) == ([OLD.id], State.SUCCEEDED)


@pytest.mark.parametrize("who", ["bo", "ana"])
async def test_nor_what_follows_a_rollback_that_failed(devs: Team, who: str) -> None:
    over(devs, project := Declining(runs=NEW))
    assert await devs.rolls_back(who, "app") is None
    await devs.works()
    failed = await devs.newest()
    assert failed.state is State.DEGRADED

    def retry(tx: Tx) -> object:
        return decisions.retry_targets(tx, devs.config, failed.id, PEOPLE[who])

    assert await devs.does(retry) is None
    await devs.works()
    await devs.passes(1)
    assert project.asked == [OLD.id, OLD.id]
    assert (await devs.newest()).state is State.SUCCEEDED


async def test_after_a_day_only_those_by_name_are_left(devs: Team) -> None:
    over(devs, Project(runs=NEW))
    for _ in range(49):
        await devs.passes(1800)
    assert str(await devs.rolls_back("ana", "app")).startswith("Only people with the role")
    assert await devs.rolls_back("bo", "app") is None


async def test_nor_the_second_person_their_yes(devs: Team) -> None:
    """Dee approves by a team that has not answered since."""
    over(devs, project := Project(runs=NEW, has=(OLD, NEW, UNKNOWN)))
    assert await forces(devs, "bo") is None
    assert await devs.approves("dee", (await devs.newest()).id) is None
    await devs.works()
    await devs.passes(1)
    assert project.asked == [UNKNOWN.id]
