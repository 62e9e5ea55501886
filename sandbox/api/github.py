"""Control of the local GitHub: what people and machines do there besides the bot."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from aiohttp import web

from sandbox.clock import iso
from sandbox.github.errors import Refused
from sandbox.github.limits import PER_HOUR
from sandbox.github.repository import Repository
from sandbox.github.runs import Run
from sandbox.github.scripts import SCRIPTS, Script
from sandbox.refusals import Refusal

if TYPE_CHECKING:
    from sandbox.world import World

MOVES = ("in_progress", "waiting", "success", "failure", "cancelled")
OK = {"ok": True}


def routes(world: World) -> list[web.RouteDef]:
    """The calls under /github; each may name a `repo` where there are several."""
    control = _Control(world)
    return [
        web.get("/github/runs", control.runs),
        web.post("/github/runs/{id}/advance", control.advance),
        web.post("/github/preset", control.preset),
        web.post("/github/tag", control.tag),
        web.get("/github/pulls", control.pulls),
        web.post("/github/merge", control.merge),
        web.post("/github/start_run", control.start_run),
        web.post("/github/rerun", control.rerun),
        web.post("/github/approve_gate", control.approve_gate),
        web.post("/github/expire_tokens", control.expire_tokens),
        web.post("/github/limit", control.limit),
    ]


class _Control:
    def __init__(self, world: World) -> None:
        self._world = world

    def _repo(self, body: dict[str, Any]) -> Repository:
        name = str(body.get("repo") or self._world.seed.services[0])
        full_name = name if "/" in name else f"acme/{name}"
        found = self._world.github.repositories.get(full_name)
        if found is None:
            raise Refusal("unknown_repo", f"There is no repository {full_name}.", 404)
        return found

    def _login(self, body: dict[str, Any]) -> str:
        name = body.get("as")
        login = self._world.github.logins.get(str(name))
        if login is None:
            raise Refusal("unknown_person", f"{name} has no GitHub account.", 404)
        return login

    def _run(self, number: object) -> Run:
        text = str(number)
        found = self._world.github.actions.runs.get(int(text)) if text.isdecimal() else None
        if found is None:
            raise Refusal("unknown_run", f"There is no run {number}.", 404)
        return found

    async def runs(self, request: web.Request) -> web.Response:
        """All runs, newest first, also those that lists at GitHub do not show yet.

        `deployed` says that a run has reached its deploying job, whatever came of it.
        """
        wanted = request.query.get("repo")
        runs = reversed(self._world.github.actions.runs.values())
        rows = [_row(run) for run in runs if wanted in (None, run.repo.name, run.repo.full_name)]
        return web.json_response(OK | {"runs": rows})

    async def advance(self, request: web.Request) -> web.Response:
        body = await request.json()
        run, to = self._run(request.match_info["id"]), body.get("to")
        if to not in MOVES:
            raise Refusal("unknown_move", f"{to} is not one of {', '.join(MOVES)}.", 400)
        try:
            self._world.github.actions.push_to(run, to, body.get("job"))
        except LookupError as error:
            raise Refusal("no_such_job", f"Run {run.id} has {error.args[0]}.") from None
        return web.json_response(OK | {"run": _row(run)})

    async def preset(self, request: web.Request) -> web.Response:
        body = await request.json()
        file, name = body.get("workflow"), body.get("script")
        repos = self._world.github.repositories.values()
        if not any(repo.workflow(str(file)) for repo in repos):
            raise Refusal("unknown_workflow", f"There is no workflow {file}.", 404)
        if name not in SCRIPTS:
            raise Refusal("unknown_script", f"{name} is not one of {', '.join(SCRIPTS)}.", 400)
        seconds, jobs = body.get("seconds", Script.seconds), body.get("jobs") or []
        if not isinstance(seconds, int | float) or seconds < 0:
            raise Refusal("bad_seconds", f"{seconds} is no number of seconds.", 400)
        if not isinstance(jobs, list) or not all(isinstance(job, str) for job in jobs):
            raise Refusal("bad_jobs", "The jobs are a list of names.", 400)
        script = Script(name, seconds, tuple(jobs))
        self._world.github.actions.preset(repos, str(file), script)
        return web.json_response(OK)

    async def tag(self, request: web.Request) -> web.Response:
        body = await request.json()
        name, sha = str(body.get("name", "")), str(body.get("sha", ""))
        if not name or not re.fullmatch(r"[0-9a-f]{40}", sha):
            raise Refusal("bad_tag", "A tag needs a name and a sha of 40 hex digits.", 400)
        self._world.github.point_tag(self._repo(body), name, sha, "dee-acme")
        return web.json_response(OK)

    async def pulls(self, request: web.Request) -> web.Response:
        repo = self._repo(dict(request.query))
        rows = [
            {"number": one.number, "title": one.title, "author": one.author, "state": one.state}
            for one in repo.pulls.values()
        ]
        return web.json_response(OK | {"pulls": rows})

    async def merge(self, request: web.Request) -> web.Response:
        body = await request.json()
        repo, number = self._repo(body), body.get("pr")
        pull = repo.pulls.get(number) if isinstance(number, int) else None
        if pull is None:
            raise Refusal("unknown_pull", f"There is no pull request {number}.", 404)
        if pull.merged_at is not None:
            raise Refusal("already_merged", f"Pull request {number} is merged.")
        by = self._login(body) if body.get("as") else "dee-acme"
        commit = self._world.github.merge(repo, pull, by)
        return web.json_response(OK | {"sha": commit.sha})

    async def start_run(self, request: web.Request) -> web.Response:
        body = await request.json()
        repo, login, file = self._repo(body), self._login(body), str(body.get("workflow"))
        ref, inputs = body.get("ref") or repo.default_branch, body.get("inputs") or {}
        try:
            run = self._world.github.dispatch(
                repo, file, ref, inputs, login, f"/actions/workflows/{file}/dispatches"
            )
        except Refused as refused:
            raise Refusal("refused", refused.message, refused.status) from None
        return web.json_response(OK | {"id": run.id, "run": _row(run)})

    async def rerun(self, request: web.Request) -> web.Response:
        """Press "Re-run all jobs" in the browser."""
        body = await request.json()
        run, login = self._run(body.get("run")), self._login(body)
        try:
            self._world.github.actions.rerun(run, login)
        except Refused as refused:
            raise Refusal("refused", refused.message, refused.status) from None
        return web.json_response(OK | {"run": _row(run)})

    async def approve_gate(self, request: web.Request) -> web.Response:
        body = await request.json()
        run, login = self._run(body.get("run")), self._login(body)
        actions, admins = self._world.github.actions, run.repo.admins
        places = [place for _, place in actions.gates(run)]
        if not places:
            raise Refusal("no_gate", f"Run {run.id} waits for nobody.")
        for place in places:  # where an App is asked, only an administrator passes it by
            may = place.may_review(login, run.actor) if place.reviewers else login in admins
            if not may:
                raise Refusal("not_a_reviewer", f"{login} is no required reviewer of it.", 403)
        state = "rejected" if body.get("reject") else "approved"
        actions.review(run, places, login, state, str(body.get("comment") or ""))
        return web.json_response(OK | {"run": _row(run)})

    async def expire_tokens(self, request: web.Request) -> web.Response:
        """End every token of the App, as if its hour were over."""
        self._world.github.app.expire()
        return web.json_response(OK)

    async def limit(self, request: web.Request) -> web.Response:
        """Somebody else who uses the bot's token leaves so many requests of this hour."""
        github, left = self._world.github, (await request.json()).get("left")
        if not isinstance(left, int) or not 0 <= left <= PER_HOUR:
            raise Refusal("bad_limit", f"{left} is no number of requests up to {PER_HOUR}.", 400)
        for login in (self._world.seed.github_bot, github.app.login):
            github.limits.leave(login, left, github.clock.now())
        return web.json_response(OK)


def _row(run: Run) -> dict[str, object]:
    jobs = [
        {
            "name": job.name,
            "status": job.status,
            "conclusion": job.conclusion,
            "steps": [
                {"name": s.name, "status": s.status, "conclusion": s.conclusion} for s in job.steps
            ],
        }
        for job in run.shown
    ]
    return {
        "id": run.id,
        "repo": run.repo.full_name,
        "workflow": run.workflow.file,
        "path": run.workflow.path,
        "event": run.event,
        "status": run.status,
        "conclusion": run.conclusion,
        "actor": run.actor,
        "inputs": run.inputs,
        "created_at": iso(run.created_at),
        "updated_at": iso(run.updated_at or run.created_at),
        "head_sha": run.sha,
        "head_branch": run.branch,
        "attempt": run.attempt,
        "display_title": run.title,
        "jobs": jobs,
        "deployed": run.reached_deploying_job,
    }
