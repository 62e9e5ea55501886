"""Our App's own rule: GitHub asks it by webhook, and Approve in Slack is what it answers."""

from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.scenarios import outside
from tests.scenarios.gates import answers_at, at_the_gate
from tests.scenarios.workspace import Workspace, workspace

BY_GROUP = {"roles": {"approver": ["S0REL"]}}
NOT_COME = "GitHub's webhook about production has not come"


@pytest.fixture
async def team(tmp_path: Path) -> AsyncIterator[Workspace]:
    """Production at GitHub is guarded by the rule of the App as which the bot comes."""
    async with workspace(tmp_path, seed="ruled") as opened:
        yield opened


async def answers(team: Workspace) -> list[dict[str, Any]]:
    """What the bot answered for the App's rule."""
    return await answers_at(team, "/deployment_protection_rule")


async def test_the_rule_is_answered_with_the_approval(team: Workspace) -> None:
    await at_the_gate(team)
    card = await team.card()
    assert "The run waits at GitHub's environment production; the approval lets it in." in card
    assert NOT_COME not in card
    await team.clicks("bo", "Approve")
    await team.passes("PT45S")

    assert await team.state() == "Succeeded"
    assert await answers(team) == [
        {
            "environment_name": "production",
            "state": "approved",
            "comment": "D2 v1.2.1: approved in Slack by bo-acme",
        }
    ]
    card = await team.card()
    assert "approved by @bo" in card
    assert "Four eyes" not in card


async def test_an_environment_that_github_spells_otherwise_is_the_same_rules(
    tmp_path: Path,
) -> None:
    begin = partial(outside.name_anew, environment="Production")
    async with workspace(tmp_path, seed="ruled", begin=begin) as team:
        await at_the_gate(team)
        assert NOT_COME not in await team.card()
        await team.clicks("bo", "Approve")
        await team.passes("PT45S")
        assert await team.state() == "Succeeded"
        assert [one["state"] for one in await answers(team)] == ["approved"]


async def test_a_rejection_is_the_rules_answer_too(team: Workspace) -> None:
    await at_the_gate(team)
    await team.clicks("dee", "Reject")
    await team.submits("dee", Reason="not announced yet")
    await team.passes("PT15S")

    assert "Rejected\nnot announced yet" in await team.card()
    [answer] = await answers(team)
    assert (answer["state"], answer["comment"]) == (
        "rejected",
        "D2 v1.2.1: rejected in Slack. not announced yet",
    )
    run = (await team.runs_of("v1.2.1"))[-1]
    assert (run["conclusion"], run["deployed"]) == ("failure", False)


async def test_a_lost_webhook_is_said_and_the_rule_is_answered_all_the_same(
    team: Workspace,
) -> None:
    await team.fault("github", "webhooks:drop", count=300)
    await at_the_gate(team)
    assert NOT_COME in await team.card()
    await team.clicks("bo", "Approve")
    await team.passes("PT90S")

    assert await team.state() == "Succeeded"
    assert len(await answers(team)) == 1


@pytest.mark.parametrize("how", ["duplicate", "shuffle"])
async def test_webhooks_may_come_twice_and_in_any_order(team: Workspace, how: str) -> None:
    await team.fault("github", f"webhooks:{how}", count=300)
    await at_the_gate(team)
    await team.until(lambda: _has_come(team))
    await team.clicks("bo", "Approve")
    await team.passes("PT60S")

    assert await team.state() == "Succeeded"
    assert len(await answers(team)) == 1


async def _has_come(team: Workspace) -> bool:
    await team.passes("PT1S")
    return NOT_COME not in await team.card()


async def test_an_admin_who_passes_the_rule_by_is_flagged(team: Workspace) -> None:
    run = await at_the_gate(team)
    place = outside.repo(team.world)
    place.admins = ("ana-acme",)
    await team.post("/github/approve_gate", **{"run": run["id"], "as": "ana"})
    await team.passes("PT90S")

    assert "Four eyes broken: approved at GitHub by ana-acme, who asked for it" in (
        await team.card()
    )
    assert any("four eyes broken" in text for text in await team.channel())
    assert await answers(team) == []


async def test_a_run_that_expired_is_cancelled(tmp_path: Path) -> None:
    rules = {"approval": {"expires": "PT10M"}}
    async with workspace(tmp_path, seed="ruled", rules=rules) as team:
        await at_the_gate(team)
        await team.passes("PT11M")

        assert await team.state() == "Expired: not approved in time"
        assert (await team.runs_of("v1.2.1"))[-1]["conclusion"] == "cancelled"


async def test_who_lost_the_role_lets_nothing_pass(tmp_path: Path) -> None:
    async with workspace(tmp_path, seed="ruled", rules=BY_GROUP) as team:
        await at_the_gate(team)
        outside.regroup(team.world, "dee")
        await team.clicks("bo", "Approve")
        await team.passes("PT10S")

        assert "Your approval does not count" in (await team.letters("bo"))[-1]
        assert await answers(team) == []
        assert await team.state() == "Waiting for approval"


async def test_a_lost_answer_is_looked_for_first(team: Workspace) -> None:
    await at_the_gate(team)
    await team.fault(
        "github", "status_after_apply:502", path="deployment_protection_rule", method="POST"
    )
    await team.clicks("bo", "Approve")
    await team.passes("PT90S")

    assert await team.state() == "Succeeded"
    assert len(await answers(team)) == 1


async def test_what_was_asked_by_webhook_outlives_the_bot(team: Workspace) -> None:
    await at_the_gate(team)
    await team.reopen()
    await team.passes("PT70S")
    assert NOT_COME not in await team.card()
    await team.clicks("bo", "Approve")
    await team.passes("PT60S")
    assert await team.state() == "Succeeded"


async def test_without_the_apps_rule_no_run_is_begun(team: Workspace) -> None:
    outside.repo(team.world).environments["production"].rules = ()
    outside.name_anew(team.world, "Production")
    await team.types("ana", "/deploy v1.2.1")
    await team.passes("PT3S")

    assert "has no deployment protection rule of gonogo[bot]" in (await team.told("ana"))[-1]
    assert await team.dispatches() == []


async def test_a_gate_that_times_out_is_no_silent_end(team: Workspace) -> None:
    run = await at_the_gate(team)
    outside.gate_times_out(team.world, run["id"])
    await team.passes("PT70S")

    assert await team.state() == "Failed"
    assert "while it waited at GitHub's gate: the gate timed out" in await team.card()
    assert await answers(team) == []


async def rejects(team: Workspace, run: dict[str, Any], comment: str) -> None:
    """Dee, whom GitHub asks beside the App, says no in the browser."""
    said = {"run": run["id"], "as": "dee", "reject": True, "comment": comment}
    await team.post("/github/approve_gate", **said)
    await team.passes("PT70S")


@pytest.mark.parametrize("comment", ["not today", ""])
async def test_another_reviewers_rejection_in_the_browser_ends_it(
    team: Workspace, comment: str
) -> None:
    outside.repo(team.world).environments["production"].reviewers = ("dee-acme",)
    run = await at_the_gate(team)
    await rejects(team, run, comment)

    assert await team.state() == "Rejected"
    card = await team.card()
    assert "rejected by @dee" in card
    assert comment in card
    assert (await team.messages())[0]["buttons"] == []
    ending = f": {comment}" if comment else ""
    assert f"was rejected at GitHub by @dee{ending}" in (await team.letters("ana"))[-1]
    assert await answers(team) == []
    ended = (await team.runs_of("v1.2.1"))[-1]
    assert (ended["id"], ended["conclusion"], ended["deployed"]) == (run["id"], "failure", False)


async def test_what_slack_approved_is_still_rejected_by_a_reviewer_beside_the_rule(
    team: Workspace,
) -> None:
    outside.repo(team.world).environments["production"].reviewers = ("dee-acme",)
    run = await at_the_gate(team)
    await team.clicks("bo", "Approve")
    await team.passes("PT45S")

    assert [answer["state"] for answer in await answers(team)] == ["approved"]
    passed_on = "The approval was passed on, and GitHub waits for somebody else's, too: look there"
    assert passed_on in await team.card()
    await rejects(team, run, "not today")
    assert await team.state() == "Rejected"
    card = await team.card()
    assert "not today" in card
    assert "rejected by @dee" in card
    assert "Four eyes" not in card
    assert "was rejected at GitHub by @dee: not today" in (await team.letters("ana"))[-1]
    assert (await team.runs_of("v1.2.1"))[-1]["deployed"] is False
    assert len(await answers(team)) == 1


async def test_one_approval_answers_the_rule_of_every_environment(tmp_path: Path) -> None:
    both = {"approval": {"environments": ["checks", "production"]}}
    rules = {"services": {"app": {"environments": {"production": both}}}}
    begin = partial(outside.give_gate, job="verify", environment="checks")
    async with workspace(tmp_path, seed="ruled", rules=rules, begin=begin) as team:
        await at_the_gate(team)
        await team.clicks("bo", "Approve")
        await team.passes("PT90S")

        assert await team.state() == "Succeeded"
        asked = [(one["environment_name"], one["state"]) for one in await answers(team)]
        assert asked == [("checks", "approved"), ("production", "approved")]
        assert [row.action for row in await team.trail("D2")].count("approved") == 1
