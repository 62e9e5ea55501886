"""What people do at the local GitHub beside the bot: gates, merges, runs and tags of their own."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio

from tests.sandbox.at_github import RUNS, health
from tests.sandbox.github_host import Host, running
from tests.scenarios import outside


@pytest_asyncio.fixture
async def host() -> AsyncIterator[Host]:
    async with running() as host:
        yield host


async def test_a_gate_waits_for_a_required_reviewer(host: Host) -> None:
    preset = {"workflow": "release.yml", "script": "gate_then_success"}
    await host.control("POST", "/github/preset", preset)
    run = await host.dispatch(version="v1.2.1")
    await host.passes(60)
    assert (await host.call("GET", f"{RUNS}/{run}"))[1]["status"] == "waiting"
    gates = f"{RUNS}/{run}/pending_deployments"
    _, [gate] = await host.call("GET", gates)
    assert gate["current_user_can_approve"] is False
    body = {"environment_ids": [gate["environment"]["id"]], "state": "approved"}
    assert (await host.call("POST", gates, body, "ghp_dee_token"))[0] == 422
    body["comment"] = "Go"
    assert (await host.call("POST", gates, body))[0] == 403
    assert (await host.call("POST", gates, body, "ghp_dee_token"))[0] == 200
    assert (await host.call("POST", gates, body, "ghp_dee_token"))[0] == 422
    _, [approval] = await host.call("GET", f"{RUNS}/{run}/approvals")
    assert (approval["user"]["login"], approval["state"]) == ("dee-acme", "approved")
    await host.passes(20)
    assert await health(host) == "v1.2.1"


async def test_an_environment_is_meant_in_any_letter_case_and_told_in_its_own(host: Host) -> None:
    await host.control(
        "POST", "/github/preset", {"workflow": "release.yml", "script": "gate_then_success"}
    )
    outside.name_anew(host.world, "Production")
    _, place = await host.call("GET", "/repos/acme/app/environments/PRODUCTION")
    assert (place["name"], len(place["protection_rules"])) == ("Production", 1)
    run = await host.dispatch(version="v1.2.1")
    await host.passes(60)
    gates = f"{RUNS}/{run}/pending_deployments"
    _, [gate] = await host.call("GET", gates)
    assert gate["environment"]["name"] == "Production"
    answer = {"environment_ids": [gate["environment"]["id"]], "state": "approved", "comment": "Go"}
    assert (await host.call("POST", gates, answer, "ghp_dee_token"))[0] == 200
    _, [approval] = await host.call("GET", f"{RUNS}/{run}/approvals")
    assert [one["name"] for one in approval["environments"]] == ["Production"]
    await host.passes(20)
    assert await health(host) == "v1.2.1"
    _, [newest, *_] = await host.call("GET", "/repos/acme/app/deployments?environment=production")
    assert (newest["environment"], newest["production_environment"]) == ("Production", True)


async def test_a_gate_answered_in_the_browser(host: Host) -> None:
    preset = {"workflow": "release.yml", "script": "gate_then_success"}
    await host.control("POST", "/github/preset", preset)
    run = await host.dispatch(version="v1.2.1")
    await host.passes(60)
    refused = await host.control("POST", "/github/approve_gate", {"run": run, "as": "ana"})
    assert refused["error"] == "not_a_reviewer"
    body = {"run": run, "as": "bo", "reject": True}
    assert (await host.control("POST", "/github/approve_gate", body))["ok"]
    assert (await host.call("GET", f"{RUNS}/{run}"))[1]["conclusion"] == "failure"
    newest = await host.ask(lambda repo: repo.get_deployments()[0].get_statuses()[0].state)
    assert newest == "failure"
    assert await health(host) == "v1.2.0"


async def test_a_run_cancelled_at_its_gate_leaves_no_open_deployment(host: Host) -> None:
    preset = {"workflow": "release.yml", "script": "gate_then_success"}
    await host.control("POST", "/github/preset", preset)
    run = await host.dispatch(version="v1.2.1")
    await host.passes(60)
    await host.control("POST", f"/github/runs/{run}/advance", {"to": "cancelled"})
    states = await host.ask(
        lambda repo: [one.state for one in repo.get_deployments()[0].get_statuses()]
    )
    assert states == ["failure", "queued"]


async def test_a_merge_goes_to_staging_by_itself(host: Host) -> None:
    assert await health(host, "staging") == "v1.2.1"
    sha = (await host.control("POST", "/github/merge", {"pr": 8}))["sha"]
    assert (await host.control("POST", "/github/merge", {"pr": 8}))["error"] == "already_merged"
    await host.passes(21)
    assert await health(host, "staging") == sha[:7]
    assert await host.ask(lambda repo: repo.get_commit("main").commit.message) == (
        "Add dark mode (#8)"
    )


async def test_people_start_runs_and_move_tags_beside_the_bot(host: Host) -> None:
    body = {"workflow": "release.yml", "inputs": {"version": "v1.2.1"}, "as": "bo"}
    started = await host.control("POST", "/github/start_run", body)
    assert started["run"]["actor"] == "bo-acme"
    assert started["run"]["display_title"] == "Release v1.2.1 by bo-acme"
    moved = {"name": "v1.2.1", "sha": "a" * 40}
    assert (await host.control("POST", "/github/tag", moved))["ok"]
    ref = await host.ask(lambda repo: repo.get_git_ref("tags/v1.2.1").object)
    assert (ref.type, ref.sha) == ("commit", "a" * 40)
    refused = await host.control("POST", "/github/tag", {"name": "v1", "sha": "abc"})
    assert refused["error"] == "bad_tag"


async def test_a_person_may_look_at_a_run_with_a_browser(host: Host) -> None:
    run = await host.dispatch(version="<b>v1</b>")
    _, shown = await host.call("GET", f"{RUNS}/{run}")
    async with host.session.get(shown["html_url"]) as page:
        text = await page.text()
    assert "Release &lt;b&gt;v1&lt;/b&gt; by gonogo-bot" in text
    assert "guard: queued" in text
