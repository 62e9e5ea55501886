"""Faults of the wire happen where, when and as often as they were asked for."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import aiohttp
import pytest

from tests.sandbox.slack_stage import Stage

SAY = {"channel": "C0DEPLOY", "text": "x"}


async def post(stage: Stage) -> tuple[int, dict[str, Any]]:
    """chat.postMessage without any library's retries: (status, answer)."""
    url, bearer = "/api/chat.postMessage", {"Authorization": "Bearer xoxb-local-bot"}
    async with stage.control.post(url, json=SAY, headers=bearer) as answer:
        return answer.status, await answer.json()


async def fault(stage: Stage, kind: str, **more: Any) -> None:
    await stage.post("/faults", system="slack", kind=kind, path="chat.post", **more)


async def statuses(stage: Stage) -> list[int | None]:
    rows = (await stage.get("/journal", system="slack", method="POST"))["journal"]
    return [row["status"] for row in rows]


@pytest.mark.parametrize(
    ("kind", "status", "applied"),
    [
        ("status:502", 502, 0),
        ("status_after_apply:502", 502, 1),
        ("status:429:retry_after=3", 429, 0),
        ("rate_limit", 429, 0),
    ],
)
async def test_statuses(stage: Stage, kind: str, status: int, applied: int) -> None:
    await fault(stage, kind)
    assert (await post(stage))[0] == status
    assert len(await stage.messages()) == applied
    assert (await post(stage))[0] == 200
    assert await statuses(stage) == [status, 200]


@pytest.mark.parametrize(("kind", "applied"), [("reset_before", 0), ("reset_after_apply", 1)])
async def test_resets(stage: Stage, kind: str, applied: int) -> None:
    await fault(stage, kind)
    with pytest.raises(aiohttp.ClientError):
        await post(stage)
    assert len(await stage.messages()) == applied
    assert await statuses(stage) == [None]


async def test_a_timeout_is_silence_and_not_applied(stage: Stage) -> None:
    await fault(stage, "timeout")
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(post(stage), 0.3)
    assert await stage.messages() == []
    assert await statuses(stage) == [None]


async def test_bad_json_comes_after_the_deed(stage: Stage) -> None:
    await fault(stage, "bad_json")
    with pytest.raises(json.JSONDecodeError):
        await post(stage)
    assert len(await stage.messages()) == 1


async def test_after_and_count_and_path_are_minded(stage: Stage) -> None:
    await fault(stage, "status:500", after=1, count=2)
    assert len((await stage.get("/faults"))["faults"]) == 1
    await stage.client.auth_test()
    assert [(await post(stage))[0] for _ in range(4)] == [200, 500, 500, 200]
    assert (await stage.get("/faults"))["faults"] == []


async def test_they_can_be_taken_back_and_must_make_sense(stage: Stage) -> None:
    await fault(stage, "status:500", count=100)
    async with stage.control.delete("/sandbox/api/faults") as answer:
        assert (await answer.json())["ok"]
    assert (await post(stage))[0] == 200
    assert await stage.refused("/faults", system="slack", kind="gremlins") == "bad_fault"
    assert await stage.refused("/faults", system="telex", kind="timeout") == "bad_fault"
    assert await stage.refused("/faults", system="slack", kind="timeout", count=0) == "bad_fault"


@pytest.mark.parametrize(
    "kind", ["status", "status:soon", "slow:long", "list_lag", "webhooks:lose", "timeout:3"]
)
async def test_a_fault_without_its_measure_is_refused(stage: Stage, kind: str) -> None:
    assert await stage.refused("/faults", system="github", kind=kind) == "bad_fault"


async def test_the_journal_has_bodies_without_query_and_mount(stage: Stage) -> None:
    await post(stage)
    await stage.client.users_info(user="U0ANA")
    rows = (await stage.get("/journal", system="slack"))["journal"]
    assert [(row["path"], row["body"]) for row in rows] == [
        ("/chat.postMessage", SAY),
        ("/users.info", {"user": "U0ANA"}),
    ]
    assert {row["direction"] for row in rows} == {"from_bot"}
    async with stage.control.get("/sandbox/api/journal", params={"system": "gihub"}) as answer:
        assert (answer.status, (await answer.json())["error"]) == (400, "unknown_system")
