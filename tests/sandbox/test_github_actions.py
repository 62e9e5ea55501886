"""Runs at the local GitHub: how they are started, how they proceed, and what goes wrong."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import aiohttp
import pytest
import pytest_asyncio

from tests.sandbox.at_github import RUNS, health
from tests.sandbox.github_host import TUESDAY, Host, running
from tests.scenarios import outside

RELEASE = "/repos/acme/app/actions/workflows/release.yml"


@pytest_asyncio.fixture
async def host() -> AsyncIterator[Host]:
    async with running() as host:
        yield host


async def jobs(host: Host, run: int) -> dict[str, tuple[str, str | None]]:
    _, answer = await host.call("GET", f"{RUNS}/{run}/jobs")
    return {job["name"]: (job["status"], job["conclusion"]) for job in answer["jobs"]}


async def test_a_dispatch_tells_its_run_which_goes_through_its_jobs_to_production(
    host: Host,
) -> None:
    assert await health(host) == "v1.2.0"
    started = await host.ask(
        lambda repo: repo.get_workflow("release.yml").create_dispatch(
            "main",
            {"version": "v1.2.1", "request_id": "r1", "requested_by": "ana"},
            throw=True,
            return_run_details=True,
        )
    )
    assert not isinstance(started, bool)
    number = started.id
    run = await host.ask(lambda repo: repo.get_workflow_run(number))
    assert run.display_title == "Release v1.2.1 by ana [r1]"
    assert (run.status, run.actor.login, run.run_attempt) == ("queued", "gonogo-bot", 1)
    assert run.created_at == TUESDAY
    assert run.head_sha == host.world.github.repository("acme/app").git.branches["main"]

    await host.passes(9)
    assert await jobs(host, number) == {
        "guard": ("completed", "success"),
        "verify": ("in_progress", None),
    }
    await host.passes(12)
    run = await host.ask(lambda repo: repo.get_workflow_run(number))
    assert (run.status, run.conclusion) == ("completed", "success")
    assert await health(host) == "v1.2.1"
    records = await host.ask(
        lambda repo: [
            [status.state for status in one.get_statuses()]
            for one in repo.get_deployments(environment="production")
        ]
    )
    assert records[0] == ["success", "in_progress"]


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ({"ref": "nowhere", "inputs": {"version": "v1"}}, "No ref found for: nowhere"),
        ({"ref": "main", "inputs": {"x": "1"}}, 'Unexpected inputs provided: ["x"]'),
        ({"ref": "main"}, "Required input 'version' not provided"),
        ({"inputs": {"version": "v1"}}, '"ref" wasn\'t supplied'),
    ],
)
async def test_a_wrong_dispatch_is_refused_and_starts_nothing(
    host: Host, body: dict[str, object], text: str
) -> None:
    before = len(host.world.github.actions.runs)
    status, answer = await host.call("POST", f"{RELEASE}/dispatches", body)
    assert status == 422
    assert text in answer["message"]
    assert len(host.world.github.actions.runs) == before


async def test_a_disabled_workflow_is_not_dispatched(host: Host) -> None:
    host.world.github.repository("acme/app").disabled.add("release.yml")
    body = {"ref": "main", "inputs": {"version": "v1.2.1"}}
    status, answer = await host.call("POST", f"{RELEASE}/dispatches", body)
    assert (status, "disabled" in answer["message"]) == (422, True)


async def test_a_run_may_be_listed_late_although_it_can_be_read(host: Host) -> None:
    host.world.faults.add(system="github", kind="list_lag:95")
    run = await host.dispatch(version="v1.2.1")
    path = f"{RELEASE}/runs?event=workflow_dispatch&created=>=2024-03-26T09:58:00Z"
    assert (await host.call("GET", path))[1]["total_count"] == 0
    assert (await host.call("GET", f"{RUNS}/{run}"))[0] == 200
    await host.passes(94)
    assert (await host.call("GET", path))[1]["total_count"] == 0
    await host.passes(1)
    listed = (await host.call("GET", path))[1]["workflow_runs"]
    assert [(one["id"], one["created_at"]) for one in listed] == [(run, "2024-03-26T10:00:00Z")]


async def test_the_run_id_may_be_kept_back(host: Host) -> None:
    host.world.faults.add(system="github", kind="no_run_id")
    body = {"ref": "main", "inputs": {"version": "v1.2.1"}, "return_run_details": True}
    assert await host.call("POST", f"{RELEASE}/dispatches", body) == (204, None)
    assert (await host.call("GET", f"{RELEASE}/runs?per_page=1"))[1]["total_count"] == 4


async def test_an_answer_may_be_lost_after_the_run_was_started(host: Host) -> None:
    host.world.faults.add(system="github", kind="status_after_apply:502", method="POST")
    body = {"ref": "main", "inputs": {"version": "v1.2.1", "request_id": "r1"}}
    assert (await host.call("POST", f"{RELEASE}/dispatches", body))[0] == 502
    newest = (await host.call("GET", f"{RELEASE}/runs?per_page=1"))[1]["workflow_runs"][0]
    assert newest["display_title"].endswith("[r1]")


async def test_the_guard_lets_only_the_first_run_of_a_request_deploy(host: Host) -> None:
    first = await host.dispatch(version="v1.2.1", request_id="r1")
    second = await host.dispatch(version="v1.2.1", request_id="r1")
    await host.passes(21)
    rows = {row["id"]: row for row in (await host.control("GET", "/github/runs"))["runs"]}
    assert first < second
    assert (rows[first]["conclusion"], rows[first]["deployed"]) == ("success", True)
    assert (rows[second]["conclusion"], rows[second]["deployed"]) == ("success", False)
    assert [job["conclusion"] for job in rows[second]["jobs"]] == [
        "success",
        "skipped",
        "skipped",
        "skipped",
    ]


@pytest.mark.parametrize(
    ("old", "new", "ended"),
    [
        ("    if: needs.guard.outputs.first == 'true'\n", "", ["success"] * 4),
        ('REQUEST_ID: "${{ inputs.request_id }}"', 'REF: "${{ github.ref }}"', ["success"] * 4),
        (
            "    needs: deploy\n",
            "    needs: deploy\n    if: always()\n",
            ["success", "skipped", "skipped", "success"],
        ),
    ],
)
async def test_a_second_run_of_a_request_does_whatever_asks_no_guard(
    host: Host, old: str, new: str, ended: list[str]
) -> None:
    outside.edit_workflow(host.world, old, new)
    await host.dispatch(version="v1.2.1", request_id="r1")
    second = await host.dispatch(version="v1.2.1", request_id="r1")
    await host.passes(21)
    rows = {row["id"]: row for row in (await host.control("GET", "/github/runs"))["runs"]}
    assert [job["conclusion"] for job in rows[second]["jobs"]] == ended
    assert rows[second]["deployed"] == (ended[2] == "success")


async def test_a_cancelled_run_ends_once(host: Host) -> None:
    run = await host.dispatch(version="v1.2.1")
    await host.passes(12)
    assert (await host.call("POST", f"{RUNS}/{run}/cancel"))[0] == 202
    assert (await host.call("POST", f"{RUNS}/{run}/cancel"))[0] == 409
    await host.passes(20)
    assert (await jobs(host, run))["smoke"] == ("completed", "cancelled")
    assert await health(host) == "v1.2.0"


async def test_a_failed_run_can_be_run_again_as_a_new_attempt(host: Host) -> None:
    await host.control(
        "POST", "/github/preset", {"workflow": "release.yml", "script": "auto_failure"}
    )
    run = await host.dispatch(version="v1.2.1")
    await host.passes(21)
    assert (await jobs(host, run))["deploy"] == ("completed", "failure")
    assert (await jobs(host, run))["smoke"] == ("completed", "skipped")
    await host.control(
        "POST", "/github/preset", {"workflow": "release.yml", "script": "auto_success"}
    )
    assert (await host.call("POST", f"{RUNS}/{run}/rerun"))[0] == 201
    assert (await host.call("POST", f"{RUNS}/{run}/rerun"))[0] == 403
    await host.passes(21)
    _, latest = await host.call("GET", f"{RUNS}/{run}")
    _, first = await host.call("GET", f"{RUNS}/{run}/attempts/1")
    assert (latest["run_attempt"], latest["conclusion"]) == (2, "success")
    assert (first["run_attempt"], first["conclusion"]) == (1, "failure")


async def test_a_manual_run_moves_only_by_hand(host: Host) -> None:
    await host.control("POST", "/github/preset", {"workflow": "release.yml", "script": "manual"})
    run = await host.dispatch(version="v1.2.1")
    await host.passes(3600)
    assert (await jobs(host, run))["guard"] == ("queued", None)

    async def advance(to: str, job: str | None = None) -> dict[str, object]:
        body = {"to": to} | ({"job": job} if job else {})
        answer = await host.control("POST", f"/github/runs/{run}/advance", body)
        assert isinstance(answer, dict)
        return answer

    await advance("in_progress", "deploy")
    assert (await jobs(host, run))["verify"] == ("completed", "success")
    assert (await jobs(host, run))["deploy"] == ("in_progress", None)
    await advance("failure", "deploy")
    _, ended = await host.call("GET", f"{RUNS}/{run}")
    assert (ended["status"], ended["conclusion"]) == ("completed", "failure")
    assert (await advance("success"))["error"] == "no_such_job"


@pytest.mark.parametrize(
    ("wrong", "word"),
    [
        ({"workflow": "build.yml"}, "unknown_workflow"),
        ({"script": "luck"}, "unknown_script"),
        ({"seconds": "long"}, "bad_seconds"),
        ({"jobs": "deploy"}, "bad_jobs"),
    ],
)
async def test_a_preset_that_makes_no_sense_is_refused(
    host: Host, wrong: dict[str, object], word: str
) -> None:
    body = {"workflow": "release.yml", "script": "manual"} | wrong
    assert (await host.control("POST", "/github/preset", body))["error"] == word


async def test_health_is_what_the_sandbox_was_told(host: Host) -> None:
    url = f"{host.world.base_url}/health/production"
    await host.control("POST", "/health", {"environment": "production", "status": "bad"})
    async with host.session.get(url) as answer:
        assert answer.status == 500
    told = {"environment": "production", "status": "ok", "version": "v0.9.0"}
    await host.control("POST", "/health", told)
    assert await health(host) == "v0.9.0"
    await host.control("POST", "/health", {"environment": "production", "status": "down"})
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await host.session.get(url)


async def test_twenty_services_do_not_mix() -> None:
    async with running("many") as host:
        body = {"ref": "main", "inputs": {"version": "v1.2.1"}}
        path = "/repos/acme/s07/actions/workflows/release.yml/dispatches"
        assert (await host.call("POST", path, body))[0] == 204
        await host.passes(21)
        assert await health(host, "production/s07") == "v1.2.1"
        assert await health(host, "production/s08") == "v1.2.0"


async def test_a_run_proceeds_in_real_time_too(host: Host) -> None:
    preset = {"workflow": "release.yml", "script": "auto_success", "seconds": 0.2}
    await host.control("POST", "/github/preset", preset)
    run = await host.dispatch(version="v1.2.1")
    async with asyncio.timeout(30):
        while (await host.call("GET", f"{RUNS}/{run}"))[1]["status"] != "completed":
            await asyncio.sleep(0.02)
    assert host.world.clock.now() - TUESDAY < timedelta(seconds=6)


async def test_a_wrong_body_is_refused(host: Host) -> None:
    headers = {"Authorization": "Bearer ghp_local_token"}
    async with host.session.post(
        f"{host.url}{RELEASE}/dispatches", data=b"{", headers=headers
    ) as answer:
        assert answer.status == 400


async def test_a_rollback_changes_production_through_an_environment_without_a_gate(
    host: Host,
) -> None:
    preset = {"workflow": "release.yml", "script": "gate_then_success"}
    await host.control("POST", "/github/preset", preset)
    body = {"ref": "main", "inputs": {"version": "v1.1.0"}}
    path = "/repos/acme/app/actions/workflows/rollback.yml/dispatches"
    assert (await host.call("POST", path, body))[0] == 204
    await host.passes(21)
    assert await health(host) == "v1.1.0"
    newest = await host.ask(lambda repo: repo.get_deployments()[0].environment)
    assert newest == "production-rollback"
