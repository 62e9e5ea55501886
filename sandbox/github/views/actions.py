"""Workflows, runs and jobs."""

from __future__ import annotations

from sandbox.github.repository import Repository
from sandbox.github.runs import Job, Run
from sandbox.github.views.commits import check_suite, simple_commit
from sandbox.github.views.repositories import minimal
from sandbox.github.views.site import Json, Site, node, stamp
from sandbox.github.workflows import Workflow


def workflow(site: Site, repo: Repository, it: Workflow) -> Json:
    """A `workflow`."""
    page = site.page(repo)
    return {
        "id": it.id,
        "node_id": node("Workflow", it.id),
        "name": it.name,
        "path": it.path,
        "state": "disabled_manually" if it.file in repo.disabled else "active",
        "created_at": stamp(repo.created_at),
        "updated_at": stamp(repo.created_at),
        "url": f"{site.api(repo)}/actions/workflows/{it.id}",
        "html_url": f"{page}/blob/{repo.default_branch}/{it.path}",
        "badge_url": f"{page}/workflows/{it.name}/badge.svg",
    }


def run(site: Site, it: Run) -> Json:
    """A `workflow-run`."""
    api, page = site.api(it.repo), site.page(it.repo)
    url = f"{api}/actions/runs/{it.id}"
    suite = check_suite(it)
    earlier = f"{url}/attempts/{it.attempt - 1}" if it.attempt > 1 else None
    return {
        "id": it.id,
        "node_id": node("WorkflowRun", it.id),
        "name": it.workflow.name,
        "display_title": it.title,
        "run_number": it.number,
        "run_attempt": it.attempt,
        "event": it.event,
        "status": it.status,
        "conclusion": it.conclusion,
        "workflow_id": it.workflow.id,
        "path": it.workflow.path,
        "head_branch": it.branch,
        "head_sha": it.sha,
        "head_commit": simple_commit(site, it.repo.git.commits[it.sha]),
        "actor": site.user(it.actor),
        "triggering_actor": site.user(it.triggered_by or it.actor),
        "check_suite_id": suite,
        "check_suite_node_id": node("CheckSuite", suite),
        "pull_requests": [],
        "referenced_workflows": [],
        "created_at": stamp(it.created_at),
        "run_started_at": stamp(it.started_at or it.attempted_at or it.created_at),
        "updated_at": stamp(it.updated_at or it.created_at),
        "url": url,
        "html_url": f"{page}/actions/runs/{it.id}",
        "jobs_url": f"{url}/jobs",
        "logs_url": f"{url}/logs",
        "check_suite_url": f"{api}/check-suites/{suite}",
        "artifacts_url": f"{url}/artifacts",
        "cancel_url": f"{url}/cancel",
        "rerun_url": f"{url}/rerun",
        "previous_attempt_url": earlier,
        "workflow_url": f"{api}/actions/workflows/{it.workflow.id}",
        "repository": minimal(site, it.repo),
        "head_repository": minimal(site, it.repo),
    }


def job(site: Site, it: Run, one: Job) -> Json:
    """A `job` with its steps."""
    api = site.api(it.repo)
    return {
        "id": one.id,
        "node_id": node("CheckRun", one.id),
        "run_id": it.id,
        "run_attempt": it.attempt,
        "run_url": f"{api}/actions/runs/{it.id}",
        "workflow_name": it.workflow.name,
        "head_branch": it.branch,
        "head_sha": it.sha,
        "name": one.name,
        "status": one.status,
        "conclusion": one.conclusion,
        "created_at": stamp(one.created_at),
        "started_at": stamp(one.started_at or one.created_at),
        "completed_at": stamp(one.completed_at),
        "steps": [
            {
                "name": step.name,
                "number": number,
                "status": step.status,
                "conclusion": step.conclusion,
                "started_at": stamp(step.started_at),
                "completed_at": stamp(step.completed_at),
            }
            for number, step in enumerate(one.steps, start=1)
        ],
        "url": f"{api}/actions/jobs/{one.id}",
        "html_url": f"{site.page(it.repo)}/actions/runs/{it.id}/job/{one.id}",
        "check_run_url": f"{api}/check-runs/{one.id}",
        "labels": ["ubuntu-24.04"],
        "runner_id": 1 if one.reached else None,
        "runner_name": "local-1" if one.reached else None,
        "runner_group_id": 1 if one.reached else None,
        "runner_group_name": "Default" if one.reached else None,
    }
