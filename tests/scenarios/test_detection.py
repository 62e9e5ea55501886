"""Uptime Kuma's monitors open incidents by themselves: one, however often they flap."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp

from tests.scenarios.test_paging import events, paging, room
from tests.scenarios.workspace import Workspace, workspace

TOKEN = {"Authorization": "Bearer local-kuma-webhook-token"}


async def monitor(team: Workspace, status: str, **more: Any) -> None:
    """The monitor of app sees something, and tells the bot."""
    before = len(await told(team))
    await team.post("/monitor", system="kuma", status=status, **more)
    async with asyncio.timeout(10):
        while len(rows := await told(team)) == before or rows[-1]["status"] is None:
            await asyncio.sleep(0.01)
    await team.passes("PT1S")


async def told(team: Workspace) -> list[Any]:
    """The webhooks that the bot was sent."""
    rows = (await team.get("/journal", system="kuma", method="POST"))["journal"]
    return [row for row in rows if row["direction"] == "to_bot"]


async def roots(team: Workspace) -> list[str]:
    return [text for text in await team.channel() if "INCIDENT" in text]


async def test_a_monitor_that_flaps_opens_one_incident_and_wakes_once(team: Workspace) -> None:
    await team.asks_and_approves()
    await team.passes("PT1M")
    for _ in range(4):
        await monitor(team, "down", msg="connect ECONNREFUSED")
        await monitor(team, "up")
    await monitor(team, "down", msg="connect ECONNREFUSED")
    await team.passes("PT10S")

    [root] = await roots(team)
    lines = root.splitlines()
    assert lines[0] == "🚨 INCIDENT: app is down"
    assert lines[2] == "Impact: Uptime Kuma does not reach app (connect ECONNREFUSED)"
    assert "opened by Uptime Kuma" in root and "Uptime Kuma: DOWN x5" in root
    assert [one["event_action"] for one in await events(team)] == ["trigger"]
    thread = await room(team, [r["rendered"] for r in await team.messages()].index(root))
    assert any("v1.2.1" in line for line in thread), thread
    assert sum("That is no proof that users are served" in line for line in thread) == 4
    assert any("@dee Uptime Kuma reports app down since" in line for line in thread)
    assert {row["status"] for row in await told(team)} == {202}


async def test_up_proposes_and_a_person_says_restored(team: Workspace) -> None:
    await monitor(team, "down")
    await monitor(team, "up")
    [root] = await roots(team)
    assert "Status: Investigating" in root
    ts = (await team.messages())[0]["ts"]
    replies = await team.messages(thread_ts=ts)
    [proposal] = [row for row in replies if "reaches app again" in row["text"]]
    await team.clicks("dee", "Restored", ts=proposal["ts"])
    await team.passes("PT5S")
    assert "Status: Restored" in (await roots(team))[0]


async def test_a_report_that_comes_again_after_the_end_opens_nothing(team: Workspace) -> None:
    await monitor(team, "down")
    await monitor(team, "down", again=True)
    assert "DOWN x1" in (await roots(team))[0]
    await team.clicks("dee", "Resolve")
    await team.passes("PT4S")
    await monitor(team, "down", again=True)
    assert len([text for text in await roots(team) if text.startswith("🚨")]) == 1
    await monitor(team, "up")
    await monitor(team, "down")
    assert len([text for text in await roots(team) if text.startswith("🚨")]) == 2


async def test_what_the_monitor_reported_anew_is_gone_on_with(team: Workspace) -> None:
    await monitor(team, "down")
    first = (await team.messages())[0]["ts"]
    await team.clicks("dee", "Resolve", ts=first)
    await team.passes("PT4S")
    await monitor(team, "up")
    await monitor(team, "down")
    await team.clicks("dee", "Reopen", ts=first)
    told = await team.submits("dee", **{"What is back": "It is down again"})
    assert told["errors"] == {
        "reason": "INC-1 stays resolved: INC-2 of the same monitor is open. Go on there, "
        "or resolve it first."
    }


async def test_what_a_person_opened_before_is_the_one(team: Workspace) -> None:
    await team.types("ana", "/incident outage All users unable to access service")
    await team.passes("PT5S")
    await monitor(team, "down")
    await team.passes("PT4S")
    [root] = await roots(team)
    assert "opened by @ana" in root and "Uptime Kuma: DOWN x1" in root
    assert len(await events(team)) == 1


async def test_a_drill_is_left_alone(team: Workspace) -> None:
    await team.types("ana", "/incident drill outage The database is gone")
    await monitor(team, "down")
    assert len(await roots(team)) == 2


async def test_of_two_replicas_or_deliveries_at_once_one_opens(team: Workspace) -> None:
    await team.fault("kuma", "webhooks:duplicate")
    await monitor(team, "down")
    await team.until(lambda: answered(team, 2))
    await team.passes("PT5S")
    [root] = await roots(team)
    assert "DOWN x1" in root


async def answered(team: Workspace, deliveries: int) -> bool:
    return [row["status"] for row in await told(team)] == [202] * deliveries


async def test_monitors_and_severity_as_configured(tmp_path: Path) -> None:
    kuma = {"severity": "moderate", "monitors": {"bot heartbeat": "app"}}
    async with workspace(tmp_path, rules={"incidents": {"uptime_kuma": kuma}}) as team:
        await monitor(team, "down", monitor="bot heartbeat")
        [root] = await roots(team)
        assert "bot heartbeat is down" in root and "moderate" in root
        assert await paging(team) == ""


async def test_strangers_and_nonsense(team: Workspace) -> None:
    assert team.bot is not None
    url = f"{team.bot.url}/webhooks/uptime-kuma"
    now = datetime(2024, 3, 26, 10, 0, tzinfo=UTC)
    down = {
        "heartbeat": {"monitorID": 1, "status": 0, "time": f"{now:%Y-%m-%d %H:%M:%S}.263"},
        "monitor": {"name": "app", "basic_auth_pass": "secret"},
        "msg": "[app] [🔴 Down]",
    }
    test = {"heartbeat": None, "monitor": None, "msg": "Testing"}
    async with aiohttp.ClientSession() as session:

        async def answer(body: object, headers: dict[str, str], data: bytes = b"") -> int:
            sent = {"data": data} if data else {"json": body}
            async with session.post(url, headers=headers, **sent) as told:
                return told.status

        assert await answer(down, {}) == 401
        assert await answer(down, {"Authorization": "Bearer wrong"}) == 401
        assert await answer(down, {"Authorization": "Bearer ünïcode"}) == 401
        assert await answer(None, TOKEN, b"{") == 400
        assert await answer({"heartbeat": {"status": "x"}, "monitor": {"name": "a"}}, TOKEN) == 400
        assert await answer(None, TOKEN, b" " * (256 * 1024 + 1)) == 413
        assert await answer(test, TOKEN) == 202
        for quiet in (2, 3):
            told = down | {"heartbeat": down["heartbeat"] | {"status": quiet}}  # type: ignore[operator]
            assert await answer(told, TOKEN) == 202
        await team.passes("PT1S")
        assert await roots(team) == []
        assert await answer(down, TOKEN) == 202
    await team.passes("PT1S")
    assert len(await roots(team)) == 1


async def test_without_a_token_there_is_no_such_address(tmp_path: Path) -> None:
    async with workspace(tmp_path, UPTIME_KUMA_WEBHOOK_TOKEN="") as team:
        assert team.bot is not None
        async with (
            aiohttp.ClientSession() as session,
            session.post(f"{team.bot.url}/webhooks/uptime-kuma", json={}) as answer,
        ):
            assert answer.status == 404
