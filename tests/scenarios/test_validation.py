"""Validation: between the end of the run and the word success, production is looked at."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.scenarios import outside
from tests.scenarios.workspace import Json, Workspace, workspace


def production(**settings: object) -> Json:
    """Rules that change these settings of production."""
    return {"services": {"app": {"environments": {"production": settings}}}}


SHORT = production(deadline="PT1M")
BROKEN = [
    ({"status": "bad"}, "HTTP 500"),
    ({"status": "down"}, ""),
    ({"status": "ok", "version": "v1.2.0"}, "answers as v1.2.0, expected v1.2.1"),
]


@pytest.fixture
async def team(tmp_path: Path) -> AsyncIterator[Workspace]:
    """The seed's team, which gives production a minute to get well."""
    async with workspace(tmp_path, rules=SHORT) as opened:
        yield opened


async def degraded(team: Workspace, **health: str) -> None:
    """Ana's v1.2.1 runs through, and production does not get well."""
    await team.asks_and_approves()
    await team.passes("PT20S")
    await team.post("/health", environment="production", **(health or {"status": "bad"}))
    await team.passes("PT75S")


@pytest.mark.parametrize(("health", "read"), BROKEN)
async def test_production_that_does_not_get_well_is_said_loudly(
    team: Workspace, health: dict[str, str], read: str
) -> None:
    await degraded(team, **health)

    card, alert = await team.channel()

    assert card.splitlines()[1] == "Degraded: validation failed, a person has to decide"
    assert f"not healthy within 1 min: {read}" in card
    point, why, who, _ = alert.splitlines()
    assert point == ("app v1.2.1 → production: validation failed, production is not proven healthy")
    assert read in why
    assert who.startswith("@ana @bo Decide on the card")


async def test_the_way_out_is_offered_and_the_slot_stays_taken(team: Workspace) -> None:
    await degraded(team)

    card = (await team.messages())[0]
    assert card["buttons"] == ["Mark Good", "Roll Back", "Close as Failed"]
    assert "app production is taken by D2" in await team.types("ana", "/deploy v1.2.1")


async def test_marked_good_by_a_person_it_succeeds_and_says_what_was_read(
    team: Workspace,
) -> None:
    await degraded(team)
    await team.clicks("dee", "Mark Good")
    await team.passes("PT5S")

    card, _, success = await team.channel()
    assert "Succeeded\nnot healthy within 1 min: HTTP 500" in card
    assert "marked good by @dee" in card
    assert success.splitlines()[:3] == [
        "✅ v1.2.1 deployed to production successfully",
        "Marked good by @dee; validation had failed: not healthy within 1 min: HTTP 500",
        "Changes:",
    ]
    assert "- Health checks: HTTP 500" in success
    assert "- Smoke tests passed" in success


async def test_the_requester_alone_marks_nothing_good(team: Workspace) -> None:
    await degraded(team)
    await team.clicks("ana", "Mark Good")
    await team.passes("PT2S")

    assert "Only people with the role approver may mark" in (await team.told("ana"))[-1]
    assert (await team.state()).startswith("Degraded")


async def test_closed_as_failed_it_frees_the_slot(team: Workspace) -> None:
    await degraded(team)
    await team.clicks("bo", "Close as Failed")
    await team.passes("PT5S")

    assert await team.state() == "Failed"
    assert "closed as failed by @bo" in await team.card()
    assert "Checking app v1.2.1" in await team.types("ana", "/deploy v1.2.1")


async def test_who_has_no_role_decides_nothing(team: Workspace) -> None:
    await degraded(team)
    await team.clicks("cy", "Mark Good")
    await team.passes("PT2S")

    assert "Only people with the role" in (await team.told("cy"))[-1]
    assert (await team.state()).startswith("Degraded")


async def test_two_people_who_decide_at_once_are_told_apart(team: Workspace) -> None:
    await degraded(team)
    card = await team.message_with("Mark Good")
    await team.clicks("dee", "Mark Good", ts=card, stale=True)
    await team.clicks("bo", "Close as Failed", ts=card, stale=True)
    await team.passes("PT5S")

    assert await team.state() == "Succeeded"
    assert (await team.told("bo"))[-1] == "Nothing was done: D2 is Succeeded now."


async def test_production_that_gets_well_in_time_succeeds(team: Workspace) -> None:
    await team.asks_and_approves()
    await team.passes("PT20S")
    await team.post("/health", environment="production", status="bad")
    await team.passes("PT30S")
    assert await team.shows("Health: HTTP 500")
    await team.post("/health", environment="production", status="ok")
    await team.passes("PT10S")

    assert await team.state() == "Succeeded"


async def test_a_smoke_test_that_failed_is_no_success(team: Workspace) -> None:
    await team.asks_and_approves()
    await team.passes("PT8S")
    await team.ends_run("failure", "smoke")
    await team.passes("PT10S")

    assert await team.shows("Failed\nThe run ended with failure in smoke")
    assert len(await team.channel()) == 2


async def test_a_skipped_smoke_test_is_no_success(team: Workspace) -> None:
    await team.asks_and_approves()
    await team.passes("PT2S")
    outside.skip(team.world, (await team.runs_of("v1.2.1"))[-1]["id"], "smoke")
    await team.passes("PT10S")

    assert "Degraded" in await team.state()
    assert (await team.channel())[1].splitlines()[1] == "smoke was skipped"


async def test_a_step_may_be_the_smoke_test(tmp_path: Path) -> None:
    async with workspace(tmp_path, rules=production(smoke="Smoke tests")) as team:
        await team.asks_and_approves()
        await team.passes("PT45S")

        assert "- Smoke tests passed" in (await team.channel())[1]


async def test_a_smoke_test_that_is_not_in_the_run_is_not_called_passed(tmp_path: Path) -> None:
    async with workspace(tmp_path, rules=production(smoke="Smoke checks", bake="PT1M")) as team:
        await team.asks_and_approves()
        await team.passes("PT45S")
        assert await team.shows("Smoke: no job or step Smoke checks in the run")
        await team.passes("PT1M")

        told = "- Smoke tests: no job or step Smoke checks in the run"
        assert told in (await team.channel())[1]


async def test_nobody_fails_for_the_time_in_which_the_bot_was_down(team: Workspace) -> None:
    await team.asks_and_approves()
    await team.passes("PT15S")
    await team.post("/health", environment="production", status="bad")
    await team.passes("PT20S")
    await team.post("/health", environment="production", status="ok")
    await team.sleeps("PT10M")
    await team.passes("PT10S")

    assert await team.state() == "Succeeded"


async def test_an_environment_that_is_no_longer_configured_is_not_called_good(
    tmp_path: Path,
) -> None:
    async with workspace(tmp_path, rules=production(bake="PT15M")) as team:
        await team.asks_and_approves()
        await team.passes("PT1M")
        team.rules = {"services": {"app": {"environments": {"production": None}}}}
        await team.reopen()
        await team.passes("PT20S")

        assert await team.shows("app production is no longer in gonogo.yaml")
        assert "person has to decide" in await team.state()


async def test_a_version_is_told_without_its_v(team: Workspace) -> None:
    await team.post("/health", environment="production", status="ok", version="1.2.1")
    await team.asks_and_approves()
    await team.passes("PT45S")

    assert await team.state() == "Succeeded"


async def test_success_waits_for_the_end_of_the_bake(tmp_path: Path) -> None:
    async with workspace(tmp_path, seed="bake") as team:
        await team.asks_and_approves()
        await team.passes("PT5M")
        assert await team.state() == "Validating"
        assert await team.shows("Watching since 10:00 UTC")
        await team.passes("PT10M")
        assert len(await team.channel()) == 1
        await team.passes("PT1M")

        assert await team.state() == "Succeeded"
        assert (await team.channel())[1].startswith("✅ v1.2.1 deployed")


async def test_health_that_is_lost_during_the_bake_is_said_loudly(tmp_path: Path) -> None:
    async with workspace(tmp_path, seed="bake") as team:
        await team.asks_and_approves()
        await team.passes("PT5M")
        await team.post("/health", environment="production", status="bad")
        await team.passes("PT1M")

        assert await team.shows("health was lost during the watch: HTTP 500")
        assert "@ana @bo" in (await team.channel())[1]


async def test_one_bad_answer_during_the_bake_is_forgiven(tmp_path: Path) -> None:
    async with workspace(tmp_path, seed="bake") as team:
        await team.asks_and_approves()
        await team.passes("PT5M")
        await team.fault("health", "status:500", count=1)
        await team.passes("PT11M")

        assert await team.state() == "Succeeded"


async def test_slow_answers_are_told_as_they_were_measured(team: Workspace) -> None:
    await team.asks_and_approves()
    await team.fault("health", "slow:0.6", count=100)
    await team.passes("PT45S")

    success = (await team.channel())[1]
    assert "- Health checks passing" in success
    assert "- Response times: 6" in success
    assert " ms (baseline " in success
    assert "- Performance: ✅" not in success
