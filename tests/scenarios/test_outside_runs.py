"""Runs that somebody starts, runs again, cancels or approves outside Slack."""

from pathlib import Path

import pytest

from sandbox.world import World
from tests.scenarios import outside
from tests.scenarios.starting_outside import starts, status
from tests.scenarios.workspace import Json, Workspace, workspace

STRANGER: Json = {"people": {"cy": None}}


async def test_carl_deploys_by_gh_and_later_runs_an_old_release_again(tmp_path: Path) -> None:
    """A15."""
    async with workspace(tmp_path, rules=STRANGER) as team:
        await team.post("/github/preset", workflow="release.yml", script="gate_then_success")
        run = await starts(team, "cy", "v1.3.0")
        await team.passes("PT30S")

        card = await team.card()
        assert card.splitlines()[:2] == ["app v1.3.0 → production", "Running"]
        assert f"Run {run} waiting" in card
        assert "D2 · started outside Slack by cy-acme 2024-03-26 10:00 UTC" in card
        assert "(commit not verifiable: the run does not compare it)" in card
        refusal = await team.types("ana", "/deploy v1.2.1")
        assert (
            "app production is taken by D2 (v1.3.0, Running), started outside Slack by" in refusal
        )
        assert "cy-acme" in refusal

        await team.post("/github/approve_gate", run=run, **{"as": "bo"})
        await team.passes("PT1M")
        card, success = await team.channel()
        assert card.splitlines()[1] == "Succeeded"
        assert success.startswith(
            "✅ v1.3.0 deployed to production successfully\nChanges:\n- Add fe"
        )
        assert "app production: v1.3.0 (D2) since 2024-03-26" in await status(team)

        await team.post("/github/preset", workflow="release.yml", script="auto_success")
        old = (await team.runs_of("v1.1.0"))[0]["id"]
        await team.post("/github/rerun", run=old, **{"as": "cy"})
        await team.passes("PT5S")
        alert, card = (await team.channel())[2:]
        if "Running" in alert:
            alert, card = card, alert
        assert alert.splitlines()[0] == (
            "OLDER than live v1.3.0: app v1.1.0 → production, started outside Slack by cy-acme"
        )
        assert "\nOLDER than live v1.3.0\n" in card
        await team.passes("PT1M")
        assert "app production: v1.1.0 (D3) since 2024-03-26" in await status(team)

        history = await team.types("ana", "/deployments history production")
        assert [line.split(" · ")[:2] for line in history.splitlines()[1:3]] == [
            ["D3 app v1.1.0 → production", "succeeded"],
            ["D2 app v1.3.0 → production", "succeeded"],
        ]


async def test_who_uses_a_request_of_the_bot_again_is_seen_all_the_same(team: Workspace) -> None:
    await team.asks_and_approves()
    await team.passes("PT1M")
    [sent] = await team.dispatches()
    request = sent["body"]["inputs"]["request_id"]
    outside.start_run(team.world, "v1.3.0", by="cy-acme", request_id=request)
    await team.passes("PT30S")

    told = await team.channel()
    [card] = [text for text in told if text.startswith("app v1.3.0 → production\n")]
    assert "started outside Slack by @cy" in card


async def test_who_is_known_in_slack_is_named_as_there(team: Workspace) -> None:
    await starts(team, "bo")
    await team.passes("PT5S")
    assert "started outside Slack by @bo" in await team.card()


@pytest.mark.parametrize("kind", ["webhooks:drop", "webhooks:duplicate", "webhooks:shuffle"])
async def test_a_run_outside_is_one_card_whatever_becomes_of_the_webhooks(
    team: Workspace, kind: str
) -> None:
    await team.fault("github", kind, count=1000)
    await starts(team, "cy")
    await team.passes("PT35S")
    await team.passes("PT35S")
    await team.passes("PT35S")

    assert [text.splitlines()[0] for text in await team.channel()] == [
        "app v1.2.1 → production",
        "✅ v1.2.1 deployed to production successfully",
    ]


async def test_a_run_cancelled_in_the_browser_is_not_called_live(team: Workspace) -> None:
    await team.post("/github/preset", workflow="release.yml", script="manual")
    await starts(team, "cy")
    await team.passes("PT5S")
    await team.ends_run("cancelled")
    await team.passes("PT10S")

    card, alert = await team.channel()
    assert card.splitlines()[1] == "Failed"
    assert "cancelled" in alert
    assert "app production: v1.2.0 (D1)" in await status(team)


async def test_it_may_be_stopped_from_its_card(team: Workspace) -> None:
    await team.post("/github/preset", workflow="release.yml", script="manual")
    await starts(team, "cy")
    await team.passes("PT5S")
    await team.clicks("ana", "Cancel")
    await team.passes("PT5S")
    assert "D2 was started outside Slack by @cy; only they, an" in (await team.told("ana"))[-1]
    await team.clicks("bo", "Cancel")
    await team.passes("PT20S")
    assert await team.state() == "Cancelled"


async def test_a_version_that_no_title_tells_is_learned_from_production(tmp_path: Path) -> None:
    async with workspace(tmp_path, seed="bare") as team:
        await starts(team, "cy")
        await team.passes("PT5S")
        assert (await team.card()).splitlines()[0] == "app version not known → production"
        assert "D2: version not known running" in await status(team)
        await team.passes("PT1M")

        assert (await team.channel())[1].startswith("✅ v1.2.1 deployed to production")
        assert "app production: v1.2.1 (D2)" in await status(team)


async def test_an_outside_run_under_way_survives_restarts(team: Workspace) -> None:
    await starts(team, "cy")
    for _ in range(6):
        await team.passes("PT6S")
        await team.reopen()
    await team.passes("PT10S")

    assert [text.splitlines()[0] for text in await team.channel()] == [
        "app v1.2.1 → production",
        "✅ v1.2.1 deployed to production successfully",
    ]


async def test_what_was_started_and_ended_while_the_bot_was_down_is_told(team: Workspace) -> None:
    await team.close()
    await starts(team, "cy", "v1.2.1")
    await team.post("/clock", advance="PT1M")
    await starts(team, "cy", "v1.3.0")
    await team.post("/clock", advance="PT1H")
    await team.open()
    await team.passes("PT40S")
    await team.passes("PT40S")

    assert [text.splitlines()[0] for text in await team.channel()] == [
        "app v1.3.0 → production",
        "✅ v1.3.0 deployed to production successfully",
    ]
    history = await team.types("ana", "/deployments history production")
    assert "app v1.2.1 → production · succeeded · started outside Slack by @cy" in history
    assert "app production: v1.3.0" in await status(team)


async def test_a_failed_run_outside_is_told_at_the_top(team: Workspace) -> None:
    await team.post("/github/preset", workflow="release.yml", script="auto_failure")
    await starts(team, "cy")
    await team.passes("PT1M")
    await team.passes("PT10S")

    card, alert = await team.channel()
    assert card.splitlines()[1] == "Failed"
    assert "Production may be half-way" in alert
    assert "app production: v1.2.0 (D1)" in await status(team)


async def test_our_own_run_that_somebody_runs_again_is_a_deployment_of_its_own(
    team: Workspace,
) -> None:
    await team.asks_and_approves()
    await team.passes("PT45S")
    [run] = await team.runs_of("v1.2.1")
    await team.post("/github/rerun", run=run["id"], **{"as": "cy"})
    await team.passes("PT1M")
    await team.passes("PT1M")

    firsts = [text.splitlines()[0] for text in await team.channel()]
    assert firsts[2:] == [
        "app v1.2.1 → production",
        "✅ v1.2.1 deployed to production successfully",
    ]
    assert "started outside Slack by @cy" in (await team.channel())[2]


async def test_pull_requests_and_what_is_older_than_the_bot_are_nobodys_deployments(
    team: Workspace,
) -> None:
    await team.passes("PT2M")
    assert await team.channel() == []
    assert len((await team.types("ana", "/deployments history")).splitlines()) == 2


SHOP: Json = {"repo": "acme/app", "environments": {"production": {"bake": "PT0S"}}}
SHARED: Json = {"services": {"shop": SHOP}}


async def test_what_a_run_of_a_shared_workflow_deploys_is_not_guessed(tmp_path: Path) -> None:
    async with workspace(tmp_path, rules=SHARED) as team:
        run = await starts(team, "cy")
        await team.passes("PT40S")

        [alert] = await team.channel()
        assert alert.splitlines()[0] == (
            "cy-acme started a run outside Slack, and I cannot tell what it deploys"
        )
        assert f"Run {run}" in alert
        assert "app production, shop production" in alert


async def test_the_title_tells_which_service_of_a_shared_workflow_it_is(tmp_path: Path) -> None:
    def rename(world: World) -> None:
        old = 'run-name: "Release ${{ inputs.version }}'
        outside.edit_workflow(world, old, 'run-name: "Release shop ${{ inputs.version }}')

    async with workspace(tmp_path, rules=SHARED, begin=rename) as team:
        await starts(team, "cy")
        await team.passes("PT40S")

        assert (await team.card()).splitlines()[0] == "shop v1.2.1 → production"


async def test_a_rollback_by_gh_is_one_in_the_history_too(team: Workspace) -> None:
    await team.asks_and_approves()
    await team.passes("PT45S")
    inputs = {"version": "v1.2.0"}
    await team.post("/github/start_run", workflow="rollback.yml", inputs=inputs, **{"as": "cy"})
    await team.passes("PT1M")
    await team.passes("PT40S")

    texts = [text.splitlines()[0] for text in (await team.channel())[2:]]
    assert "OLDER than live v1.2.1: app v1.2.0 back → production, started outside" in texts[0]
    assert "⚠️ Production rollback executed" in texts
    assert "app production: v1.2.0 (D3) since" in await status(team)
