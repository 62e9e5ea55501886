"""A rollback that is forced waits for a second person, and for nothing else; over targets not even
for GitHub.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot import config
from bot.domain.deployments.states import State
from bot.domain.errors import Fault, Refusal
from bot.domain.rollbacks.targets import Artifact
from bot.messages.deployments.cards import card
from bot.messages.rollbacks.rollbacks import Order
from bot.ports import Tx
from bot.services.rollbacks import rollbacks
from tests.services.team import CONFIG, PEOPLE, Team
from tests.services.test_artifacts import NEW, OLD, Project, deploys

LEADS_APPROVE = ("approver: [S0APP]", "approver: ['team:acme/leads']")
UNKNOWN = Artifact(id="dpl_unknown", version="v1.5.0")


@pytest.fixture
async def team(team: Team) -> Team:
    """v1.1.0 is live after v1.0.0; the target has v1.5.0 as well, which never ran."""
    await deploys(team, Project(), "v1.0.0")
    await deploys(team, Project(runs=NEW), "v1.1.0")
    return team


def over_a_target(team: Team) -> Project:
    project = Project(runs=NEW, has=(OLD, NEW, UNKNOWN))
    team.desk = replace(team.desk, targets={("app", "production"): (("web", project),)})
    return project


async def forces(team: Team, who: str, version: str = "v1.5.0") -> Refusal | None:
    def act(tx: Tx) -> object:
        order, _ = rollbacks.propose(
            tx,
            team.config,
            PEOPLE[who],
            service="app",
            version=version,
            force=True,
            reason="the only one without the hole",
        )
        return rollbacks.carry_out(tx, team.config, order, PEOPLE[who], None)

    refused = await team.does(act)
    await team.works()
    return refused


def silent(team: Team) -> None:
    async def on_call(call: str) -> None:
        raise Fault("github", "502")

    team.hub.on_call = on_call


async def shown(team: Team) -> str:
    return str(card(await team.newest(), team.clock.now()))


async def test_where_github_is_silent_it_is_approved_by_its_version_and_goes(team: Team) -> None:
    project = over_a_target(team)
    silent(team)
    assert await forces(team, "bo") is None
    waiting = await team.newest()
    assert (waiting.state, waiting.binding) == (State.AWAITING_APPROVAL, None)
    assert "GitHub does not tell which commit v1.5.0 is (502)" in waiting.notice
    assert waiting.notice.split(":")[0] in await shown(team)
    await team.passes(120)  # it is asked again, and stays open
    assert (await team.newest()).state is State.AWAITING_APPROVAL
    assert await team.approves("dee", waiting.id) is None
    await team.works()
    await team.passes(1)
    assert project.asked == [UNKNOWN.id]
    assert (await team.newest()).state is State.SUCCEEDED


async def test_where_github_answers_again_the_commit_is_what_is_approved(team: Team) -> None:
    project = over_a_target(team)
    silent(team)
    await forces(team, "bo")
    team.hub.on_call = None
    await team.passes(120)
    bound = await team.newest()
    assert (bound.state, bound.short_sha, bound.notice) == (
        State.AWAITING_APPROVAL,
        "150aaaa",
        "",
    )
    assert await team.approves("dee", bound.id) is None
    silent(team)
    await team.works()
    assert project.asked == [UNKNOWN.id]


@pytest.mark.parametrize("moment", ["waiting", "approved"])
async def test_a_tag_that_is_seen_to_have_moved_voids_it(team: Team, moment: str) -> None:
    project = over_a_target(team)
    await forces(team, "bo")
    bound = await team.newest()
    if moment == "waiting":
        team.hub.tagged["acme/app", "v1.5.0"] = "b" * 40
        await team.passes(1800)
    else:
        assert await team.approves("dee", bound.id) is None
        team.hub.tagged["acme/app", "v1.5.0"] = "b" * 40
        await team.works()
    assert (await team.newest()).state is State.VOID
    assert project.asked == []


async def test_a_version_that_github_knows_not_is_refused(team: Team) -> None:
    over_a_target(team)
    assert await forces(team, "bo", "v9.9.9") is None
    refused = await team.newest()
    assert (refused.state, refused.ending and refused.ending.text) == (
        State.REFUSED,
        "acme/app has no tag v9.9.9 any more",
    )


@pytest.mark.parametrize("over_targets", [True, False])
async def test_while_it_waits_no_gate_blocks_it(team: Team, over_targets: bool) -> None:
    project = over_a_target(team)
    if not over_targets:
        team.desk = replace(team.desk, targets={})
    await forces(team, "bo", "v1.5.0")
    team.hub.red.add((await team.newest()).binding.commit)  # type: ignore[union-attr]
    await team.passes(1860)
    waiting = await team.newest()
    assert (waiting.state, waiting.verdicts) == (State.AWAITING_APPROVAL, ())
    assert await team.approves("dee", waiting.id) is None
    await team.works()
    assert project.asked == ([UNKNOWN.id] if over_targets else [])
    assert over_targets or team.hub.started[-1].inputs["version"] == "v1.5.0"


@pytest.mark.parametrize("over_targets", [True, False])
async def test_whoever_may_roll_back_may_force_it_with_a_second_person(
    team: Team, over_targets: bool
) -> None:
    """Cy approves, and deploys nothing."""
    project = over_a_target(team)
    if not over_targets:
        team.desk = replace(team.desk, targets={})
    assert await forces(team, "cy") is None
    asked = await team.newest()
    assert await team.approves("cy", asked.id) is not None
    assert await team.approves("dee", asked.id) is None
    await team.works()
    assert bool(project.asked) is over_targets
    assert over_targets or team.hub.started[-1].inputs["version"] == "v1.5.0"


async def test_pressed_twice_it_takes_nothing_away_from_who_approves(team: Team) -> None:
    project = over_a_target(team)
    orders: list[Order] = []

    def shown(tx: Tx) -> None:
        order, _ = rollbacks.propose(
            tx, team.config, PEOPLE["bo"], service="app", version="v1.5.0", force=True, reason="it"
        )
        orders.append(order)

    def press(tx: Tx) -> object:
        return rollbacks.carry_out(tx, team.config, orders[0], PEOPLE["bo"], None)

    assert await team.does(shown) is None
    assert await team.does(press) is None
    await team.works()
    assert str(await team.does(press)) == (
        "That was asked for already, by U0BO: D3 goes back to v1.5.0 once somebody else has "
        "approved it."
    )
    for reason, code in (("it is broken", "asked_already"), ("", None)):  # a form offers others
        no = await team.does(
            lambda tx, why=reason: rollbacks.propose(  # type: ignore[misc]
                tx,
                team.config,
                PEOPLE["dee"],
                service="app",
                version="v1.5.0",
                force=True,
                reason=why,
            )
        )
        assert (no and no.code) == code
    assert await team.approves("dee", 3) is None
    await team.works()
    assert project.asked == [UNKNOWN.id]


async def by_a_team(team: Team, old: str, new: str) -> None:
    """Dee holds roles by a GitHub team, and GitHub is silent since."""
    team.config = config.parse(CONFIG.replace(old, new))
    team.desk = replace(team.desk, config=team.config)
    team.hub.teams = {"acme/leads": ("dee-acme",)}
    await team.passes(120)
    silent(team)
    await team.passes(400)


@pytest.mark.parametrize("silence", ["github", "slack"])
async def test_an_approver_by_a_team_that_does_not_answer_suffices_for_what_was_live(
    team: Team, silence: str
) -> None:
    """v1.0.0 was marked bad, so going back to it takes force."""
    project = over_a_target(team)
    first = (await team.all())[0]
    await team.store.run(lambda tx: tx.save(first, first.with_(bad=True)))
    await by_a_team(team, *LEADS_APPROVE)
    assert await forces(team, "bo", "v1.0.0") is None
    waiting = await team.newest()
    assert str(await team.approves("cy", waiting.id)).startswith("Only people with the role")
    assert await team.approves("dee", waiting.id) is None
    team.room.silent = silence == "slack"
    await team.works()
    await team.passes(1)
    assert project.asked == [OLD.id]


async def test_for_what_was_never_live_an_approver_by_a_team_waits_for_its_answer(
    team: Team,
) -> None:
    project = over_a_target(team)
    await by_a_team(team, *LEADS_APPROVE)
    assert await forces(team, "bo") is None
    asked = await team.newest()
    assert await team.approves("dee", asked.id) is None
    for _ in range(3):
        await team.passes(60)
    waiting = await team.newest()
    assert (waiting.state, waiting.approved_by) == (State.APPROVED, (PEOPLE["dee"],))
    assert waiting.waiting_for == "Waiting for GitHub (team:acme/leads: 502)"
    assert project.asked == []
    team.hub.on_call = None
    await team.passes(120)
    await team.passes(1)
    assert project.asked == [UNKNOWN.id]


async def test_for_what_was_never_live_a_deployer_by_a_team_that_is_silent_is_told_so(
    team: Team,
) -> None:
    over_a_target(team)
    roles = "deployer: [S0DEP]\n  approver: [S0APP]\n  admin: [dee]"
    await by_a_team(team, roles, "deployer: ['team:acme/leads']\n  approver: [bo]")
    assert str(await forces(team, "dee")).startswith(
        "You have the role deployer by the GitHub team acme/leads alone, which could not be read"
    )
    assert await forces(team, "dee", "v1.0.0") is None
