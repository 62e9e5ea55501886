"""A rollback is asked for while nobody knows whether GitHub started the run: that is found and
stopped first, or a person says that there is none; nothing waits for ever.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.domain.deployments.states import State
from bot.domain.errors import Fault
from bot.messages.deployments import cards
from bot.messages.deployments.controls import controls
from bot.services.deployments import decisions
from tests.services.team import PEOPLE, Team


@pytest.fixture
async def team(migrated: Path) -> AsyncIterator[Team]:
    """v1.0.0 and v1.1.0 ran well."""

    async def on_dispatch(repo: str, file: str, inputs: dict[str, str]) -> int:
        return 0

    made = Team.of(migrated, on_dispatch)
    await made.works()
    await goes_live(made, "v1.0.0")
    await goes_live(made, "v1.1.0")
    yield made
    await made.close()


async def approved(team: Team, version: str, service: str = "app") -> None:
    assert await team.asks("ana", version, service) is None
    await team.works()
    assert await team.approves("bo", (await team.newest()).id) is None
    await team.works()


async def goes_live(team: Team, version: str, service: str = "app") -> None:
    await approved(team, version, service)
    team.hub.drives("success")
    for _ in range(10):
        await team.passes(30)
    assert (await team.newest()).state is State.SUCCEEDED


def silent(team: Team) -> None:
    async def on_call(call: str) -> None:
        raise Fault("github", "502")

    team.hub.on_call = on_call


async def is_sent(team: Team, answer: str, lag: float = 0) -> None:
    """v1.2.0 is sent as D3, and the answer is not clear."""
    team.hub.answers, team.hub.lag = [answer], lag
    await approved(team, "v1.2.0")
    assert (await team.newest()).state is State.UNKNOWN


async def closes(team: Team) -> None:
    assert await team.does(
        lambda tx: decisions.close_failed(tx, team.config, 3, PEOPLE["bo"])
    ) is None  # fmt: skip
    await team.works()


def sent(team: Team) -> list[tuple[str, str]]:
    """What was started beyond D1 and D2."""
    return [(run.file, run.inputs["version"]) for run in team.hub.started[2:]]


async def test_where_github_is_silent_a_person_decides_after_the_settle_time(team: Team) -> None:
    await is_sent(team, "lost", lag=1000)
    silent(team)
    await team.passes(170)
    assert (await team.newest()).state is State.UNKNOWN
    for _ in range(4):
        await team.passes(30)
    found = await team.newest()
    assert found.state is State.NEEDS_ATTENTION
    assert found.notice == (
        "GitHub does not answer (502), so nobody knows whether its run began. Look there, then "
        "decide."
    )


async def test_its_run_is_found_and_stopped_and_then_it_goes_back(team: Team) -> None:
    await is_sent(team, "lost", lag=20)
    assert await team.rolls_back("bo", "app") is None
    await team.works()
    assert sent(team) == [("release.yml", "v1.2.0")]
    for _ in range(3):
        await team.passes(10)
    run = team.hub.started[2]
    assert (run.status, run.conclusion) == ("completed", "cancelled")
    for _ in range(3):
        await team.passes(10)
    stopped, back = (await team.all())[2:]
    assert (stopped.state, back.version, back.rolls_back) == (State.CANCELLED, "v1.1.0", "D3")
    assert sent(team) == [("release.yml", "v1.2.0"), ("rollback.yml", "v1.1.0")]


@pytest.mark.parametrize("is_silent", [False, True])
async def test_what_cannot_be_found_is_not_sent_again_and_a_person_has_it_begin(
    team: Team, is_silent: bool
) -> None:
    await is_sent(team, "dropped")
    assert await team.rolls_back("bo", "app") is None
    if is_silent:
        silent(team)
    for _ in range(8):
        await team.passes(30)
    found = await team.newest()
    assert found.state is State.NEEDS_ATTENTION
    assert found.notice.endswith("The rollback to v1.1.0 begins with Close as Failed.")
    team.hub.on_call = None
    await closes(team)
    assert sent(team) == [("rollback.yml", "v1.1.0")]


async def test_what_was_surely_not_sent_gives_way_at_once(team: Team) -> None:
    await is_sent(team, "limited")
    """It changed nothing, so production goes below what is live, as from any that only waits."""
    assert await team.rolls_back("bo", "app") is None
    await team.works()
    unsent, back = (await team.all())[2:]
    assert (unsent.state, back.rolls_back) == (State.CANCELLED, "D2")
    assert sent(team) == [("rollback.yml", "v1.0.0")]


@pytest.mark.parametrize("who", ["bo", ""])
async def test_whoever_asks_for_a_rollback_once_more_hears_what_it_waits_for(
    team: Team, who: str
) -> None:
    team.hub.answers = ["limited"]
    assert await team.rolls_back("bo", "app") is None
    await team.works()
    unsent = await team.newest()
    asked = unsent.with_(requested_by=PEOPLE[who] if who else "")
    await team.store.run(lambda tx: tx.save(unsent, asked))
    assert str(await team.rolls_back("ana", "app")) == (
        f"That was asked for already, by {PEOPLE[who] if who else 'the configuration'}: D3 goes "
        "back to v1.0.0 as soon as GitHub takes it. That is tried by itself; its card says when "
        "next."
    )


async def test_beside_one_that_began_by_itself_it_is_said_that_the_configuration_asked_for_it(
    team: Team,
) -> None:
    assert await team.rolls_back("bo", "app") is None
    await team.works()
    going_on = await team.newest()
    await team.store.run(lambda tx: tx.save(going_on, going_on.with_(requested_by="")))
    no = str(await team.rolls_back("ana", "app"))
    assert "is being changed by D3" in no
    assert "asked for by the configuration. Nothing runs beside it; look at its card." in no


async def test_a_second_request_that_was_not_taken_says_nothing_of_the_first(team: Team) -> None:
    """The rollback gets its person as after any other unclear answer."""
    team.hub.answers = ["dropped", "limited"]
    await approved(team, "v1.2.0")
    while (intent := (await team.newest()).dispatch) and intent.attempt == 1:
        await team.passes(30)
    assert intent is not None
    assert (intent.attempt, intent.accepted, intent.unclear) == (2, False, 1)
    silent(team)
    assert await team.rolls_back("bo", "app") is None
    for _ in range(8):
        await team.passes(30)
    assert (await team.newest()).state is State.NEEDS_ATTENTION
    again = await team.rolls_back("bo", "app")
    assert str(again) == (
        "A rollback of app to v1.1.0 waits already, asked for by U0BO: it begins once D3 has "
        "ended (Needs attention: a person has to decide), or with Close as Failed where its card "
        "offers that."
    )
    team.hub.on_call = None
    await closes(team)
    assert sent(team) == [("rollback.yml", "v1.1.0")]


async def test_what_github_does_not_take_can_be_cancelled(team: Team) -> None:
    await is_sent(team, "limited")
    silent(team)
    for _ in range(4):
        await team.passes(600)
    found = await team.newest()
    assert cards.status(found) == "Not sent yet, waiting for GitHub to take it"
    row = controls(found)
    assert row is not None
    assert [button["text"]["text"] for button in row["elements"]] == ["Cancel"]
    assert await team.cancels("ana", 3) is None
    assert (await team.newest()).state is State.CANCELLED
    team.hub.on_call = None
    await team.passes(60)
    assert sent(team) == []


@pytest.mark.parametrize("answer", ["accepted", "not_named", "declined", "limited"])
async def test_a_rollback_asked_for_meanwhile_takes_no_answer_away(team: Team, answer: str) -> None:
    """What was not started gives way in the same moment, what was is stopped."""
    team.hub.answers = [] if answer == "limited" else [answer]

    async def on_call(call: str) -> None:
        if call == "dispatch" and len(team.hub.started) == 2:
            team.hub.on_call = None
            assert await team.rolls_back("bo", "app") is None
            if answer == "limited":
                raise Fault("github", "not reachable")

    team.hub.on_call = on_call
    await approved(team, "v1.2.0")
    if answer in ("accepted", "not_named"):
        assert team.hub.started[2].conclusion == "cancelled"
        await team.passes(3)
        assert sent(team) == [("release.yml", "v1.2.0"), ("rollback.yml", "v1.1.0")]
        return
    assert sent(team) == [("rollback.yml", "v1.1.0")]
    stopped = (await team.all())[2]
    assert stopped.ending is not None
    assert (
        stopped.ending.text
        == {
            "declined": "GitHub refused to start the run: Unexpected inputs provided",
            "limited": "Not sent, because of a rollback to v1.1.0",
        }[answer]
    )


async def test_sending_again_gives_the_rollback_up(team: Team) -> None:
    await is_sent(team, "dropped")
    assert await team.rolls_back("bo", "app") is None
    for _ in range(8):
        await team.passes(30)
    assert await team.does(lambda tx: decisions.send_again(tx, 3, PEOPLE["bo"])) is None
    await team.works()
    assert sent(team) == [("release.yml", "v1.2.0")]
    assert (await team.newest()).state is State.RUNNING


async def test_what_waits_at_githubs_gate_is_stopped_and_the_live_version_taken_back(
    team: Team,
) -> None:
    """Of what never went live there is nothing to take back."""
    for version in ("v1.0.0", "v1.1.0"):
        assert await team.asks("ana", version, "api") is None
        await team.works()
        await team.passes(5)
        number = (await team.newest()).id
        assert await team.approves("bo", number) is None
        for _ in range(3):
            await team.passes(5)
        team.hub.drives("success")
        for _ in range(10):
            await team.passes(30)
        assert (await team.newest()).state is State.SUCCEEDED
    live = await team.newest()
    assert await team.asks("ana", "v1.2.0", "api") is None
    await team.works()
    await team.passes(5)
    assert (await team.newest()).state is State.AWAITING_APPROVAL
    assert await team.rolls_back("bo", "api") is None
    for _ in range(4):
        await team.passes(10)
    back = await team.newest()
    assert (back.version, back.rolls_back) == ("v1.0.0", live.name)
