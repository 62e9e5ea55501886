"""GitHub's environment asks: the run waits at its gate, and Approve in Slack is what opens it."""

from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest

from tests.scenarios import outside
from tests.scenarios.gates import answers, at_the_gate
from tests.scenarios.workspace import Workspace, workspace

BY_GROUP = {"roles": {"approver": ["S0REL"]}}
TWO = {"services": {"app": {"environments": {"production": {"approval": {"needed": 2}}}}}}


@pytest.fixture
async def team(tmp_path: Path) -> AsyncIterator[Workspace]:
    """Production at GitHub has required reviewers, one of them the bot's second account."""
    async with workspace(tmp_path, seed="gated") as opened:
        yield opened


async def test_the_run_starts_waits_and_goes_on_with_the_approval(team: Workspace) -> None:
    await at_the_gate(team)
    card = await team.card()
    assert "The run waits at GitHub's environment production; the approval lets it in." in card
    assert "waiting" in card
    assert (await team.messages())[0]["buttons"] == ["Approve", "Reject", "Cancel", "Notes"]
    assert "waits for your approval" in (await team.letters("bo"))[-1]

    await team.clicks("bo", "Approve")
    await team.passes("PT45S")
    assert (await team.told("bo"))[-1].endswith("GitHub's gate is answered now.")
    assert await team.state() == "Succeeded"
    card = await team.card()
    assert "approved by @bo" in card
    assert "Four eyes" not in card
    steps = await team.steps()
    assert steps.index("Running") < steps.index("Waiting for approval") < steps.index("Succeeded")
    [answer] = await answers(team)
    assert (answer["state"], answer["comment"]) == (
        "approved",
        "D2 v1.2.1: approved in Slack by bo-acme",
    )
    assert len(await team.dispatches()) == 1


async def test_an_environment_that_github_spells_otherwise_is_the_same_gate(tmp_path: Path) -> None:
    begin = partial(outside.name_anew, environment="Production")
    async with workspace(tmp_path, seed="gated", begin=begin) as team:
        await at_the_gate(team)
        assert "waits for your approval" in (await team.letters("bo"))[-1]
        await team.clicks("bo", "Approve")
        await team.passes("PT45S")
        assert await team.state() == "Succeeded"
        assert "Four eyes" not in await team.card()
        assert [one["state"] for one in await answers(team)] == ["approved"]


async def test_one_that_github_spells_otherwise_and_nobody_guards_begins_no_run(
    tmp_path: Path,
) -> None:
    begin = partial(outside.name_anew, environment="Production")
    async with workspace(tmp_path, seed="gated", begin=begin) as team:
        outside.repo(team.world).environments["production"].reviewers = ()
        await team.types("ana", "/deploy v1.2.1")
        await team.passes("PT3S")
        assert "Production has no required reviewers" in (await team.told("ana"))[-1]
        assert await team.dispatches() == []


async def test_nobody_is_asked_before_the_run_waits(team: Workspace) -> None:
    await team.asks()
    assert await team.state() == "Running"
    assert await team.letters("bo") == []
    assert (await team.messages())[0]["buttons"] == ["Cancel"]


async def test_two_approvals_open_the_gate_once(tmp_path: Path) -> None:
    async with workspace(tmp_path, seed="gated", rules=TWO) as team:
        await at_the_gate(team)
        await team.clicks("bo", "Approve")
        await team.passes("PT5S")
        assert await answers(team) == []
        await team.clicks("dee", "Approve")
        await team.passes("PT45S")
        assert await team.state() == "Succeeded"
        [answer] = await answers(team)
        assert answer["comment"].endswith("approved in Slack by bo-acme, dee-acme")


async def test_a_rejection_is_passed_on_with_its_reason(team: Workspace) -> None:
    run = await at_the_gate(team)
    await team.clicks("dee", "Reject")
    await team.submits("dee", Reason="the feature is not announced yet")
    await team.passes("PT15S")

    card = await team.card()
    assert "Rejected\nthe feature is not announced yet" in card
    assert "rejected by @dee" in card
    assert (await team.letters("ana"))[-1].endswith(
        "was rejected by @dee: the feature is not announced yet"
    )
    [answer] = await answers(team)
    assert (answer["state"], answer["comment"]) == (
        "rejected",
        "D2 v1.2.1: rejected in Slack. the feature is not announced yet",
    )
    ended = (await team.runs_of("v1.2.1"))[-1]
    assert (ended["id"], ended["conclusion"], ended["deployed"]) == (run["id"], "failure", False)


async def test_cancel_stops_the_run_that_waits(team: Workspace) -> None:
    await at_the_gate(team)
    await team.clicks("ana", "Cancel")
    await team.passes("PT15S")

    assert await team.state() == "Cancelled"
    assert "cancelled by @ana" in await team.card()
    run = (await team.runs_of("v1.2.1"))[-1]
    assert (run["conclusion"], run["deployed"]) == ("cancelled", False)


async def test_what_nobody_decides_expires_and_its_run_is_cancelled(tmp_path: Path) -> None:
    rules = {"approval": {"expires": "PT10M"}}
    async with workspace(tmp_path, seed="gated", rules=rules) as team:
        await at_the_gate(team)
        await team.passes("PT11M")

        assert await team.state() == "Expired: not approved in time"
        assert "Nobody decided in time" in (await team.letters("ana"))[-1]
        run = (await team.runs_of("v1.2.1"))[-1]
        assert (run["conclusion"], run["deployed"]) == ("cancelled", False)


async def test_a_tag_that_moves_while_the_run_waits_stops_it(team: Workspace) -> None:
    await at_the_gate(team)
    await team.post("/github/tag", name="v1.2.1", sha="d4" * 20)
    await team.passes("PT2M")

    assert "Void\nv1.2.1 moved 7ccb03b → d4d4d4d since the request" in await team.card()
    run = (await team.runs_of("v1.2.1"))[-1]
    assert (run["conclusion"], run["deployed"]) == ("cancelled", False)
    assert await answers(team) == []


async def test_a_tag_that_moved_before_the_click_opens_no_gate(team: Workspace) -> None:
    await team.fault("github", "webhooks:drop", count=200)
    await at_the_gate(team)
    await team.post("/github/tag", name="v1.2.1", sha="d4" * 20)
    await team.clicks("bo", "Approve")
    await team.passes("PT30S")

    assert await team.state() == "Void"
    assert await answers(team) == []
    assert (await team.runs_of("v1.2.1"))[-1]["deployed"] is False


async def test_who_lost_the_role_before_the_gate_is_answered_opens_nothing(tmp_path: Path) -> None:
    async with workspace(tmp_path, seed="gated", rules=BY_GROUP) as team:
        await at_the_gate(team)
        outside.regroup(team.world, "dee")
        await team.clicks("bo", "Approve")
        await team.passes("PT10S")

        assert "Your approval does not count" in (await team.letters("bo"))[-1]
        assert await team.state() == "Waiting for approval"
        assert await answers(team) == []
        await team.clicks("dee", "Approve")
        await team.passes("PT45S")
        assert await team.state() == "Succeeded"


async def test_an_approval_in_the_browser_is_read_and_counts(team: Workspace) -> None:
    run = await at_the_gate(team)
    await team.post("/github/approve_gate", **{"run": run["id"], "as": "bo"})
    await team.passes("PT45S")

    assert await team.state() == "Succeeded"
    card = await team.card()
    assert "approved by @bo" in card
    assert "Four eyes" not in card
    [passed] = [row for row in await team.trail("D2") if row.action == "gate_passed"]
    assert passed.detail["at_github"] == ["bo-acme"]
    assert await answers(team) == []


async def test_the_requester_in_the_browser_breaks_four_eyes_loudly(team: Workspace) -> None:
    run = await at_the_gate(team)
    await team.post("/github/approve_gate", **{"run": run["id"], "as": "ana"})
    await team.passes("PT45S")

    why = "approved at GitHub by ana-acme, who asked for it"
    card = await team.card()
    assert f"Four eyes broken: {why}" in card
    assert "approved by" not in card.replace(why, "")
    alert = next(text for text in await team.channel() if "four eyes broken" in text)
    assert f"{why}\n@ana Production may have changed." in alert
    [broken] = [row for row in await team.trail("D2") if row.action == "four_eyes_broken"]
    assert broken.detail["why"] == why


async def test_a_rejection_in_the_browser_ends_it(team: Workspace) -> None:
    run = await at_the_gate(team)
    said = {"run": run["id"], "as": "dee", "reject": True, "comment": "not today"}
    await team.post("/github/approve_gate", **said)
    await team.passes("PT70S")

    card = await team.card()
    assert "Rejected\nnot today" in card
    assert "rejected by @dee" in card
    assert "was rejected at GitHub by @dee: not today" in (await team.letters("ana"))[-1]


BOTH = {"approval": {"environments": ["checks", "production"]}}
SEVERAL = {"services": {"app": {"environments": {"production": BOTH}}}}


async def test_one_approval_opens_every_gate_of_the_deployment_one_after_the_other(
    tmp_path: Path,
) -> None:
    begin = partial(outside.give_gate, job="verify", environment="checks")
    async with workspace(tmp_path, seed="gated", rules=SEVERAL, begin=begin) as team:
        await at_the_gate(team)
        await team.clicks("bo", "Approve")
        await team.passes("PT90S")

        assert await team.state() == "Succeeded"
        assert len(await answers(team)) == 2
        opened = [row for row in await team.trail("D2") if row.action == "gate_answered"]
        assert [row.detail["environments"] for row in opened] == [["checks"], ["production"]]
        assert [row.action for row in await team.trail("D2")].count("approved") == 1
