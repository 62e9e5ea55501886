"""A rollback over several targets: each switched once, partial said as partial, retried alone."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from sandbox.world import World
from tests.scenarios.workspace import Json, Workspace, workspace

VERCEL: Json = {"kind": "vercel", "name": "web", "project": "app"}


def two(world: World) -> Json:
    """Vercel, then App Platform."""
    api = {"kind": "do_app_platform", "name": "api", "app": world.digitalocean.app("app").id}
    return targets(VERCEL, api)


def two_the_other_way_round(world: World) -> Json:
    found = two(world)
    found["services"]["app"]["environments"]["production"]["targets"].reverse()
    return found


def host(world: World) -> Json:
    """A container on a host."""
    return targets(world.host.target())


def targets(*found: Json) -> Json:
    return {"services": {"app": {"environments": {"production": {"targets": list(found)}}}}}


@pytest.fixture
async def team(tmp_path: Path) -> AsyncIterator[Workspace]:
    """v1.2.1 is live and well at Vercel and App Platform."""
    async with workspace(tmp_path, rules=two) as opened:
        await deployed(opened)
        yield opened


async def deployed(team: Workspace) -> None:
    await team.asks()
    await team.until(team.has_card, "PT1S")  # its host is asked first, over a real connection
    await team.approves("bo")
    await team.until(lambda: succeeded(team), "PT30S")


async def succeeded(team: Workspace) -> bool:
    return await team.state() == "Succeeded"


async def rolls_back(team: Workspace) -> None:
    await team.types("bo", "/rollback because orders are lost")
    await team.clicks_own("bo", "Roll Back to v1.2.0")


async def starts(team: Workspace, system: str) -> list[str]:
    """What was asked of a target so as to switch it."""
    rows = (await team.get("/journal", system=system, method="POST"))["journal"]
    return [
        row["path"] for row in rows if "rollback" in row["path"] and "validate" not in row["path"]
    ]


async def card_of(team: Workspace) -> str:
    return next(text for text in reversed(await team.channel()) if "back → production" in text)


async def test_every_target_is_switched_once_and_proven(team: Workspace) -> None:
    await rolls_back(team)
    await team.passes("PT2M")

    assert (await team.channel())[-1].startswith("⚠️ Production rollback executed")
    card = await card_of(team)
    assert "• web succeeded" in card
    assert "• api succeeded" in card
    assert card.count("pinned: ") == 2
    assert len(await starts(team, "vercel")) == len(await starts(team, "digitalocean")) == 1
    assert [run["workflow"] for run in (await team.get("/github/runs"))["runs"]].count(
        "rollback.yml"
    ) == 0


async def test_partial_is_said_as_partial_and_only_what_failed_is_tried_again(
    team: Workspace,
) -> None:
    await team.post("/targets/app_platform", blocked_by="incompatible_phase")
    await rolls_back(team)
    await team.passes("PT1M")

    assert "PARTIAL: production is mixed" in (await team.channel())[-1]
    assert not any(text.startswith("⚠️") for text in await team.channel())
    said = await team.types("cy", "/deployments status")
    assert "app production: mixed since D3 got half-way: web v1.2.0, api v1.2.1" in said
    touched = await starts(team, "vercel")
    await team.post("/targets/app_platform", blocked_by="")
    await team.clicks("bo", "Retry api")
    await team.passes("PT2M")

    assert (await team.channel())[-1].startswith("⚠️ Production rollback executed")
    assert await starts(team, "vercel") == touched
    assert len(await starts(team, "digitalocean")) == 2  # the first one was refused


async def test_what_the_first_target_refuses_changes_nothing_and_says_why(
    tmp_path: Path,
) -> None:
    async with workspace(tmp_path, rules=two_the_other_way_round) as team:
        await deployed(team)
        await team.post("/targets/app_platform", blocked_by="exceeded_revision_limit")
        await rolls_back(team)
        await team.passes("PT1M")

        last = (await team.channel())[-1]
        assert "Nothing was switched. api: " in last
        assert "older than the app's tier allows; web: not begun" in last
        assert await starts(team, "vercel") == []


@pytest.mark.parametrize("kind", ["reset_after_apply", "status_after_apply:502"])
async def test_a_lost_answer_is_looked_for_at_the_target(team: Workspace, kind: str) -> None:
    await team.fault("vercel", kind, path="/rollback/", method="POST")
    await rolls_back(team)
    await team.passes("PT3M")

    assert (await team.channel())[-1].startswith("⚠️ Production rollback executed")
    assert len(await starts(team, "vercel")) == 1


async def test_a_target_that_is_removed_while_it_switches_may_have_switched(
    team: Workspace,
) -> None:
    await team.post("/targets/vercel", seconds=30)
    await rolls_back(team)
    await team.passes("PT8S")
    team.rules = targets()
    await team.reopen()
    await team.passes("PT10S")
    said = (await team.channel())[-1]
    assert "PARTIAL: production is mixed. web: it is no longer in gonogo.yaml" in said


async def test_what_nobody_can_tell_is_awaited_two_minutes_then_a_person_decides(
    team: Workspace,
) -> None:
    await team.post("/targets/app_platform", outcome="UNKNOWN")
    await rolls_back(team)
    await team.passes("PT1M")
    unknown = "App Platform does not know the state of deployment"
    card = await card_of(team)
    assert "\nSwitching\n" in card
    assert f"• api unknown: {unknown}" in card
    assert "UTC, then a person decides" in card
    await team.passes("PT2M")

    said = (await team.channel())[-1]
    assert "PARTIAL: production is mixed. web: all production domains lead to" in said
    assert f"; api: {unknown}" in said
    assert "not awaited any longer, look at api before anything else" in said
    assert await team.message_with("Retry api")


async def test_what_takes_long_is_asked_about_ever_more_seldom(team: Workspace) -> None:
    await team.post("/targets/vercel", seconds=60)
    before = await team.get("/journal", system="vercel")
    await rolls_back(team)
    await team.passes("PT1M")
    after = await team.get("/journal", system="vercel")
    assert len(after["journal"]) - len(before["journal"]) < 40
    await team.passes("PT1M")
    assert (await team.channel())[-1].startswith("⚠️ Production rollback executed")


async def test_it_goes_on_where_it_was_when_the_bot_comes_back(team: Workspace) -> None:
    await team.post("/targets/vercel", seconds=30)
    await rolls_back(team)
    await team.passes("PT8S")
    assert "• web running" in await card_of(team)
    await team.sleeps("PT1M")
    await team.passes("PT2M")

    assert (await team.channel())[-1].startswith("⚠️ Production rollback executed")
    assert len(await starts(team, "vercel")) == len(await starts(team, "digitalocean")) == 1


async def test_a_container_on_a_host_goes_back(tmp_path: Path) -> None:
    async with workspace(tmp_path, rules=host, host=True) as team:
        await deployed(team)
        await rolls_back(team)
        await team.post("/health", environment="production", status="ok", version="v1.2.0")
        await team.until(lambda: rolled_back(team), "PT3S")

        assert "• web-1 succeeded" in await card_of(team)


async def test_the_log_of_the_version_is_read_and_shown(tmp_path: Path) -> None:
    async with workspace(tmp_path, rules=host, host=True) as team:
        await deployed(team)
        assert "- No errors in logs" in (await team.channel())[-1]
        shown = await team.types("cy", "/deployments show D2")
        assert "Judgement: pass" in shown and "still runs" not in shown
        await rolls_back(team)
        await team.until(lambda: switched(team), "PT1S")
        (running,) = [c for c in team.world.host.engine.containers if c.name == "app"]
        running.log += ["ERROR: ``` no <!channel> orders", "well"]
        await team.post("/health", environment="production", status="ok", version="v1.2.0")
        await team.until(lambda: rolled_back(team), "PT3S")

        card = (await team.messages())[-2]["ts"]
        thread = [row["rendered"] for row in await team.messages(thread_ts=card)]
        (log,) = [text for text in thread if text.startswith("Log of web-1")]
        assert log.splitlines()[0] == "Log of web-1: 1 line like an error"
        assert "ERROR: ''' no <!channel> orders\nwell" in log
        said = await team.types("cy", "/deployments show D3")
        assert "Logs: web-1: 1 line, the last “ERROR" in said


async def switched(team: Workspace) -> bool:
    return any("• web-1 succeeded" in text for text in await team.channel())


async def rolled_back(team: Workspace) -> bool:
    return (await team.channel())[-1].startswith("⚠️ Production rollback executed")
