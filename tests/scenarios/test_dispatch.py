"""Dispatch: whatever becomes of the one POST, one run deploys, and it is found or asked about."""

from pathlib import Path

import pytest

from tests.scenarios import outside
from tests.scenarios.workspace import Workspace, workspace

APPLIED = ["status_after_apply:502", "reset_after_apply", "bad_json"]
NOT_APPLIED = ["status:502", "reset_before"]


async def test_a_run_that_is_listed_late_is_adopted_and_never_called_failed(
    team: Workspace,
) -> None:
    await team.fault("github", "no_run_id")
    await team.fault("github", "list_lag:95")
    await team.asks_and_approves()
    await team.passes("PT1M")
    assert await team.state() == "Sent, waiting for GitHub to show the run"
    assert "app production is taken by D2" in await team.types("bo", "/deploy v1.2.1")
    await team.passes("PT2M")

    assert await team.state() == "Succeeded"
    assert not any("ailed" in step for step in await team.steps())
    [run], [sent] = await team.runs_of("v1.2.1"), await team.dispatches()
    assert run["created_at"][:19] == sent["at"][:19]


@pytest.mark.parametrize("kind", APPLIED)
async def test_an_answer_lost_after_github_acted_leads_to_the_one_run(
    team: Workspace, kind: str
) -> None:
    await team.fault("github", kind, path="/dispatches")
    await team.asks_and_approves()
    await team.passes("PT1M")

    assert await team.state() == "Succeeded"
    assert (len(await team.runs_of("v1.2.1")), len(await team.dispatches())) == (1, 1)


async def test_an_answer_that_takes_longer_than_we_wait_leads_to_the_one_run(
    team: Workspace,
) -> None:
    await team.fault("github", "slow:16", path="/dispatches")
    await team.asks()
    await team.clicks("bo", "Approve")
    await team.until(lambda: team.shows("Running"), "PT1S")
    await team.passes("PT1M")

    assert await team.state() == "Succeeded"
    assert (len(await team.runs_of("v1.2.1")), len(await team.dispatches())) == (1, 1)


@pytest.mark.parametrize("kind", NOT_APPLIED)
async def test_a_dispatch_that_was_lost_is_sent_once_more_after_the_settle_time(
    team: Workspace, kind: str
) -> None:
    await team.fault("github", kind, path="/dispatches")
    await team.asks_and_approves()
    await team.passes("PT2M")
    assert await team.state() == "Sent, waiting for GitHub to show the run"
    assert len(await team.dispatches()) == 1
    await team.passes("PT2M")

    assert await team.state() == "Succeeded"
    first, second = await team.dispatches()
    assert first["body"]["inputs"] == second["body"]["inputs"]
    assert len(await team.runs_of("v1.2.1")) == 1


async def test_the_second_dispatch_is_the_last_that_nobody_asked_for(team: Workspace) -> None:
    await team.fault("github", "status:502", path="/dispatches", count=2)
    await team.asks_and_approves()
    await team.passes("PT20M")

    assert await team.state() == "Needs attention: a person has to decide"
    called = (await team.channel())[-1]
    assert "needs a person" in called and "GitHub shows no run of it" in called
    assert "@ana @bo Decide on the card of D2." in called
    assert len(await team.dispatches()) == 2
    await team.clicks("bo", "Send Again")
    await team.passes("PT1M")
    assert await team.state() == "Succeeded"


async def test_without_the_guard_a_person_decides_about_a_second_dispatch(tmp_path: Path) -> None:
    async with workspace(tmp_path, seed="bare") as team:
        await team.fault("github", "status:502", path="/dispatches")
        await team.asks_and_approves()
        await team.passes("PT10M")
        assert await team.state() == "Needs attention: a person has to decide"
        assert len(await team.dispatches()) == 1
        await team.clicks("ana", "Send Again")
        await team.passes("PT1M")

        assert await team.state() == "Succeeded"
        assert len(await team.dispatches()) == 2


async def test_a_run_that_turns_up_after_all_is_adopted_while_it_needs_attention(
    team: Workspace,
) -> None:
    await team.fault("github", "no_run_id")
    await team.fault("github", "list_lag:900")
    await team.asks_and_approves()
    await team.passes("PT12M")
    assert await team.state() == "Needs attention: a person has to decide"
    await team.passes("PT5M")

    assert await team.state() == "Succeeded"
    assert len(await team.dispatches()) == 1


async def test_of_two_runs_that_could_be_it_none_is_taken(tmp_path: Path) -> None:
    async with workspace(tmp_path, seed="bare") as team:
        await team.fault("github", "status_after_apply:502", path="/dispatches")
        await team.fault("github", "list_lag:30", count=2)
        await team.asks_and_approves()
        await team.passes("PT1S")
        outside.start_run(team.world, "v1.2.1", by="gonogo-bot")
        await team.passes("PT2M")

        assert "Several runs could be this one (11400000078, 11400000085)" in await team.card()
        assert "Several runs could be this one" in (await team.channel())[-1]
        await team.clicks("bo", "It Is Run 11400000078")
        await team.passes("PT1M")
        assert await team.state() == "Succeeded"


async def test_what_may_have_started_is_never_called_off_by_a_machine(team: Workspace) -> None:
    await team.fault("github", "status_after_apply:502", path="/dispatches")
    await team.fault("github", "list_lag:600")
    await team.asks_and_approves()
    await team.passes("PT1M")
    await team.fault("github", "status:429:retry_after=120", path="/dispatches")
    await team.passes("PT3M")
    assert await team.state() == "Sent, waiting for GitHub to show the run"
    await team.post("/github/tag", name="v1.2.1", sha="d4" * 20)
    await team.passes("PT3M")
    assert await team.state() == "Needs attention: a person has to decide"
    assert "It was not sent again: v1.2.1 moved" in await team.card()
    await team.passes("PT10M")

    assert await team.state() == "Succeeded"
    assert len(await team.runs_of("v1.2.1")) == 1


async def test_the_first_of_two_runs_is_followed_and_not_its_idle_twin(team: Workspace) -> None:
    await team.fault("github", "status_after_apply:502", path="/dispatches")
    await team.fault("github", "list_lag:240")
    await team.asks_and_approves()
    await team.passes("PT10M")

    assert await team.state() == "Succeeded"
    deployed = [run["deployed"] for run in await team.runs_of("v1.2.1")]
    assert sorted(deployed) == [False, True]


async def test_a_guard_whose_word_no_job_asks_for_lets_no_machine_send_twice(
    team: Workspace,
) -> None:
    outside.edit_workflow(team.world, "    if: needs.guard.outputs.first == 'true'\n", "")
    await team.fault("github", "status_after_apply:502", path="/dispatches")
    await team.fault("github", "list_lag:240")
    await team.asks_and_approves()
    await team.passes("PT3M30S")
    assert await team.state() == "Needs attention: a person has to decide"
    await team.passes("PT5M")

    assert await team.state() == "Succeeded"
    assert (len(await team.runs_of("v1.2.1")), len(await team.dispatches())) == (1, 1)


async def two_runs(team: Workspace) -> tuple[int, int]:
    """Two runs of one request, listed at the same time; GitHub stops none for now."""
    await team.post("/github/preset", workflow="release.yml", script="manual")
    await team.fault("github", "status_after_apply:502", path="/dispatches")
    await team.fault("github", "list_lag:10", count=2)
    await team.asks_and_approves()
    await team.passes("PT1S")
    [sent] = await team.dispatches()
    request = sent["body"]["inputs"]["request_id"]
    twin = outside.start_run(team.world, "v1.2.1", by="gonogo-bot", request_id=request)
    [first, _] = await team.runs_of("v1.2.1")
    await team.fault("github", "status:403", path="/cancel", count=99)
    await team.passes("PT20S")
    return first["id"], twin


async def test_a_second_run_that_github_does_not_stop_holds_nothing_up(team: Workspace) -> None:
    first, twin = await two_runs(team)
    assert await team.state() == "Running"
    card = await team.card()
    assert f"Run {twin} is a second run of this request and does not stop: 403 " in card
    assert f"Run {first} queued" in card
    await team.mends()
    await team.passes("PT30S")
    assert "second run" not in await team.card()
    await team.post(f"/github/runs/{first}/advance", to="success")
    await team.passes("PT20S")

    assert await team.state() == "Succeeded"
    assert [line for line in await team.thread() if "second run" in line] == [
        f"Run {twin} is a second run of D2. GitHub is asked to stop it.",
        f"Run {twin}, a second run of D2, has ended (cancelled).",
    ]


async def test_of_a_second_run_that_outlives_its_deployment_somebody_is_told(
    team: Workspace,
) -> None:
    first, twin = await two_runs(team)
    await team.post(f"/github/runs/{first}/advance", to="success")
    await team.passes("PT20S")

    assert await team.state() == "Succeeded"
    assert (
        f"@ana Run {twin}, a second run of D2, still goes on and may deploy v1.2.1 once more. "
        "I no longer look at it: stop it at GitHub."
    ) in await team.thread()


async def test_what_github_declines_is_over_and_says_why(team: Workspace) -> None:
    await team.asks()
    await team.fault("github", "status:422", path="/dispatches")
    await team.clicks("bo", "Approve")
    await team.passes("PT10S")

    card, alert = await team.channel()
    assert "Failed\nGitHub refused to start the run: 422" in card
    assert "app v1.2.1 → production: failed" in alert
    assert "@ana @bo" in alert
    assert len(await team.dispatches()) == 1


async def test_a_rate_limit_is_waited_for_and_then_it_is_sent_once(team: Workspace) -> None:
    await team.asks()
    await team.fault("github", "status:429:retry_after=90", path="/dispatches")
    await team.clicks("bo", "Approve")
    await team.passes("PT30S")
    assert await team.shows("Waiting for GitHub (rate limit (429))")
    await team.passes("PT3M")

    assert await team.state() == "Succeeded"
    assert len(await team.runs_of("v1.2.1")) == 1


async def test_a_failed_run_is_said_loudly_and_names_who_has_to_look(team: Workspace) -> None:
    await team.post("/github/preset", workflow="release.yml", script="auto_failure")
    await team.asks_and_approves()
    await team.passes("PT45S")

    card, alert = await team.channel()
    assert "Failed\nThe run ended with failure in deploy" in card
    assert alert.splitlines() == [
        "app v1.2.1 → production: failed",
        "The run ended with failure in deploy",
        "@ana @bo Production may be half-way: check what is live before the next deployment.",
        "Run 11400000078",
    ]


async def test_a_run_superseded_before_any_job_began_is_no_failed_deployment_of_ours(
    team: Workspace,
) -> None:
    await team.post("/github/preset", workflow="release.yml", script="manual")
    await team.asks_and_approves()
    await team.passes("PT5S")
    await team.ends_run("cancelled")
    await team.passes("PT5S")

    assert "cancelled before any job started (superseded by another run)" in await team.card()


async def test_a_run_whose_deploying_job_was_skipped_did_not_deploy(team: Workspace) -> None:
    await team.asks_and_approves()
    await team.passes("PT2S")
    outside.skip(team.world, (await team.runs_of("v1.2.1"))[-1]["id"], "deploy")
    await team.passes("PT45S")

    assert "its job deploy was skipped: nothing was deployed" in await team.card()
    assert len(await team.channel()) == 2


async def test_a_deleted_run_needs_a_person(team: Workspace) -> None:
    await team.asks_and_approves()
    await team.passes("PT8S")
    outside.delete_run(team.world, (await team.runs_of("v1.2.1"))[-1]["id"])
    await team.passes("PT10S")

    card = await team.card()
    assert "Run 11400000078 is no longer to be seen at GitHub" in card
    await team.clicks("bo", "Close as Failed")
    await team.passes("PT5S")
    assert await team.state() == "Failed"
    assert "Checking app v1.2.1" in await team.types("ana", "/deploy v1.2.1")
