"""A run at its gate of which GitHub tells nobody's answers, and goes on not to: its approvers are
asked all the same, what they say in Slack counts, and nothing else is taken for an approval.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot import config
from bot.domain.deployments.states import State
from bot.domain.errors import Declined, Fault, NotFound
from bot.messages.deployments import approvals
from tests.services.gates import MIGRATE_FIRST
from tests.services.runs import Run
from tests.services.team import CONFIG, Team
from tests.services.test_past_the_gate import alerts, says

WHY = "403 Resource not accessible by integration"
NO = Declined("github", WHY)
NOT_TOLD = "api v1.1.0 → production: GitHub does not tell who answers at its gate"
UNREAD = f"who let it in at GitHub could not be read ({WHY})"


async def passes(team: Team, times: int) -> None:
    for _ in range(times):
        await team.passes(61)


async def stands(team: Team, fault: Fault = NO, service: str = "api") -> Run:
    """Ana's deployment, whose run stands at its gate for a while."""
    says(team, "reviews", fault)
    assert await team.asks("ana", "v1.1.0", service) is None
    await team.works()
    await passes(team, 8)
    [run] = team.hub.started
    return run


@pytest.mark.parametrize("service", ["api", "job"])
@pytest.mark.parametrize("fault", [NO, NotFound("github", "404 Not Found")], ids=["403", "404"])
async def test_approvers_are_asked_and_the_card_and_an_alert_say_what_is_not_known(
    team: Team, service: str, fault: Fault
) -> None:
    run = await stands(team, fault, service)
    found = await team.newest()
    assert found.state is State.AWAITING_APPROVAL
    assert found.expires_at is not None
    said = f"GitHub does not tell who answers there ({fault.text}), so only what is approved here"
    assert f"{said} counts." in approvals.gate(found)
    assert [text.replace("job v", "api v") for text in await alerts(team)] == [NOT_TOLD]
    assert await team.approves("bo", 1) is None
    await passes(team, 2)
    found = await team.newest()
    assert (found.state, run.status, found.four_eyes) == (State.RUNNING, "in_progress", "")
    team.hub.drives("success")
    await passes(team, 5)
    found = await team.newest()
    assert (found.state, found.four_eyes) == (State.SUCCEEDED, "")


async def test_what_nobody_decides_ends_at_its_time(team: Team) -> None:
    run = await stands(team)
    await passes(team, 65)
    assert ((await team.newest()).state, run.conclusion) == (State.EXPIRED, "cancelled")


async def test_a_moment_in_which_it_is_not_told_alarms_nobody(team: Team) -> None:
    says(team, "reviews", NO)
    assert await team.asks("ana", "v1.1.0", "api") is None
    await team.works()
    await team.passes(5)
    team.hub.on_call = None
    await passes(team, 2)
    assert (await team.newest()).state is State.AWAITING_APPROVAL
    assert await alerts(team) == []


@pytest.mark.parametrize("needed", [1, 2])
async def test_who_lets_it_in_unseen_is_no_approver(team: Team, needed: int) -> None:
    mode = "{mode: github_environment}"
    text = CONFIG.replace(mode, f"{{mode: github_environment, needed: {needed}}}")
    team = replace(team, config=config.parse(text))
    run = await stands(team)
    if needed == 2:
        assert await team.approves("bo", 1) is None
    team.hub.reviews_it(run, "dee-acme", approve=True)
    await passes(team, 3)
    found = await team.newest()
    assert (found.state, len(found.approvals)) == (State.RUNNING, needed - 1)
    run.ends("success")
    await passes(team, 3)
    assert (await team.newest()).four_eyes == UNREAD
    assert "api v1.1.0 → production: four eyes broken" in await alerts(team)


async def test_whose_first_job_was_let_in_unseen_has_broken_four_eyes(team: Team) -> None:
    team.hub.stands["acme/api"] = MIGRATE_FIRST
    says(team, "reviews", NO)
    assert await team.asks("ana", "v1.1.0", "api") is None
    await team.works()
    [run] = team.hub.started
    team.hub.reviews_it(run, "bo-acme", approve=True)
    await passes(team, 8)
    found = await team.newest()
    assert (found.state, found.four_eyes) == (State.AWAITING_APPROVAL, UNREAD)
    assert await team.approves("dee", 1) is None
    await passes(team, 2)
    assert ((await team.newest()).four_eyes, run.status) == (UNREAD, "in_progress")


@pytest.mark.parametrize("later", ["is told", "is not told"])
async def test_what_was_said_to_an_attempt_before_is_nobodys_approval_of_this_one(
    team: Team, later: str
) -> None:
    """Bo let the first attempt in, it was stopped and run again, and an administrator passes by."""
    assert await team.asks("ana", "v1.1.0", "api") is None
    await team.works()
    await team.passes(5)
    [run] = team.hub.started
    team.hub.timer = timedelta(minutes=10)
    team.hub.reviews_it(run, "bo-acme", approve=True)
    del team.hub.opens[run.id]
    team.hub.timer = None
    run.is_run_again("ana-acme", team.clock.now())
    run.status = "waiting"
    says(team, "reviews", NO)
    await passes(team, 8)
    found = await team.newest()
    assert (found.state, found.run_attempt) == (State.AWAITING_APPROVAL, 2)

    if later == "is told":
        team.hub.on_call = None
    team.hub.past.add(run.id)
    run.status = "in_progress"
    await passes(team, 3)
    run.ends("success")
    await passes(team, 3)
    found = await team.newest()
    assert found.approvals == ()
    assert found.four_eyes == UNREAD


@pytest.mark.parametrize("approve", [True, False])
async def test_a_run_that_ends_at_its_gate_unseen_holds_nothing(team: Team, approve: bool) -> None:
    run = await stands(team)
    if approve:
        run.ends("cancelled")
    else:
        team.hub.reviews_it(run, "dee-acme", approve=False)
    await passes(team, 8)
    found = await team.newest()
    assert found.state is State.FAILED
    assert found.ending is not None
    assert "the gate timed out, or somebody rejected or cancelled it there" in found.ending.text
    assert await team.asks("bo", "v1.2.0", "api") is None


async def test_a_rejection_that_is_not_told_for_a_moment_is_one(team: Team) -> None:
    assert await team.asks("ana", "v1.1.0", "api") is None
    await team.works()
    await team.passes(5)
    [run] = team.hub.started
    says(team, "reviews", NO)
    team.hub.reviews_it(run, "dee-acme", approve=False)
    await passes(team, 1)
    assert (await team.newest()).state is State.AWAITING_APPROVAL
    team.hub.on_call = None
    await passes(team, 2)
    assert (await team.newest()).state is State.REJECTED


async def test_its_wait_timer_is_waited_for(team: Team) -> None:
    team.hub.timer = timedelta(minutes=20)
    run = await stands(team)
    assert await team.approves("bo", 1) is None
    await passes(team, 2)
    found = await team.newest()
    assert (found.state, run.status) == (State.RUNNING, "waiting")
    assert found.waiting_for.startswith("It was let in; GitHub's wait timer opens the gate at")
    await passes(team, 20)
    found = await team.newest()
    assert (found.state, run.status, found.four_eyes) == (State.RUNNING, "in_progress", "")
