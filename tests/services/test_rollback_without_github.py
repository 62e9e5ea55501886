"""A rollback over targets takes no workflow: whatever becomes of GitHub, production goes back. By a
workflow it waits for GitHub, aloud.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import pytest

from bot import config
from bot.domain.deployments.states import State
from bot.domain.errors import Declined, Fault
from bot.domain.incidents.incidents import Severity
from bot.domain.people import Role, require
from bot.domain.rollbacks.targets import Artifact
from bot.messages.deployments.cards import card
from bot.ports import Receipt, Tx
from bot.services.deployments import decisions
from bot.services.deployments.requests import known
from bot.services.incidents import incident_editing, incidents
from bot.services.incidents.incident_decisions import restored
from bot.services.incidents.incidents import Report
from tests.services.team import CONFIG, PEOPLE, Team
from tests.services.test_artifacts import NEW, OLD, Project, deploys


@pytest.fixture
async def team(team: Team) -> Team:
    """v1.1.0 is live after v1.0.0."""
    await deploys(team, Project(), "v1.0.0")
    await deploys(team, Project(runs=NEW), "v1.1.0")
    return team


def silent(team: Team, about: str = "") -> None:
    async def on_call(call: str) -> None:
        if about in ("", call):
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


BY_THE_TEAM = (
    "You have the role deployer by the GitHub team acme/devs alone, which could not be read since "
)


async def by_a_team(team: Team, project: Project) -> None:
    """Bo is an approver and Dee an admin by name; both are deployers, as Ana, by a team alone."""
    by_team = CONFIG.replace("deployer: [S0DEP]", "deployer: ['team:acme/devs']")
    rules = config.parse(by_team.replace("approver: [S0APP]", "approver: [bo]"))
    targets = {("app", "production"): (("web", project),)}
    team.config, team.desk = rules, replace(team.desk, config=rules, targets=targets)
    team.hub.teams = {"acme/devs": ("ana-acme", "bo-acme", "dee-acme")}
    await team.passes(120)


async def holds(team: Team, who: str, role: Role) -> str:
    """What the directory says about a role that decides something for good."""
    return str(await team.does(lambda tx: require(known(tx, PEOPLE[who]), role, "do that")))


@pytest.mark.parametrize("who", ["bo", "ana"])
async def test_a_team_at_github_that_does_not_answer_takes_the_rollback_from_nobody(
    team: Team, who: str
) -> None:
    project = Project(runs=NEW)
    await by_a_team(team, project)
    silent(team)
    for _ in range(10):
        await team.passes(180)
    assert str(await team.rolls_back("cy", "app")).startswith("Only people with the role")
    assert await team.rolls_back(who, "app") is None
    await team.works()
    await team.passes(1)
    assert (project.asked, (await team.newest()).state) == ([OLD.id], State.SUCCEEDED)


async def test_a_team_that_does_not_answer_takes_no_role_that_is_given_by_name(team: Team) -> None:
    await by_a_team(team, Project(runs=NEW))
    silent(team)
    for _ in range(10):
        await team.passes(180)
    assert await holds(team, "bo", Role.APPROVER) == "None"
    assert await holds(team, "dee", Role.ADMIN) == "None"
    assert (await holds(team, "bo", Role.DEPLOYER)).startswith(BY_THE_TEAM)
    assert (await holds(team, "ana", Role.APPROVER)).startswith(
        "Only people with the role approver"
    )
    team.hub.on_call = None
    team.hub.teams = {"acme/devs": ("bo-acme",)}
    await team.passes(120)
    assert await holds(team, "bo", Role.DEPLOYER) == "None"
    assert (await holds(team, "ana", Role.DEPLOYER)).startswith(
        "Only people with the role deployer"
    )


@pytest.mark.parametrize("who", ["ana", "bo", "dee"])
async def test_what_stands_in_the_way_is_closed_while_the_team_does_not_answer(
    team: Team, who: str
) -> None:
    project = Project(runs=NEW)
    await by_a_team(team, project)
    assert await team.asks("ana", "v1.2.0") is None
    await team.works()
    team.hub.answers, team.hub.lag = ["lost"], 10000
    assert await team.approves("bo", 3) is None
    await team.works()
    silent(team)
    assert await team.rolls_back("ana", "app") is None
    for _ in range(5):
        await team.passes(120)
    stuck = await team.newest()
    assert stuck.state is State.NEEDS_ATTENTION
    assert "begins with Close as Failed" in stuck.notice

    assert (
        await team.does(lambda tx: decisions.close_failed(tx, team.config, 3, PEOPLE[who])) is None
    )
    await team.works()
    await team.passes(1)
    assert (project.asked, (await team.newest()).state) == ([NEW.id], State.SUCCEEDED)


async def test_who_is_gone_from_slack_loses_it_also_while_the_team_does_not_answer(
    team: Team,
) -> None:
    """Between the click and the effect as well."""
    project = Project(runs=NEW)
    await by_a_team(team, project)
    silent(team)
    await team.passes(600)
    assert await team.rolls_back("ana", "app") is None
    team.room.gone = {PEOPLE["ana"]}
    await team.works()
    assert ((await team.newest()).state, project.asked) == (State.VOID, [])
    await team.passes(120)
    assert "do not know this account" in str(await team.rolls_back("ana", "app"))


async def test_a_team_that_has_not_answered_for_a_day_gives_nothing_any_more(team: Team) -> None:
    await by_a_team(team, Project(runs=NEW))
    silent(team)
    for _ in range(13):
        await team.passes(7000)
    assert str(await team.rolls_back("ana", "app")).startswith(BY_THE_TEAM)
    assert await team.rolls_back("bo", "app") is None


async def test_going_forward_waits_for_the_team(team: Team) -> None:
    await by_a_team(team, Project(runs=NEW))
    assert await team.asks("ana", "v1.2.0") is None
    await team.works()
    sent = len(team.hub.started)
    silent(team, "team")
    assert await team.approves("bo", 3) is None
    await team.works()
    waiting = await team.newest()
    assert (waiting.state, len(team.hub.started)) == (State.APPROVED, sent)
    team.hub.on_call = None
    await team.passes(60)
    assert len(team.hub.started) == sent + 1


async def test_what_an_incident_needs_is_done_and_what_opens_production_waits(team: Team) -> None:
    await by_a_team(team, Project(runs=NEW))
    silent(team)
    await team.passes(600)
    report = Report(service="app", severity=Severity.MODERATE, impact="nobody can log in")
    cy, ana = PEOPLE["cy"], PEOPLE["ana"]
    edit = partial(incident_editing.edit, config=team.config, incident_id=1)
    assert await team.does(lambda tx: incidents.declare(tx, team.config, report, cy)) is None
    worse, milder = {"severity": Severity.OUTAGE}, {"severity": Severity.MINOR}
    assert await team.does(lambda tx: edit(tx, changes=worse, slack_id=ana)) is None
    refused = str(await team.does(lambda tx: edit(tx, changes=milder, slack_id=ana)))
    assert refused.startswith("Only people with the role lead")
    assert await team.does(lambda tx: restored(tx, team.config, 1, ana)) is None
    assert str(await holds(team, "ana", Role.DEPLOYER)).startswith(BY_THE_TEAM)


@pytest.mark.parametrize("who", ["bo", "ana"])
async def test_what_failed_is_tried_again_while_the_team_does_not_answer(
    team: Team, who: str
) -> None:
    project = Declining(runs=NEW)
    await by_a_team(team, project)
    silent(team)
    await team.passes(600)
    assert await team.rolls_back(who, "app") is None
    await team.works()
    failed = await team.newest()
    assert failed.state is State.DEGRADED

    def retry(tx: Tx) -> object:
        return decisions.retry_targets(tx, failed.id, PEOPLE[who])

    assert await team.does(retry) is None
    await team.works()
    await team.passes(1)
    assert project.asked == [OLD.id, OLD.id]
    assert (await team.newest()).state is State.SUCCEEDED


@pytest.mark.parametrize("goes_back", [True, False])
async def test_a_rollback_is_sent_again_while_the_team_does_not_answer_and_a_release_is_not(
    team: Team, goes_back: bool
) -> None:
    await by_a_team(team, Project(runs=NEW))
    team.desk = replace(team.desk, targets={})
    team.hub.guarded["acme/app"] = False
    team.hub.answers = ["dropped"]
    if goes_back:
        assert await team.rolls_back("bo", "app") is None
    else:
        assert await team.asks("ana", "v1.2.0") is None
        await team.works()
        assert await team.approves("bo", 3) is None
    for _ in range(10):
        await team.passes(30)
    assert (await team.newest()).state is State.NEEDS_ATTENTION
    sent = len(team.hub.started)
    silent(team, "team")
    await team.passes(400)
    no = await team.does(lambda tx: decisions.send_again(tx, 3, PEOPLE["ana"]))
    await team.works()
    if goes_back:
        assert (no, len(team.hub.started)) == (None, sent + 1)
    else:
        assert str(no).startswith(BY_THE_TEAM)
