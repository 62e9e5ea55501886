"""The pages of a run, an issue and a pull request, for people who follow a link from Slack."""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING

from aiohttp import web
from aiohttp.typedefs import Handler

from sandbox.github.runs import Run

if TYPE_CHECKING:
    from sandbox.world import World

RUN = r"/{owner}/{repo}/actions/runs/{run_id:\d+}{rest:(/.*)?}"
ISSUE = r"/{owner}/{repo}/issues/{number:\d+}"
PULL = r"/{owner}/{repo}/pull/{number:\d+}"
_ISSUE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{title}</title><style>body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 52rem;
margin: 2rem auto; padding: 0 1rem }} pre {{ font: inherit; white-space: pre-wrap }}</style>
<h1>{title}</h1><p>#{number}, <b>{state}</b>, assigned to {people}</p><pre>{body}</pre></html>"""
_PULL = _ISSUE.replace(
    "assigned to {people}",
    "from {branch} into {base}, labels: {labels}, asked to review: {people}",
)
_COMMENT = re.compile(r"<!--.*?-->\s*", re.DOTALL)
_PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta http-equiv="refresh" content="2"><title>{title}</title>
<style>body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 40rem; margin: 2rem auto }}</style>
<h1>{title}</h1><p>{workflow} #{number}, started by {actor}: <b>{state}</b></p><ul>{jobs}</ul>
</html>"""


def run(world: World) -> Handler:
    """Shows a run without a token; everything on this host is public to the person at it."""

    async def show(request: web.Request) -> web.Response:
        found = world.github.actions.runs.get(int(request.match_info["run_id"]))
        if found is None:
            raise web.HTTPNotFound(text="There is no such run.")
        return web.Response(text=_html(found), content_type="text/html")

    return show


def issue(world: World) -> Handler:
    """Shows an issue in the same way, its Markdown as it was written."""

    async def show(request: web.Request) -> web.Response:
        place = request.match_info
        repo = world.github.repositories.get(f"{place['owner']}/{place['repo']}")
        found = repo.issues.get(int(place["number"])) if repo else None
        if found is None:
            raise web.HTTPNotFound(text="There is no such issue.")
        people = ", ".join(found.assignees) or "nobody"
        page = _ISSUE.format(
            title=escape(found.title),
            number=found.number,
            state=found.state,
            people=escape(people),
            body=escape(_COMMENT.sub("", found.body)),
        )
        return web.Response(text=page, content_type="text/html")

    return show


def pull(world: World) -> Handler:
    """Shows a pull request, with the branches that it is between."""

    async def show(request: web.Request) -> web.Response:
        place = request.match_info
        repo = world.github.repositories.get(f"{place['owner']}/{place['repo']}")
        found = repo.pulls.get(int(place["number"])) if repo else None
        if found is None:
            raise web.HTTPNotFound(text="There is no such pull request.")
        asked = (*found.asked, *found.asked_teams)
        page = _PULL.format(
            title=escape(found.title),
            number=found.number,
            state="merged" if found.merged_at else found.state,
            branch=escape(found.branch),
            base=escape(found.base),
            labels=escape(", ".join(found.labels) or "none"),
            people=escape(", ".join(asked) or "nobody"),
            body=escape(found.body),
        )
        return web.Response(text=page, content_type="text/html")

    return show


def _html(run: Run) -> str:
    jobs = "".join(
        f"<li>{escape(job.name)}: {job.conclusion or job.status}<ul>"
        + "".join(f"<li>{escape(s.name)}: {s.conclusion or s.status}</li>" for s in job.steps)
        + "</ul></li>"
        for job in run.shown
    )
    return _PAGE.format(
        title=escape(run.title),
        workflow=escape(run.workflow.name),
        number=run.number,
        actor=escape(run.actor),
        state=run.conclusion or run.status,
        jobs=jobs,
    )
