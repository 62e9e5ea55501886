"""The jobs of a run as GitHub shows them: each is there once those that it needs have ended, and
each that comes to a guarded environment is asked about.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest_asyncio

from tests.sandbox.at_github import RUNS, health
from tests.sandbox.github_host import Host, running
from tests.scenarios import outside


@pytest_asyncio.fixture
async def host() -> AsyncIterator[Host]:
    async with running("ruled") as host:
        yield host


async def jobs(host: Host, run: int) -> list[tuple[str, str]]:
    _, answer = await host.call("GET", f"{RUNS}/{run}/jobs")
    return [(job["name"], job["conclusion"] or job["status"]) for job in answer["jobs"]]


async def lets_in(host: Host, run: int) -> int:
    """The App answers for production; GitHub's status."""
    token, _ = host.world.github.app.mint({})
    body = {"environment_name": "production", "state": "approved", "comment": ""}
    path = f"{RUNS}/{run}/deployment_protection_rule"
    status, _ = await host.call("POST", path, body, token)
    return int(status)


def told(host: Host, event: str) -> list[dict[str, Any]]:
    return [json.loads(raw) for headers, raw in host.received if headers["X-GitHub-Event"] == event]


async def test_a_job_is_there_once_those_that_it_needs_have_ended(host: Host) -> None:
    run = await host.dispatch(version="v1.2.1")
    assert await jobs(host, run) == [("guard", "queued")]
    await host.passes(60)
    assert await jobs(host, run) == [
        ("guard", "success"),
        ("verify", "success"),
        ("deploy", "waiting"),
    ]
    await host.world.webhooks.delivered()
    queued = [
        p["workflow_job"]["name"] for p in told(host, "workflow_job") if p["action"] == "queued"
    ]
    assert queued == ["guard", "verify", "deploy"]


async def test_of_a_run_that_fails_the_rest_is_skipped_and_shown(host: Host) -> None:
    run = await host.dispatch(version="v1.2.1")
    await host.control("POST", f"/github/runs/{run}/advance", {"to": "failure"})
    assert await jobs(host, run) == [
        ("guard", "failure"),
        ("verify", "skipped"),
        ("deploy", "skipped"),
        ("smoke", "skipped"),
    ]


async def test_two_jobs_of_one_environment_are_asked_about_one_after_the_other(host: Host) -> None:
    outside.takes_shipped(host.world, guarded=("production",), records=True)
    run = await host.dispatch(version="v1.2.1")
    for job in ("migrate", "deploy"):
        await host.passes(60)
        assert (await jobs(host, run))[-1] == (job, "waiting")
        assert await health(host) == "v1.2.0"
        assert await lets_in(host, run) == 204
        assert await lets_in(host, run) == 422
    await host.passes(60)
    assert (await jobs(host, run))[-1] == ("smoke", "success")
    assert await health(host) == "v1.2.1"
    await host.world.webhooks.delivered()
    asked = [payload["deployment"]["id"] for payload in told(host, "deployment_protection_rule")]
    assert len(set(asked)) == 2


async def test_of_a_job_without_a_deployment_no_rule_is_asked(host: Host) -> None:
    outside.takes_shipped(host.world, guarded=("production",))
    run = await host.dispatch(version="v1.2.1")
    await host.passes(600)
    assert (await jobs(host, run))[-1] == ("migrate", "waiting")
    assert await lets_in(host, run) == 422
    await host.world.webhooks.delivered()
    assert told(host, "deployment_protection_rule") == []
