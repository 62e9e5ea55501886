"""GitHub's limits: what can wait leaves the rest to what cannot, and goes on by itself."""

from pathlib import Path

from tests.scenarios.workspace import Workspace, workspace


async def reads(team: Workspace, path: str = "") -> int:
    rows = (await team.get("/journal", system="github", method="GET"))["journal"]
    return sum(path in row["path"] for row in rows)


async def takes_ten_minutes(team: Workspace, *, webhooks: bool = True) -> None:
    """A deployment that runs for long."""
    if not webhooks:
        await team.fault("github", "webhooks:drop", count=100_000)
    script = {"workflow": "release.yml", "script": "auto_success", "seconds": 600}
    await team.post("/github/preset", **script)
    await team.asks_and_approves()
    await team.passes("PT10S")


async def test_below_the_reserve_a_run_is_not_watched_until_the_hour_is_over(
    team: Workspace,
) -> None:
    await team.asks_and_approves()
    await team.passes("PT8S")
    await team.post("/github/limit", left=1900)
    await team.passes("PT12S")
    card = await team.card()
    assert "Waiting for GitHub (1,8" in card
    assert " of 5,000 requests left, kept for rollbacks), next try 11:0" in card
    asked = await reads(team)
    await team.passes("PT30M")
    assert await reads(team) == asked

    await team.passes("PT30M")
    assert await team.state() == "Succeeded"
    assert not await team.shows("Waiting for")


async def test_what_was_approved_is_sent_from_the_reserve(team: Workspace) -> None:
    await team.asks()
    await team.post("/github/limit", left=1900)
    await team.clicks("bo", "Approve")
    await team.passes("PT10S")

    assert len(await team.dispatches()) == 1
    assert await team.state() == "Running"


async def test_a_run_is_stopped_from_the_reserve(team: Workspace) -> None:
    await team.asks_and_approves()
    await team.passes("PT8S")
    await team.post("/github/limit", left=1900)
    await team.clicks("bo", "Cancel")
    await team.passes("PT30S")

    assert await team.state() == "Cancelled"


async def test_a_limit_on_bursts_holds_up_what_can_wait(team: Workspace) -> None:
    """The secondary limit: no number of requests is left, only a time to wait."""
    await takes_ten_minutes(team)
    await team.fault("github", "status:403:retry_after=120", path="/jobs")
    await team.passes("PT65S")
    assert await team.shows("Waiting for GitHub (rate limit (403)), next try 10:0")
    asked = await reads(team)
    await team.passes("PT50S")
    assert await reads(team) == asked
    await team.passes("PT60S")
    assert not await team.shows("Waiting for")
    assert await reads(team) > asked


async def test_pauses_grow_before_the_reserve_is_reached(tmp_path: Path) -> None:
    async def looks(folder: Path, left: int) -> int:
        async with workspace(folder) as team:
            await takes_ten_minutes(team, webhooks=False)
            await team.post("/github/limit", left=left)
            before = await reads(team, "/jobs")
            await team.passes("PT5M")
            return await reads(team, "/jobs") - before

    plenty, little = [tmp_path / name for name in ("plenty", "little")]
    for folder in (plenty, little):
        folder.mkdir()
    assert await looks(plenty, 5000) > 3 * await looks(little, 2600)


async def test_what_has_not_changed_is_free_of_the_limit(team: Workspace) -> None:
    """GitHub does not count an answer 304, so watching costs next to nothing."""
    await takes_ten_minutes(team, webhooks=False)
    await team.passes("PT2M")
    limits, clock = team.world.github.limits, team.world.github.clock
    used = limits.state("gonogo-bot", clock.now())["used"]
    asked = await reads(team)
    await team.passes("PT1M")

    rows = (await team.get("/journal", system="github", method="GET"))["journal"][asked:]
    unchanged = [row for row in rows if row["status"] == 304]
    assert len(unchanged) >= 6
    counted = limits.state("gonogo-bot", clock.now())["used"] - used
    assert counted == len(rows) - len(unchanged)
