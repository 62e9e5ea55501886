"""The local GitHub answers as GitHub's own OpenAPI description says."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace

import pytest
from aiohttp import web
from github import Auth

from sandbox.github.routes import routes
from tests.contracts.octokit import Octokit, load
from tests.sandbox.github_host import Host, running

REPO = "/repos/acme/app"
READS = (
    *(f"{REPO}{path}" for path in ("", "/tags", "/branches", "/branches/main", "/commits")),
    *(f"{REPO}/git/{path}" for path in ("ref/tags/v1.2.1", "matching-refs/tags/v1")),
    *(f"{REPO}/contents/{path}" for path in (".github/workflows/release.yml", "migrations")),
    *(f"{REPO}/commits/v1.2.1{path}" for path in ("", "/check-runs", "/status", "/pulls")),
    *(f"{REPO}/compare/{span}" for span in ("v1.2.0...v1.2.1", "v1.3.0...main")),
    *(f"{REPO}{path}" for path in ("/pulls", "/pulls/4", "/pulls/7", "/pulls/4/reviews")),
    *(f"{REPO}/issues{rest}" for rest in ("", "?labels=bug", "?state=all", "/9")),
    *(f"{REPO}/releases{path}" for path in ("", "/latest", "/tags/v1.2.1")),
    *(f"{REPO}/actions/{path}" for path in ("workflows", "workflows/release.yml", "runs")),
    f"{REPO}/actions/workflows/release.yml/runs",
    *(f"{REPO}{path}" for path in ("/environments", "/environments/production", "/deployments")),
    *("/user", "/users/bo-acme", "/rate_limit", "/orgs/acme/teams/release-managers/members"),
)


@pytest.fixture(scope="module")
def octokit() -> Octokit:
    return load()


class Tour:
    """Asks the host, notes what, and has every answer judged where there is a judge."""

    def __init__(self, host: Host, octokit: Octokit | None = None) -> None:
        self.host = host
        self.asked: set[tuple[str, str]] = set()
        self._octokit = octokit

    async def ask(
        self, method: str, path: str, body: object = None, token: str = "ghp_local_token"
    ) -> tuple[int, object]:
        status, answer = await self.host.call(method, path, body, token)
        bare = path.partition("?")[0]
        self.asked.add((method, bare))
        if self._octokit:
            assert self._octokit.faults(method, bare, status, answer) == []
        return status, answer

    async def post(
        self, path: str, body: object = None, token: str = "ghp_local_token"
    ) -> dict[str, object]:
        status, answer = await self.ask("POST", REPO + path, body, token)
        assert status < 300, answer
        return answer if isinstance(answer, dict) else {}


def api(host: Host) -> Iterator[web.AbstractRoute]:
    """The routes of the REST API. GraphQL has a judge of its own, and pages are for people."""
    for route in routes(host.world).router.routes():
        beside = place(route) == "/graphql" or place(route).startswith("/{owner}/")
        if route.method not in ("*", "HEAD") and not beside:
            yield route


def place(route: web.AbstractRoute) -> str:
    """Its path, with the names of its parts in braces."""
    return route.resource.canonical if route.resource else ""


def route_of(host: Host, method: str, path: str) -> str:
    """Which of them answers that path: the first that matches."""
    for route in api(host):
        known = route.resource.get_info() if route.resource else {}
        is_it = known["pattern"].fullmatch(path) if "pattern" in known else known["path"] == path
        if route.method == method and is_it:
            return place(route)
    return ""


async def what_is_read(tour: Tour) -> None:
    for path in READS:
        status, _ = await tour.ask("GET", path)
        assert status == 200, path


async def a_run_through_its_gate(tour: Tour) -> None:
    preset = {"workflow": "release.yml", "script": "gate_then_success"}
    await tour.host.control("POST", "/github/preset", preset)
    body = {"ref": "main", "inputs": {"version": "v1.2.1"}, "return_run_details": True}
    started = await tour.post("/actions/workflows/release.yml/dispatches", body)
    run = f"/actions/runs/{started['workflow_run_id']}"
    await tour.host.passes(60)
    _, gates = await tour.ask("GET", f"{REPO}{run}/pending_deployments")
    assert isinstance(gates, list)
    answer = {
        "environment_ids": [gates[0]["environment"]["id"]],
        "state": "approved",
        "comment": "Go",
    }
    await tour.post(f"{run}/pending_deployments", answer, "ghp_dee_token")
    await tour.ask("GET", f"{REPO}/environments/production")
    for seconds in (5, 30):
        await tour.host.passes(seconds)
        for path in ("", "/jobs", "/attempts/1", "/attempts/1/jobs", "/approvals"):
            assert (await tour.ask("GET", f"{REPO}{run}{path}"))[0] == 200
    assert (await tour.ask("POST", f"{REPO}{run}/cancel"))[0] == 409
    await tour.post(f"{run}/rerun")
    await tour.ask("GET", f"{REPO}{run}")
    await tour.post(f"{run}/cancel")
    await tour.post(f"{run}/rerun-failed-jobs")
    await tour.post(f"{run}/force-cancel")
    _, listed = await tour.ask("GET", f"{REPO}{run}/jobs")
    assert isinstance(listed, dict)
    job = f"{REPO}/actions/jobs/{listed['jobs'][0]['id']}"
    assert (await tour.ask("GET", job))[0] == 200


async def a_run_through_the_rule_of_an_app(tour: Tour) -> None:
    place = f"{REPO}/environments/production"
    assert (await tour.ask("GET", f"{place}/deployment_protection_rules"))[0] == 200
    body = {"ref": "main", "inputs": {"version": "v1.2.1"}, "return_run_details": True}
    started = await tour.post("/actions/workflows/release.yml/dispatches", body)
    run = f"/actions/runs/{started['workflow_run_id']}"
    await tour.host.passes(60)
    assert (await tour.ask("GET", f"{REPO}{run}/pending_deployments"))[0] == 200
    answer = {"environment_name": "production", "state": "approved", "comment": "Go"}
    rule = f"{REPO}{run}/deployment_protection_rule"
    assert (await tour.ask("POST", rule, answer))[0] == 403  # a person's token may not


async def what_is_written(tour: Tour) -> None:
    head = tour.host.world.github.repository("acme/app").git.branches["main"]
    words = {"tag": "v1.4.0", "message": "Dark mode", "object": head, "type": "commit"}
    tag = await tour.post("/git/tags", words)
    await tour.ask("GET", f"{REPO}/git/tags/{tag['sha']}")
    ref = {"ref": "refs/tags/v1.4.0", "sha": tag["sha"]}
    await tour.post("/git/refs", ref)
    assert (await tour.ask("POST", f"{REPO}/git/refs", ref))[0] == 422
    await tour.post("/git/refs", {"ref": "refs/heads/hotfix/search", "sha": head})
    await tour.ask("GET", f"{REPO}/branches/hotfix/search")
    release = {"tag_name": "v1.4.0", "generate_release_notes": True}
    made = await tour.post("/releases", release)
    edit = {"name": "Dark", "body": "- Dark mode"}
    assert (await tour.ask("PATCH", f"{REPO}/releases/{made['id']}", edit))[0] == 200
    assert (await tour.ask("GET", f"{REPO}/releases/{made['id']}"))[0] == 200
    assert (await tour.ask("POST", f"{REPO}/releases", release))[0] == 422
    await tour.post("/releases/generate-notes", {"tag_name": "v1.2.1"})
    issue = await tour.post("/issues", {"title": "Post-mortem", "labels": ["outage"]})
    await tour.ask("GET", f"{REPO}/issues/{issue['number']}")
    await tour.ask("GET", f"{REPO}/issues?labels=outage")
    people = {"assignees": ["bo-acme"]}
    await tour.post(f"/issues/{issue['number']}/assignees", people)
    await tour.ask("DELETE", f"{REPO}/issues/{issue['number']}/assignees", people)
    fix = tour.host.world.github.repository("acme/app").git.commits[head]
    tour.host.world.github.repository("acme/app").git.add(
        replace(fix, sha="f" * 40, parents=(head,)), "hotfix/search"
    )
    opened = {"head": "hotfix/search", "base": "main", "title": "fix: search"}
    pull = await tour.post("/pulls", opened)
    assert (await tour.ask("POST", f"{REPO}/pulls", opened))[0] == 422
    await tour.ask("GET", f"{REPO}/pulls?head=acme:hotfix/search&state=all")
    asked = {"reviewers": ["bo-acme"], "team_reviewers": ["release-managers"]}
    await tour.post(f"/pulls/{pull['number']}/requested_reviewers", asked)
    await tour.post(f"/issues/{pull['number']}/labels", {"labels": ["hotfix"]})
    wish = {"ref": "v1.2.1", "environment": "production", "required_contexts": []}
    made = await tour.post("/deployments", wish)
    place = f"/deployments/{made['id']}"
    await tour.post(f"{place}/statuses", {"state": "success"})
    await tour.ask("GET", f"{REPO}{place}")
    await tour.ask("GET", f"{REPO}{place}/statuses")


async def the_app_and_its_token(tour: Tour) -> None:
    app = tour.host.world.github.app
    itself = Auth.AppAuth(app.id, app.pem()).token
    place = f"/app/installations/{app.installation}"
    for path in ("/app", place):
        assert (await tour.ask("GET", path, token=itself))[0] == 200
    status, made = await tour.ask("POST", f"{place}/access_tokens", {}, token=itself)
    assert status == 201 and isinstance(made, dict)
    assert (await tour.ask("GET", REPO, token=made["token"]))[0] == 200
    narrow = {"permissions": {"checks": "write"}}
    status, _ = await tour.ask("POST", f"{place}/access_tokens", narrow, token=itself)
    assert status == 422
    assert (await tour.ask("GET", "/app", token=made["token"]))[0] == 401


async def what_is_refused(tour: Tour) -> None:
    assert (await tour.ask("GET", f"{REPO}/git/ref/tags/v9"))[0] == 404
    assert (await tour.ask("GET", "/repos/acme/nothing"))[0] == 404
    assert (await tour.ask("GET", "/user", token="nonsense"))[0] == 401


GoesRound = Callable[[Tour], Awaitable[None]]
TOURS: dict[GoesRound, str] = {
    what_is_read: "default",
    a_run_through_its_gate: "default",
    a_run_through_the_rule_of_an_app: "ruled",
    what_is_written: "default",
    the_app_and_its_token: "default",
    what_is_refused: "default",
}
"""Whoever goes round, and the seed of the world where they do."""


@pytest.mark.parametrize("goes_round", TOURS, ids=lambda tour: tour.__name__)
async def test_every_answer_is_as_github_describes_it(
    octokit: Octokit, goes_round: GoesRound
) -> None:
    async with running(TOURS[goes_round]) as host:
        await goes_round(Tour(host, octokit))


async def test_no_route_is_left_out() -> None:
    asked: set[tuple[str, str]] = set()
    for goes_round, seed in TOURS.items():
        async with running(seed) as host:
            tour = Tour(host)
            await goes_round(tour)
            asked |= {(method, route_of(host, method, path)) for method, path in tour.asked}
            there = {(route.method, place(route)) for route in api(host)}
    assert there - asked == set()
    assert len(there) > 50


async def test_the_judge_notices_what_is_missing_and_what_is_unknown(octokit: Octokit) -> None:
    async with running() as host:
        _, run = await host.call("GET", f"{REPO}/actions/runs?per_page=1")
        path = f"{REPO}/actions/runs"
        assert octokit.faults("GET", path, 200, run) == []
        del run["workflow_runs"][0]["jobs_url"]
        run["workflow_runs"][0]["run_number"] = "one"
        faults = octokit.faults("GET", path, 200, run)
        assert any("jobs_url" in fault for fault in faults)
        assert any("run_number" in fault for fault in faults)
        assert octokit.faults("GET", f"{REPO}/secrets/of/nobody", 200, {}) != []
        assert octokit.faults("GET", f"{REPO}/releases/1", 418, {"message": "teapot"}) != []
        assert octokit.faults("GET", f"{REPO}/releases/1", 403, {"message": "No"}) == []
        assert octokit.faults("GET", f"{REPO}/releases/1", 403, {}) != []
        dispatches = f"{REPO}/actions/workflows/release.yml/dispatches"
        assert octokit.faults("POST", dispatches, 204, None) == []
        assert octokit.faults("POST", dispatches, 204, {"id": 1}) != []
