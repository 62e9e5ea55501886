"""Routes: environments, gates, approvals and GitHub deployments."""

from __future__ import annotations

from sandbox.github.deployments import Deployment, DeploymentStatus
from sandbox.github.errors import NotFound, Refused, invalid
from sandbox.github.routes.call import Call, Reply, Table
from sandbox.github.views import deployments as views
from sandbox.github.views.site import Json

STATES = ("error", "failure", "inactive", "in_progress", "queued", "pending", "success")


def environments(call: Call) -> Json:
    found = list(call.repo.environments.values())
    shown = [views.environment(call.site, call.repo, one) for one in call.paged(found)]
    return {"total_count": len(found), "environments": shown}


def environment(call: Call) -> Json:
    found = call.repo.place(call.part("environment"))
    if found is None:
        raise NotFound
    return views.environment(call.site, call.repo, found)


def gates(call: Call) -> list[Json]:
    run = call.run
    places = {place.id: place for _, place in call.github.actions.gates(run)}
    return [views.gate(call.site, run, place, call.viewer.login) for place in places.values()]


def review(call: Call) -> list[Json]:
    run, state = call.run, call.field("state")
    wanted, comment = call.field("environment_ids"), str(call.field("comment"))
    if state not in ("approved", "rejected") or not isinstance(wanted, list):
        raise Refused(422, 'Invalid request.\n\nNo subschema in "anyOf" matched.')
    waiting = {place.id: place for _, place in call.github.actions.gates(run)}
    if not wanted or not all(isinstance(number, int) for number in wanted):
        raise Refused(422, 'Invalid request.\n\n"environment_ids" has to be a list of ids.')
    if not set(wanted) <= waiting.keys():
        raise Refused(422, "There is no pending deployment for one of the environments.")
    places = [waiting[number] for number in wanted]
    if not all(place.may_review(call.viewer.login, run.actor) for place in places):
        raise Refused(403, "You are not a required reviewer of this environment.")
    answered = call.github.actions.review(run, places, call.viewer.login, state, comment)
    return [views.deployment(call.site, call.repo, one) for one in answered]


def rules(call: Call) -> Json:
    place = call.repo.place(call.part("environment"))
    if place is None:
        raise NotFound
    shown = [views.rule(call.site, place, app) for app in place.rules]
    return {"total_count": len(shown), "custom_deployment_protection_rules": shown}


def answer_rule(call: Call) -> Reply:
    """The App's own answer; without a state it is a report, which changes nothing."""
    run, name = call.run, str(call.field("environment_name"))
    place = call.repo.place(name)
    if place is None or call.viewer.login not in place.rules:
        raise Refused(403, "Resource not accessible by this token")
    state = call.body.get("state")
    if state is None:
        call.field("comment")
    elif state not in ("approved", "rejected"):
        raise Refused(422, 'Invalid request.\n\nNo subschema in "anyOf" matched.')
    elif not any(gate is place and job.records for job, gate in call.github.actions.gates(run)):
        raise Refused(422, "The deployment is not waiting for a protection rule.")
    else:
        call.github.actions.answer_rule(run, place, call.viewer.login, state)
    return Reply(204)


def approvals(call: Call) -> list[Json]:
    return [views.approval(call.site, call.repo, one) for one in call.run.approvals]


def _deployment(call: Call) -> Deployment:
    found = call.repo.deployments.get(call.number("number"))
    if found is None:
        raise NotFound
    return found


def listed(call: Call) -> list[Json]:
    found = [
        one
        for one in reversed(call.repo.deployments.values())
        if call.query("environment").casefold() in ("", one.environment.casefold())
        and call.query("ref") in ("", one.ref)
        and call.query("sha") in ("", one.sha)
        and call.query("task") in ("", one.task)
    ]
    return [views.deployment(call.site, call.repo, one) for one in call.paged(found)]


def one(call: Call) -> Json:
    return views.deployment(call.site, call.repo, _deployment(call))


def create(call: Call) -> Reply:
    ref = str(call.field("ref"))
    commit = call.repo.git.resolve(ref)
    if commit is None:
        raise Refused(422, f"No ref found for: {ref}")
    if call.body.get("required_contexts") is None and not _green(call, commit.sha):
        raise Refused(409, "Conflict: Commit status checks failed for the ref.")
    now = call.github.clock.now()
    place = call.repo.environment(str(call.body.get("environment") or "production"), now)
    description = call.body.get("description")
    made = Deployment(
        id=next(call.github.ids),
        ref=ref,
        sha=commit.sha,
        environment=place.name,
        creator=call.viewer.login,
        created_at=now,
        task=str(call.body.get("task") or "deploy"),
        description=str(description) if description else None,
        payload=call.body.get("payload") or {},
        production=bool(call.body.get("production_environment", place.is_production)),
    )
    call.repo.deployments[made.id] = made
    return Reply(201, views.deployment(call.site, call.repo, made))


def _green(call: Call, sha: str) -> bool:
    runs = [run for run in call.github.actions.of(call.repo) if run.sha == sha]
    return all(job.conclusion in ("success", "skipped") for run in runs for job in run.jobs)


def statuses(call: Call) -> list[Json]:
    of = _deployment(call)
    newest_first = list(reversed(of.statuses))
    return [views.status(call.site, call.repo, of, one) for one in call.paged(newest_first)]


def create_status(call: Call) -> Reply:
    of, state = _deployment(call), str(call.field("state"))
    if state not in STATES:
        raise invalid("DeploymentStatus", "state", "custom")
    made = DeploymentStatus(
        id=next(call.github.ids),
        state=state,
        creator=call.viewer.login,
        created_at=call.github.clock.now(),
        description=str(call.body.get("description") or ""),
        log_url=str(call.body.get("log_url") or call.body.get("target_url") or ""),
        environment_url=str(call.body.get("environment_url") or ""),
    )
    of.statuses.append(made)
    call.github.notify("deployment_status", "created", call.repo, deployment=of, status=made)
    return Reply(201, views.status(call.site, call.repo, of, made))


ROUTES: Table = (
    ("GET", "/environments", environments),
    ("GET", "/environments/{environment}", environment),
    ("GET", "/environments/{environment}/deployment_protection_rules", rules),
    ("POST", "/actions/runs/{run_id}/deployment_protection_rule", answer_rule),
    ("GET", "/actions/runs/{run_id}/pending_deployments", gates),
    ("POST", "/actions/runs/{run_id}/pending_deployments", review),
    ("GET", "/actions/runs/{run_id}/approvals", approvals),
    ("GET", "/deployments", listed),
    ("POST", "/deployments", create),
    ("GET", "/deployments/{number}", one),
    ("GET", "/deployments/{number}/statuses", statuses),
    ("POST", "/deployments/{number}/statuses", create_status),
)
