"""What the local GitHub tells the bot by itself."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest_asyncio

from sandbox.app import free_port
from tests.sandbox.github_host import Host, running

SECRET = b"local-webhook-secret"
DELIVERIES = 17  # of one release: 3 of the run, 3 for each of 4 jobs, 2 of the deployment


@pytest_asyncio.fixture
async def host() -> AsyncIterator[Host]:
    async with running() as host:
        yield host


async def received(host: Host, number: int) -> list[tuple[str, dict[str, Any]]]:
    """(event, payload) of the deliveries, once there are as many as `number`."""
    async with asyncio.timeout(30):
        while len(host.received) < number:
            await asyncio.sleep(0.01)
    return [(headers["X-GitHub-Event"], json.loads(raw)) for headers, raw in host.received]


async def test_each_change_of_a_run_is_told_and_signed(host: Host) -> None:
    run = await host.dispatch(version="v1.2.1")
    await host.passes(21)
    told = await received(host, DELIVERIES)
    assert {payload["action"] for event, payload in told if event == "workflow_run"} == {
        "requested",
        "in_progress",
        "completed",
    }
    assert {
        payload["workflow_run"]["id"] for event, payload in told if "workflow_run" in payload
    } == {run}
    states = [p["deployment_status"]["state"] for event, p in told if event == "deployment_status"]
    assert sorted(states) == ["in_progress", "success"]
    for headers, raw in host.received:
        expected = hmac.new(SECRET, raw, hashlib.sha256).hexdigest()
        assert headers["X-Hub-Signature-256"] == f"sha256={expected}"
    assert len({headers["X-GitHub-Delivery"] for headers, _ in host.received}) == len(told)


async def test_deliveries_are_journaled_with_their_status(host: Host) -> None:
    await host.control("POST", "/github/tag", {"name": "v1.5.0", "sha": "b" * 40})
    told = await received(host, 2)
    assert sorted(event for event, _ in told) == ["create", "push"]
    rows = [row for row in host.world.journal.entries("github") if row["direction"] == "to_bot"]
    assert [(row["path"], row["status"]) for row in rows] == [("/github/webhooks", 202)] * 2


async def test_deliveries_may_be_lost(host: Host) -> None:
    lost = {"system": "github", "kind": "webhooks:drop"}
    await host.control("POST", "/faults", lost)
    await host.control("POST", "/github/tag", {"name": "v1.5.0", "sha": "b" * 40})
    assert [event for event, _ in await received(host, 1)] == ["push"]


async def test_deliveries_may_come_twice_with_the_same_id(host: Host) -> None:
    twice = {"system": "github", "kind": "webhooks:duplicate", "count": 2}
    await host.control("POST", "/faults", twice)
    await host.control("POST", "/github/tag", {"name": "v1.5.0", "sha": "b" * 40})
    await received(host, 4)
    assert len({headers["X-GitHub-Delivery"] for headers, _ in host.received}) == 2


async def test_deliveries_may_be_shuffled_and_all_arrive(host: Host) -> None:
    mixed = {"system": "github", "kind": "webhooks:shuffle", "count": 99}
    await host.control("POST", "/faults", mixed)
    await host.dispatch(version="v1.2.1")
    await host.passes(21)
    completed = [p for _, p in await received(host, DELIVERIES) if p.get("action") == "completed"]
    assert len(completed) == 5


async def test_a_bot_that_is_down_disturbs_nobody(host: Host) -> None:
    host.world.bot_url = f"http://127.0.0.1:{free_port()}"
    run = await host.dispatch(version="v1.2.1")
    await host.passes(21)
    status, answer = await host.call("GET", f"/repos/acme/app/actions/runs/{run}")
    assert (status, answer["conclusion"]) == (200, "success")
