"""The directory: of a large team a part is read at a time, and what was not read still stands."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot import config
from bot.domain.deployments.states import State
from bot.domain.errors import Declined, Fault, NotFound, Refusal
from bot.domain.people import Role, require
from bot.services import directory
from bot.services.deployments.requests import as_before, known
from bot.services.directory import AGAIN, AT_ONCE, PASS, REFRESH
from tests.services.team import CONFIG, PEOPLE, Team

CROWD = [f"U1{number:03}" for number in range(200)]
OWN = 5  # people whom the configuration names


@pytest.fixture
async def team(migrated: Path) -> AsyncIterator[Team]:
    async def on_dispatch(repo: str, file: str, inputs: dict[str, str]) -> int:
        return 0

    made = Team.of(migrated, on_dispatch)
    yield made
    await made.close()


async def may_approve(team: Team, who: str) -> bool | str:
    """Whether the directory says so, or why it says nothing."""
    try:
        return await team.store.run(lambda tx: known(tx, who).holds(Role.APPROVER))
    except Refusal as refusal:
        return refusal.code


async def test_who_could_not_be_read_keeps_a_role_only_for_as_long_as_it_counts(team: Team) -> None:
    await directory.refresh(team.desk)
    team.clock.forward(120)
    team.room.hidden = {"U0BO"}
    assert (await directory.refresh(team.desk)).pause == AGAIN
    assert [await may_approve(team, who) for who in ("U0BO", "U0CY")] == [True, True]

    team.clock.forward(200)
    assert await may_approve(team, "U0BO") == "checking_who_you_are"
    assert await may_approve(team, "U0CY") is True  # was read although Bo was not


async def test_a_role_that_was_taken_away_is_gone_whoever_is_read(team: Team) -> None:
    await directory.refresh(team.desk)
    team.room.hidden = {"U0BO"}
    team.room.groups["S0APP"].remove("U0ANA2")
    team.clock.forward(120)
    await directory.refresh(team.desk)
    assert await may_approve(team, "U0ANA2") is False


async def test_a_crowd_is_read_in_passes_and_nobody_twice_before_all_were_once(team: Team) -> None:
    assert (await directory.refresh(team.desk)).pause == REFRESH
    team.room.groups["S0APP"].update(CROWD)
    team.room.asked.clear()
    team.clock.forward(120)
    passes = -(-(len(CROWD) + OWN) // AT_ONCE)
    for _ in range(passes):
        assert (await directory.refresh(team.desk)).pause == PASS
        team.clock.forward(PASS / timedelta(seconds=1))

    assert set(CROWD) < set(team.room.asked)
    first = team.room.asked[: len(CROWD) + OWN]
    assert len(first) == len(set(first))
    assert await may_approve(team, CROWD[-1]) is True


async def test_one_of_a_crowd_who_is_never_answered_for_makes_no_pass_come_sooner(
    team: Team,
) -> None:
    team.room.groups["S0APP"].update(CROWD)
    team.room.hidden = {CROWD[0]}
    for _ in range(7):
        assert (await directory.refresh(team.desk)).pause == PASS
        team.clock.forward(PASS / timedelta(seconds=1))
    assert [await may_approve(team, who) for who in CROWD[1:]] == [True] * (len(CROWD) - 1)
    assert await may_approve(team, CROWD[0]) == "checking_who_you_are"


async def test_of_a_crowd_who_acts_is_read_first_and_is_not_taken_for_a_stranger(
    team: Team,
) -> None:
    team.room.groups["S0APP"].update(CROWD)
    await directory.refresh(team.desk)
    assert await may_approve(team, CROWD[-1]) == "checking_who_you_are"
    await team.store.run(lambda tx: tx.first_time("click:1", "click", CROWD[-1]))

    await directory.refresh(team.desk)
    assert await may_approve(team, CROWD[-1]) is True
    assert await may_approve(team, CROWD[-2]) == "checking_who_you_are"


async def test_who_is_in_a_silent_user_group_alone_is_read_all_the_same(team: Team) -> None:
    team.room.groups["S0DEP"].add("U0EVE")
    await directory.refresh(team.desk)
    team.room.mute = {"S0DEP"}
    for _ in range(4):
        team.clock.forward(120)
        await directory.refresh(team.desk)
    eve = await team.store.run(lambda tx: as_before(tx, "U0EVE"))
    assert eve.holds(Role.DEPLOYER)
    assert await may_approve(team, "U0EVE") is False


async def test_of_two_groups_that_give_a_role_the_silent_one_gives_only_its_own(team: Team) -> None:
    """Ana was in both, Bo in the one that answers alone, Cy in the silent one."""
    by_two = CONFIG.replace("deployer: [S0DEP]", "deployer: [S0DEP, S0TWO]")
    team.config = config.parse(by_two)
    team.desk = replace(team.desk, config=team.config)
    ana, bo, cy = (PEOPLE[name] for name in ("ana", "bo", "cy"))
    team.room.groups |= {"S0DEP": {ana, bo}, "S0TWO": {ana, cy}}
    await directory.refresh(team.desk)
    team.room.mute = {"S0TWO"}
    team.room.groups["S0DEP"] = set()
    for _ in range(4):
        team.clock.forward(120)
        await directory.refresh(team.desk)
    held = await team.store.run(lambda tx: tx.members(Role.DEPLOYER))
    assert set(held) == {ana, cy}


async def by_a_team(team: Team) -> directory.Pass:
    """Ana alone deploys, as a member of a GitHub team."""
    by_team = CONFIG.replace("deployer: [S0DEP]", "deployer: ['team:acme/devs']")
    team.config = config.parse(by_team)
    team.desk = replace(team.desk, config=team.config)
    team.hub.teams = {"acme/devs": ("ana-acme",)}
    return await directory.refresh(team.desk)


def says(team: Team, fault: Fault) -> None:
    """GitHub says that of its teams, and answers all else."""

    async def on_call(call: str) -> None:
        if call == "team":
            raise fault

    team.hub.on_call = on_call


async def may_end(team: Team, who: str) -> bool:
    actor = await team.store.run(lambda tx: as_before(tx, PEOPLE[who]))
    return actor.holds(Role.DEPLOYER)


@pytest.mark.parametrize(
    "no",
    [
        Declined("github", "401 Bad credentials"),
        Declined("github", "403 Resource protected by organization SAML enforcement"),
        NotFound("github", "404 Not Found"),
    ],
    ids=lambda no: no.text[:3],
)
async def test_a_team_that_may_not_be_read_is_silent_and_somebody_is_told(
    team: Team, no: Fault
) -> None:
    """GitHub says of a team that a token may not see any more that it is not there."""
    await by_a_team(team)
    says(team, no)
    team.clock.forward(6 * 60)
    found = await directory.refresh(team.desk)
    assert (found.lost, found.pause) == ({"team:acme/devs": no.text}, REFRESH)
    assert await may_end(team, "ana")
    assert not await may_end(team, "bo")
    with pytest.raises(Refusal, match="by the GitHub team acme/devs alone, which could not be"):
        await team.store.run(lambda tx: require(known(tx, PEOPLE["ana"]), Role.DEPLOYER, "deploy"))
    team.clock.forward(24 * 3600)
    await directory.refresh(team.desk, found)
    assert not await may_end(team, "ana")


async def test_whom_a_team_that_may_not_be_read_gave_nothing_waits_for_no_answer(
    team: Team,
) -> None:
    await by_a_team(team)
    says(team, Declined("github", "401 Bad credentials"))
    bo = await directory.look_up(team.desk, PEOPLE["bo"], Role.DEPLOYER)
    assert not bo.holds(Role.DEPLOYER)
    with pytest.raises(Fault, match="team:acme/devs: 401 Bad credentials") as silence:
        await directory.look_up(team.desk, PEOPLE["ana"], Role.DEPLOYER)
    assert type(silence.value) is Fault


@pytest.mark.parametrize(
    ("no", "lost", "keeps"),
    [
        (NotFound("slack", "no_such_subteam"), "", False),
        (Declined("slack", "missing_scope"), "missing_scope", True),
    ],
)
async def test_slack_tells_a_user_group_that_is_gone_from_one_that_we_may_not_read(
    team: Team, no: Fault, lost: str, keeps: bool
) -> None:
    await directory.refresh(team.desk)
    team.room.barred = {"S0DEP": no}
    team.clock.forward(6 * 60)
    found = await directory.refresh(team.desk)
    assert found.lost == {"S0DEP": lost}
    assert await may_end(team, "ana") is keeps


async def test_an_approval_waits_for_a_team_that_may_not_be_read(team: Team) -> None:
    await by_a_team(team)
    assert await team.asks("ana", "v1.1.0") is None
    await team.works()
    says(team, Declined("github", "401 Bad credentials"))
    assert await team.approves("bo", 1) is None
    await team.passes(20)
    waiting = await team.newest()
    assert (waiting.state, waiting.approved_by) == (State.APPROVED, (PEOPLE["bo"],))
    assert waiting.waiting_for == "Waiting for GitHub (team:acme/devs: 401 Bad credentials)"
    team.hub.on_call = None
    await team.passes(120)
    assert (await team.newest()).state is State.RUNNING


async def test_a_team_that_tells_us_to_wait_puts_off_nobody_but_itself(team: Team) -> None:
    found = await by_a_team(team)
    asked: list[str] = []

    async def on_call(call: str) -> None:
        asked.append(call)
        raise Fault("github", "rate limit", retry_after=2400)

    team.hub.on_call = on_call
    for _ in range(20):
        team.clock.forward(found.pause.total_seconds())
        found = await directory.refresh(team.desk, found)
        assert found.pause == REFRESH
    assert len(asked) == 1
    assert await may_approve(team, PEOPLE["bo"]) is True
    ana = await team.store.run(lambda tx: as_before(tx, PEOPLE["ana"]))
    assert ana.holds(Role.DEPLOYER)

    team.hub.on_call = None
    team.hub.teams = {"acme/devs": ()}
    team.clock.forward(120)
    await directory.refresh(team.desk, found)
    ana = await team.store.run(lambda tx: as_before(tx, PEOPLE["ana"]))
    assert not ana.holds(Role.DEPLOYER)
