"""Runs from outside beside what is going on: one slot, one card each, nothing sent in between."""

from tests.scenarios.starting_outside import starts, status
from tests.scenarios.workspace import Workspace


async def test_what_only_waits_gives_way_to_what_already_happens(team: Workspace) -> None:
    await team.asks()
    run = await starts(team, "cy", "v1.3.0")
    await team.passes("PT5S")

    card, other = await team.channel()
    assert card.splitlines()[1:3] == [
        "Cancelled",
        f"cy-acme started v1.3.0 outside Slack (run {run}), so what was checked no longer holds. "
        "Nothing was deployed.",
    ]
    assert other.splitlines()[0] == "app v1.3.0 → production"
    assert "Ask again when that run has ended." in (await team.letters("ana"))[-1]
    await team.passes("PT1M")
    assert len(await team.dispatches()) == 0


async def test_nothing_is_sent_into_a_run_that_the_poll_has_not_found_yet(team: Workspace) -> None:
    await team.fault("github", "webhooks:drop", count=1000)
    await team.asks()
    run = await starts(team, "cy", "v1.3.0")
    await team.clicks("bo", "Approve")
    await team.passes("PT10S")

    assert await team.dispatches() == []
    assert (await team.channel())[0].splitlines()[1] == "Cancelled"
    assert f"Run {run}" in (await team.channel())[1]


async def test_two_live_operations_are_told_loudly_and_only_one_is_followed(
    team: Workspace,
) -> None:
    await team.post("/github/preset", workflow="release.yml", script="manual")
    await team.asks_and_approves()
    await team.passes("PT5S")
    run = await starts(team, "cy", "v1.3.0")
    await team.passes("PT40S")
    await team.passes("PT40S")

    _, alert = await team.channel()
    assert alert.splitlines()[0] == (
        "Two at once in app production: D2 and a run that cy-acme started outside Slack"
    )
    assert "Only D2 is followed" in alert
    assert "D2: v1.2.1 running" in await status(team)
    assert "D3" not in await status(team)

    ours = (await team.runs_of("v1.2.1"))[-1]["id"]
    await team.post(f"/github/runs/{ours}/advance", to="success")
    await team.passes("PT1M")
    await team.post(f"/github/runs/{run}/advance", to="success")
    await team.passes("PT1M")
    await team.passes("PT30S")
    assert "app production: v1.3.0 (D3) since" in await status(team)
    firsts = [text.splitlines()[0] for text in await team.channel()]
    assert firsts[2:] == [
        "✅ v1.2.1 deployed to production successfully",
        "app v1.3.0 → production",
        "✅ v1.3.0 deployed to production successfully",
    ]


async def test_a_run_that_ended_while_another_was_followed_is_kept_for_the_history(
    team: Workspace,
) -> None:
    await team.post("/github/preset", workflow="release.yml", script="manual")
    await team.asks_and_approves()
    await team.passes("PT5S")
    run = await starts(team, "cy", "v1.3.0")
    await team.post(f"/github/runs/{run}/advance", to="success")
    await team.passes("PT40S")
    ours = (await team.runs_of("v1.2.1"))[-1]["id"]
    await team.post(f"/github/runs/{ours}/advance", to="success")
    await team.passes("PT1M")
    await team.passes("PT1M")

    assert "app production: v1.2.1 (D2) since" in await status(team)
    shown = await team.types("ana", "/deployments show D3")
    assert "Something later was live before I looked, so it was not validated." in shown
    assert len(await team.channel()) == 3  # card, conflict, success


async def test_nothing_outside_holds_up_or_displaces_a_rollback(team: Workspace) -> None:
    await team.asks_and_approves()
    await team.passes("PT45S")
    await team.post("/github/preset", workflow="release.yml", script="manual")
    await team.fault("github", "webhooks:drop", count=1000)
    await starts(team, "cy", "v1.3.0")
    await team.types("bo", "/rollback to v1.2.0 because it is slow")
    await team.clicks_own("bo", "Roll Back to")
    await team.passes("PT5S")
    [sent] = [row for row in await team.dispatches() if "rollback.yml" in row["path"]]
    assert sent["body"]["inputs"]["version"] == "v1.2.0"
