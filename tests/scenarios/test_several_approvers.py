"""Several approvers: where two have to approve, two different people do, whatever is clicked."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.scenarios import outside
from tests.scenarios.workspace import Workspace, workspace

TWO = {"services": {"app": {"environments": {"production": {"approval": {"needed": 2}}}}}}
THREE_PEOPLE = {"roles": {"approver": ["bo", "cy", "S0REL"]}}


@pytest.fixture
async def team(tmp_path: Path) -> AsyncIterator[Workspace]:
    """Bo, Cy and the group of Bo and Dee may approve, and two of them have to."""
    async with workspace(tmp_path, rules=TWO | THREE_PEOPLE) as opened:
        yield opened


async def test_the_first_of_two_approvals_changes_nothing_but_the_count(team: Workspace) -> None:
    await team.asks()
    assert "0 of 2 approved" in await team.card()
    await team.clicks("bo", "Approve")
    await team.passes("PT5S")

    assert (await team.told("bo"))[-1].endswith(
        "That is 1 of 2 approvals; somebody else has to give the next one."
    )
    assert await team.state() == "Waiting for approval"
    assert "1 of 2 approved by @bo" in await team.card()
    assert await team.dispatches() == []

    await team.clicks("dee", "Approve")
    await team.passes("PT45S")
    assert (await team.told("dee"))[-1].endswith("It starts now.")
    assert await team.state() == "Succeeded"
    assert "2 of 2 approved by @bo 2024-03-26 10:00 UTC, @dee 2024-03-26 10:00 UTC" in (
        await team.card()
    )
    counts = [row.detail["count"] for row in await team.trail("D2") if row.action == "approved"]
    assert counts == ["1 of 2", "2 of 2"]


async def test_a_person_counts_once_and_the_requester_never(team: Workspace) -> None:
    await team.types("bo", "/deploy v1.2.1")
    await team.passes("PT1S")
    await team.clicks("bo", "Approve")
    await team.clicks("dee", "Approve")
    await team.passes("PT3S")
    await team.clicks("dee", "Approve")
    await team.passes("PT3S")

    assert "somebody else has to approve it (four eyes)" in (await team.told("bo"))[-1]
    assert "You approved D2 already, and a person counts once." in (await team.told("dee"))[-1]
    assert "1 of 2 approved by @dee" in await team.card()
    assert await team.dispatches() == []


async def test_of_thirty_clicks_two_count_and_one_transition_is_made(team: Workspace) -> None:
    await team.asks()
    card = await team.message_with("Approve")
    people = ["bo", "cy", "dee"] * 10
    await asyncio.gather(*(team.clicks(who, "Approve", ts=card, stale=True) for who in people))
    await team.passes("PT45S")

    told = [text for who in ("bo", "cy", "dee") for text in await team.told(who)]
    assert sum("You approved app v1.2.1" in text for text in told) == 2
    late = [text for text in told if "D2 was already approved by @" in text]
    assert late
    assert all(" and @" in text for text in late)
    assert len([row for row in await team.trail("D2") if row.action == "dispatching"]) == 1
    assert len(await team.dispatches()) == 1
    assert await team.state() == "Succeeded"


async def test_who_lost_the_role_meanwhile_is_taken_off_and_the_other_one_stays(
    team: Workspace,
) -> None:
    await team.asks()
    await team.clicks("dee", "Approve")
    await team.passes("PT3S")
    outside.regroup(team.world, "bo")
    await team.clicks("bo", "Approve")
    await team.passes("PT5S")

    assert "Your approval does not count" in (await team.letters("dee"))[-1]
    assert "1 of 2 approved by @bo" in await team.card()
    assert await team.state() == "Waiting for approval"
    assert await team.dispatches() == []
    await team.clicks("cy", "Approve")
    await team.passes("PT45S")
    assert await team.state() == "Succeeded"


async def test_a_reminder_goes_to_those_who_have_not_approved(team: Workspace) -> None:
    await team.asks()
    await team.clicks("bo", "Approve")
    await team.passes("PT31M")

    assert len(await team.letters("bo")) == 1
    assert "still waits for your approval" in (await team.letters("dee"))[-1]
    assert (await team.thread())[-1].startswith("@cy @dee ")


async def test_a_first_approval_outlives_the_bot(team: Workspace) -> None:
    await team.asks()
    await team.clicks("bo", "Approve")
    await team.reopen()
    await team.passes("PT5S")
    assert "1 of 2 approved by @bo" in await team.card()
    await team.clicks("dee", "Approve")
    await team.passes("PT45S")
    assert await team.state() == "Succeeded"
