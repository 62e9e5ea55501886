"""A run that hangs is stopped: asked to end, then with force; where GitHub stops it neither way a
person is called, who reads what was done and what is left to do. The rollback waits for its end.
"""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.domain.deployments.states import State
from bot.domain.errors import Declined
from bot.messages.deployments.cards import card
from bot.ports import Tx
from bot.services.deployments import decisions
from tests.services.team import PEOPLE, Team
from tests.services.test_rollback_of_what_was_sent import approved, goes_live, silent


@pytest.fixture
async def team(team: Team) -> Team:
    """v1.1.0 ran well; the job of v1.2.0 hangs, and Bo goes back."""
    await goes_live(team, "v1.0.0")
    await goes_live(team, "v1.1.0")
    await approved(team, "v1.2.0")
    await team.passes(30)
    team.hub.started[-1].status = "in_progress"
    return team


async def goes_back(team: Team) -> None:
    assert await team.rolls_back("bo", "app") is None
    await team.works()


async def minutes(team: Team, many: int) -> None:
    for _ in range(many * 2):
        await team.passes(30)


async def alerts(team: Team) -> list[str]:
    posts = await team.store.read(lambda tx: tx.posts_due(tx.now))
    return [str(post.message.blocks) for post in posts if post.key.startswith("notice:3:")]


@pytest.mark.parametrize(
    ("stubborn", "asked"), [(False, [(7003, False)]), (True, [(7003, False), (7003, True)])]
)
async def test_it_is_asked_to_end_then_with_force_and_then_it_goes_back(
    team: Team, stubborn: bool, asked: list[tuple[int, bool]]
) -> None:
    team.hub.stubborn = stubborn
    await goes_back(team)
    await minutes(team, 6)
    assert team.hub.cancels == asked
    stopped, back = (await team.all())[2:]
    assert (stopped.state, back.version) == (State.CANCELLED, "v1.1.0")
    assert await alerts(team) == []


async def test_the_card_says_when_it_is_asked_with_force_and_when_a_person(team: Team) -> None:
    team.hub.deaf = True
    began = team.clock.now()
    await goes_back(team)
    told = str(card(await team.newest(), team.clock.now()))
    assert "GitHub was asked to stop the run" in told
    for later in (5, 10):
        assert f"<!date^{int((began + timedelta(minutes=later)).timestamp())}^" in told


async def test_where_github_took_it_late_force_follows_that(team: Team) -> None:
    """What the card says is what is done."""
    team.hub.deaf = True
    silent(team)
    await goes_back(team)
    await minutes(team, 2)
    assert team.hub.cancels == []
    team.hub.on_call = None
    await minutes(team, 2)
    asked = (await team.newest()).abort_asked_at
    assert asked is not None
    force = asked + timedelta(minutes=5)
    told = str(card(await team.newest(), team.clock.now()))
    assert f"with force at <!date^{int(force.timestamp())}^" in told
    while team.clock.now() < force - timedelta(seconds=30):
        await team.passes(15)
        assert team.hub.cancels == [(7003, False)]
    await minutes(team, 1)
    assert team.hub.cancels[1] == (7003, True)


async def test_what_github_does_not_stop_is_a_persons_who_is_told_what_to_do(team: Team) -> None:
    team.hub.deaf = True
    began = team.clock.now()
    await goes_back(team)
    await minutes(team, 9)
    assert await alerts(team) == []
    await minutes(team, 3)
    hangs = await team.newest()
    assert hangs.state is State.ABORTING
    assert hangs.notice == (
        f"GitHub has not stopped run 7003, although it was asked to at {began:%H:%M} UTC, and then "
        "with force. Cancel it there, or end the runner that it hangs on: then this goes on by "
        "itself. If that cannot be, make sure that it changes nothing any more, and press Close as "
        "Failed. The rollback to v1.1.0 begins then."
    )
    [alert] = await alerts(team)
    assert hangs.notice in alert
    assert "<@U0ANA>" in alert and "<@U0BO>" in alert and "runs/7003" in alert
    await minutes(team, 20)
    assert len(await alerts(team)) == 1
    assert team.hub.cancels[:2] == [(7003, False), (7003, True)]

    run = team.hub.started[2]
    run.ends("cancelled")  # somebody ended the runner
    await minutes(team, 1)
    assert (await team.newest()).version == "v1.1.0"


async def test_a_person_may_close_it_and_then_it_goes_back(team: Team) -> None:
    team.hub.deaf = True
    await goes_back(team)
    await minutes(team, 12)
    assert "Run 7003 may still change production" in str(
        card(await team.newest(), team.clock.now())
    )

    def close(tx: Tx) -> object:
        return decisions.close_failed(tx, team.config, 3, PEOPLE["bo"])

    assert await team.does(close) is None
    await team.works()
    assert (await team.newest()).version == "v1.1.0"


async def test_where_github_is_silent_meanwhile_a_person_is_called_as_well(team: Team) -> None:
    silent(team)
    await goes_back(team)
    await minutes(team, 12)
    found = await team.newest()
    assert (found.state, len(await alerts(team))) == (State.ABORTING, 1)
    assert found.notice.startswith("GitHub has not stopped run 7003, and does not take it: 502. ")


async def test_where_github_does_not_take_it_force_is_tried_and_a_person_told_why(
    team: Team,
) -> None:
    async def on_call(call: str) -> None:
        if call == "cancel":
            team.hub.cancels.append((0, False))
            raise Declined("github", "403 Resource not accessible by integration")

    team.hub.on_call = on_call
    await goes_back(team)
    await minutes(team, 12)
    found = await team.newest()
    assert "GitHub does not stop the run: 403" in found.waiting_for
    assert found.notice.startswith("GitHub has not stopped run 7003, and does not take it: 403 ")
    assert len(await alerts(team)) == 1
