"""Routes: workflows, their dispatch, runs and jobs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from sandbox.github.errors import NotFound, Refused
from sandbox.github.routes.call import Call, Reply, Table
from sandbox.github.runs import Run
from sandbox.github.views import actions
from sandbox.github.views.site import Json
from sandbox.github.workflows import Workflow

MOST_INPUTS = 25


def _workflow(call: Call) -> Workflow:
    found = call.repo.workflow(call.part("workflow"))
    if found is None:
        raise NotFound
    return found


def workflows(call: Call) -> Json:
    found = call.repo.workflows()
    shown = [actions.workflow(call.site, call.repo, one) for one in call.paged(found)]
    return {"total_count": len(found), "workflows": shown}


def workflow(call: Call) -> Json:
    return actions.workflow(call.site, call.repo, _workflow(call))


def dispatch(call: Call) -> Reply:
    inputs = call.body.get("inputs") or {}
    if not isinstance(inputs, dict) or len(inputs) > MOST_INPUTS:
        raise Refused(
            422, "Invalid request.\n\nFor 'properties/inputs', more than 25 or no object."
        )
    run = call.github.dispatch(
        call.repo,
        call.part("workflow"),
        str(call.field("ref")),
        inputs,
        call.viewer.login,
        call.path,
    )
    hidden = call.github.fault("no_run_id", "POST", call.path) is not None
    if hidden or not call.body.get("return_run_details"):
        return Reply(204)
    shown = actions.run(call.site, run)
    urls = {"run_url": shown["url"], "html_url": shown["html_url"]}
    return Reply(200, {"workflow_run_id": run.id, **urls})


def runs(call: Call) -> Json:
    return _listed(call, call.github.actions.of(call.repo))


def runs_of_workflow(call: Call) -> Json:
    path = _workflow(call).path
    return _listed(call, [r for r in call.github.actions.of(call.repo) if r.workflow.path == path])


def _listed(call: Call, newest_first: list[Run]) -> Json:
    now = call.github.clock.now()
    state = call.query("status")
    found = [
        run
        for run in newest_first
        if run.listed_from <= now
        and call.query("event") in ("", run.event)
        and call.query("branch") in ("", run.branch)
        and call.query("actor") in ("", run.actor)
        and call.query("head_sha") in ("", run.sha)
        and state in ("", run.status, run.conclusion)
        and _within(call.query("created"), run.created_at)
    ]
    shown = [actions.run(call.site, run) for run in call.paged(found)]
    return {"total_count": len(found), "workflow_runs": shown}


_SIDES: dict[str, Callable[[datetime, datetime], bool]] = {
    ">=": datetime.__ge__,
    "<=": datetime.__le__,
    ">": datetime.__gt__,
    "<": datetime.__lt__,
}


def _within(span: str, at: datetime) -> bool:
    """GitHub's search syntax for dates: `>=T`, `<T`, `T..T` or a day."""
    if not span:
        return True
    try:
        if ".." in span:
            low, high = span.split("..")
            return (low == "*" or _moment(low) <= at) and (high == "*" or at <= _moment(high))
        for sign, holds in _SIDES.items():
            if span.startswith(sign):
                return holds(at, _moment(span.removeprefix(sign)))
        return at.date() == _moment(span).date()
    except ValueError:
        return True


def _moment(text: str) -> datetime:
    at = datetime.fromisoformat(text.replace(" ", "+"))
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def run(call: Call) -> Json:
    return actions.run(call.site, call.run)


def _attempt(call: Call) -> Run:
    present, number = call.run, call.number("attempt")
    for one in (present, *present.earlier):
        if one.attempt == number:
            return one
    raise NotFound


def attempt(call: Call) -> Json:
    return actions.run(call.site, _attempt(call))


def jobs(call: Call) -> Json:
    present = call.run
    every = call.query("filter", "latest") == "all"
    return _jobs(call, [present, *reversed(present.earlier)] if every else [present])


def jobs_of_attempt(call: Call) -> Json:
    return _jobs(call, [_attempt(call)])


def _jobs(call: Call, attempts: list[Run]) -> Json:
    found = [(one, job) for one in attempts for job in one.shown]
    shown = [actions.job(call.site, one, job) for one, job in call.paged(found)]
    return {"total_count": len(found), "jobs": shown}


def job(call: Call) -> Json:
    number = call.number("job_id")
    for one in call.github.actions.of(call.repo):
        for found in one.jobs:
            if found.id == number:
                return actions.job(call.site, one, found)
    raise NotFound


def cancel(call: Call) -> Reply:
    call.github.actions.cancel(call.run)
    return Reply(202, {})


def rerun(call: Call) -> Reply:
    call.github.actions.rerun(call.run, call.viewer.login)
    return Reply(201, {})


ROUTES: Table = (
    ("GET", "/actions/workflows", workflows),
    ("GET", "/actions/workflows/{workflow}", workflow),
    ("POST", "/actions/workflows/{workflow}/dispatches", dispatch),
    ("GET", "/actions/workflows/{workflow}/runs", runs_of_workflow),
    ("GET", "/actions/runs", runs),
    ("GET", "/actions/runs/{run_id}", run),
    ("GET", "/actions/runs/{run_id}/attempts/{attempt}", attempt),
    ("GET", "/actions/runs/{run_id}/attempts/{attempt}/jobs", jobs_of_attempt),
    ("GET", "/actions/runs/{run_id}/jobs", jobs),
    ("GET", "/actions/jobs/{job_id}", job),
    ("POST", "/actions/runs/{run_id}/cancel", cancel),
    ("POST", "/actions/runs/{run_id}/force-cancel", cancel),
    ("POST", "/actions/runs/{run_id}/rerun", rerun),
    ("POST", "/actions/runs/{run_id}/rerun-failed-jobs", rerun),
)
