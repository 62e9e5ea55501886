"""Approvals: who may decide, that one decision counts, and what everybody else is told."""

import asyncio
from pathlib import Path

import pytest

from bot.domain.people import FRESH
from tests.scenarios import outside
from tests.scenarios.workspace import Workspace, workspace

SECOND_ACCOUNT = {
    "people": {"cy": {"github": "ana-acme"}},
    "roles": {"approver": ["cy", "bo"]},
}
BY_GROUP = {"roles": {"approver": ["S0REL"]}}


async def test_of_twenty_clicks_one_counts_and_the_others_learn_who_was_first(
    team: Workspace,
) -> None:
    await team.asks()
    card = await team.message_with("Approve")
    people = ["bo", "dee"] * 10
    await asyncio.gather(*(team.clicks(who, "Approve", ts=card, stale=True) for who in people))
    await team.passes("PT45S")

    told = [*await team.told("bo"), *await team.told("dee")]
    accepted = [text for text in told if text.startswith("You approved app v1.2.1")]
    late = [text for text in told if "D2 was already approved by @" in text]
    assert (len(accepted), len(late)) == (1, 19)
    assert len(await team.dispatches()) == 1
    assert await team.state() == "Succeeded"


async def test_a_button_pressed_the_next_day_explains_itself(team: Workspace) -> None:
    await team.asks_and_approves()
    await team.passes("PT45S")
    await team.sleeps("PT24H")
    card = (await team.messages())[0]["ts"]
    await team.clicks("dee", "Approve", ts=card, stale=True)
    await team.passes("PT2S")

    assert (await team.told("dee"))[-1] == (
        "Nothing was done: D2 (v1.2.1) is succeeded since 2024-03-26 10:00 UTC. "
        "It had been approved by @bo. Ask for a new one with /deploy."
    )
    assert len(await team.dispatches()) == 1


async def test_nobody_approves_their_own_request(team: Workspace) -> None:
    await team.types("bo", "/deploy v1.2.1")
    await team.passes("PT1S")
    await team.clicks("bo", "Approve")
    await team.passes("PT2S")

    assert (await team.told("bo"))[-1] == (
        "You asked for D2, so somebody else has to approve it (four eyes)."
    )
    assert await team.state() == "Waiting for approval"
    [refused] = await team.trail("click")
    assert (refused.actor, refused.detail["code"]) == ("U0BO", "self_approval")


async def test_a_second_slack_account_of_the_same_github_login_is_the_same_person(
    tmp_path: Path,
) -> None:
    async with workspace(tmp_path, rules=SECOND_ACCOUNT) as team:
        await team.asks()
        await team.clicks("cy", "Approve")
        await team.passes("PT2S")

        assert "somebody else has to approve it (four eyes)" in (await team.told("cy"))[-1]
        assert await team.state() == "Waiting for approval"
        assert await team.dispatches() == []


@pytest.mark.parametrize(
    ("person", "answer"),
    [
        ("cy", "Only people with the role approver may approve a deployment."),
        ("ana", "Only people with the role approver may approve a deployment."),
        ("eve", "I do not know this account."),
        ("gonogo-other-bot", "I do not know this account."),
    ],
)
async def test_who_is_no_approver_approves_nothing(
    team: Workspace, person: str, answer: str
) -> None:
    await team.asks()
    await team.clicks(person, "Approve")
    await team.passes("PT5S")

    assert (await team.told(person))[-1].startswith(answer)
    assert await team.state() == "Waiting for approval"
    assert await team.dispatches() == []


async def test_a_guest_is_refused_whatever_the_configuration_says(tmp_path: Path) -> None:
    rules = {"people": {"eve": {"slack": "U0EVE"}}, "roles": {"approver": ["eve", "bo"]}}
    async with workspace(tmp_path, rules=rules) as team:
        await team.asks()
        await team.clicks("eve", "Approve")
        await team.passes("PT2S")

        assert (await team.told("eve"))[-1].startswith("Guests of the workspace cannot do this.")
        assert await team.dispatches() == []


async def test_a_rejection_needs_a_reason_and_the_requester_reads_it(team: Workspace) -> None:
    await team.asks()
    await team.clicks("dee", "Reject")
    empty = await team.submits("dee", Reason="  ")
    assert empty["errors"] == {"reason": "Say why, so that the requester knows what to change."}
    await team.submits("dee", Reason="the feature is not announced yet")
    await team.passes("PT5S")

    card = await team.card()
    assert "Rejected\nthe feature is not announced yet\n" in card
    assert "rejected by @dee" in card
    assert (await team.letters("ana"))[-1] == (
        "app v1.2.1 → production (D2) was rejected by @dee: the feature is not announced yet"
    )
    assert await team.dispatches() == []


async def test_a_rejection_form_that_was_left_open_explains_itself(team: Workspace) -> None:
    await team.asks()
    await team.clicks("dee", "Reject")
    await team.clicks("bo", "Approve")
    await team.submits("dee", Reason="too late")
    await team.passes("PT45S")

    assert "D2 was already approved by @bo" in (await team.told("dee"))[-1]
    assert await team.state() == "Succeeded"


async def test_the_requester_cancels_what_waits(team: Workspace) -> None:
    await team.asks()
    await team.clicks("ana", "Cancel")
    await team.passes("PT5S")

    assert await team.state() == "Cancelled"
    assert "cancelled by @ana" in await team.card()
    assert await team.types("ana", "/deploy v1.2.1") != ""
    assert await team.dispatches() == []


async def test_an_approver_who_cancels_tells_the_requester(team: Workspace) -> None:
    await team.asks()
    await team.clicks("dee", "Cancel")
    await team.passes("PT2S")

    assert (await team.letters("ana"))[-1] == ("app v1.2.1 → production (D2) was cancelled by @dee")


async def test_what_is_approved_and_not_yet_sent_can_be_cancelled(team: Workspace) -> None:
    await team.asks()
    await team.fault("slack", "status:429:retry_after=60", path="users.info", count=4)
    await team.clicks("bo", "Approve")
    await team.passes("PT10S")
    assert await team.state() == "Approved, about to start"
    await team.clicks("ana", "Cancel")
    await team.passes("PT3M")

    assert await team.state() == "Cancelled"
    assert await team.dispatches() == []


async def test_what_is_on_its_way_to_github_cannot_be_cancelled(team: Workspace) -> None:
    await team.fault("github", "no_run_id")
    await team.fault("github", "list_lag:95")
    await team.asks_and_approves()
    await team.passes("PT10S")
    card = (await team.messages())[0]["ts"]
    await team.clicks("ana", "Cancel", ts=card, stale=True)
    await team.passes("PT2M")

    assert (await team.told("ana"))[-1].startswith(
        "D2 is past the point where it can be cancelled:"
    )
    assert await team.state() == "Succeeded"


async def test_only_those_concerned_may_cancel(tmp_path: Path) -> None:
    rules = {"roles": {"deployer": ["ana", "cy"]}}
    async with workspace(tmp_path, rules=rules) as team:
        await team.asks()
        await team.clicks("cy", "Cancel")
        await team.passes("PT2S")

        assert (await team.told("cy"))[-1] == (
            "D2 was requested by @ana; only they, an approver or an admin may cancel it."
        )
        assert await team.state() == "Waiting for approval"


async def test_cancelling_a_run_asks_github_and_says_that_production_may_be_half_way(
    team: Workspace,
) -> None:
    await team.asks_and_approves()
    await team.passes("PT12S")
    await team.clicks("ana", "Cancel")
    await team.passes("PT10S")

    card = await team.card()
    assert "Cancelled\nStopped while running: the run ended with cancelled" in card
    assert "Check production." in card
    assert (await team.runs_of("v1.2.1"))[-1]["conclusion"] == "cancelled"


async def test_what_is_over_cannot_be_cancelled(team: Workspace) -> None:
    await team.asks_and_approves()
    await team.passes("PT45S")
    card = (await team.messages())[0]["ts"]
    await team.clicks("ana", "Cancel", ts=card, stale=True)
    await team.passes("PT2S")

    assert (await team.told("ana"))[-1].startswith("Nothing was done: D2 (v1.2.1) is succeeded")


async def test_approvers_are_reminded_at_half_time_and_then_it_expires(tmp_path: Path) -> None:
    async with workspace(tmp_path, rules={"approval": {"expires": "PT10M"}}) as team:
        await team.asks()
        await team.passes("PT4M")
        assert len(await team.letters("bo")) == 1
        await team.passes("PT2M")
        assert "still waits for your approval. It expires 10:10 UTC." in (await team.thread())[-1]
        assert len(await team.letters("bo")) == 2
        await team.passes("PT5M")

        assert await team.state() == "Expired: not approved in time"
        assert "Nobody decided in time" in (await team.letters("ana"))[-1]
        assert len(await team.thread()) == 3  # asked, the checklist, reminded
        assert await team.dispatches() == []


async def test_an_approval_counts_only_while_the_approver_still_is_one(tmp_path: Path) -> None:
    async with workspace(tmp_path, rules=BY_GROUP) as team:
        await team.asks()
        outside.regroup(team.world, "dee")
        await team.clicks("bo", "Approve")
        await team.passes("PT10S")

        assert (await team.letters("bo"))[-1] == (
            "app v1.2.1 → production (D2): "
            "Your approval does not count: the approver no longer holds that role."
        )
        assert await team.state() == "Waiting for approval"
        assert "approved by" not in await team.card()
        assert await team.dispatches() == []
        await team.clicks("dee", "Approve")
        await team.passes("PT45S")
        assert await team.state() == "Succeeded"
        assert "approved by @dee" in await team.card()


async def is_old(team: Workspace, person: str) -> bool:
    """Whether what is known of somebody was read too long ago to count."""
    assert team.bot is not None
    who = team.world.slack.named(person).id
    _, read_at = await team.bot.store.read(lambda tx: tx.actor(who))
    return read_at is not None and team.world.clock.now() - read_at > FRESH


async def test_a_click_on_old_directory_rows_is_judged_before_the_effect(tmp_path: Path) -> None:
    async with workspace(tmp_path, rules=BY_GROUP) as team:
        await team.asks()
        await team.passes("PT5M40S")  # what the approval rests on was read anew lately
        await team.fault("slack", "status:429:retry_after=900", path="users.info", count=1000)
        await team.passes("PT4M40S")
        await team.until(lambda: is_old(team, "bo"), "PT1S")
        outside.regroup(team.world, "dee")
        await team.clicks("bo", "Approve")
        await team.mends()
        await team.passes("PT1M")

        assert "Checking who you are" in (await team.told("bo"))[-1]
        assert "Your approval does not count" in (await team.letters("bo"))[-1]
        assert await team.state() == "Waiting for approval"
        assert await team.dispatches() == []
