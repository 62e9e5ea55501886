"""Environments, gates, GitHub deployments and releases."""

from __future__ import annotations

from sandbox.github.deployments import Deployment, DeploymentStatus
from sandbox.github.environments import Approval, Environment
from sandbox.github.releases import Release
from sandbox.github.repository import Repository
from sandbox.github.runs import Run
from sandbox.github.views.site import Json, Site, node, stamp


def environment(site: Site, repo: Repository, it: Environment) -> Json:
    """An `environment` with its protection rules."""
    rule = {
        "id": it.id + 1_000_000,
        "node_id": node("Gate", it.id),
        "type": "required_reviewers",
        "prevent_self_review": it.prevent_self_review,
        "reviewers": _reviewers(site, it),
    }
    return _place(site, repo, it) | {
        "created_at": stamp(it.created_at),
        "updated_at": stamp(it.created_at),
        "can_admins_bypass": True,
        "protection_rules": [*([rule] if it.reviewers else []), *_timer(it)],
        "deployment_branch_policy": None,
    }


def _timer(it: Environment) -> list[Json]:
    if not it.wait_minutes:
        return []
    number = it.id + 2_000_000
    kind = {"id": number, "node_id": node("Gate", number), "type": "wait_timer"}
    return [kind | {"wait_timer": it.wait_minutes}]


def _place(site: Site, repo: Repository, it: Environment) -> Json:
    page = f"{site.page(repo)}/deployments/activity_log?environments_filter={it.name}"
    return {
        "id": it.id,
        "node_id": node("Environment", it.id),
        "name": it.name,
        "url": f"{site.api(repo)}/environments/{it.name}",
        "html_url": page,
    }


def _reviewers(site: Site, it: Environment) -> list[Json]:
    return [{"type": "User", "reviewer": site.user(login)} for login in it.reviewers]


def gate(site: Site, run: Run, it: Environment, login: str) -> Json:
    """A `pending-deployment` as `login` sees it."""
    return {
        "environment": _place(site, run.repo, it),
        "wait_timer": 0,
        "wait_timer_started_at": None,
        "current_user_can_approve": it.may_review(login, run.actor),
        "reviewers": _reviewers(site, it),
    }


def rule(site: Site, place: Environment, app: str) -> Json:
    """A `deployment-protection-rule`."""
    number = site.accounts[app].id
    return {
        "id": place.id + 2_000_000,
        "node_id": node("GateCustom", place.id),
        "enabled": True,
        "app": {
            "id": number,
            "node_id": node("GitHubApp", number),
            "slug": app.removesuffix("[bot]"),
            "integration_url": f"{site.root}/apps/{app.removesuffix('[bot]')}",
        },
    }


def approval(site: Site, repo: Repository, it: Approval) -> Json:
    """An `environment-approvals`."""
    place = repo.environments[it.environment.casefold()]
    at = {"created_at": stamp(place.created_at), "updated_at": stamp(it.at)}
    return {
        "environments": [_place(site, repo, place) | at],
        "state": it.state,
        "user": site.user(it.reviewer),
        "comment": it.comment,
    }


def deployment(site: Site, repo: Repository, it: Deployment) -> Json:
    """A `deployment`."""
    url = f"{site.api(repo)}/deployments/{it.id}"
    return {
        "id": it.id,
        "node_id": node("Deployment", it.id),
        "url": url,
        "ref": it.ref,
        "sha": it.sha,
        "task": it.task,
        "payload": it.payload,
        "environment": it.environment,
        "original_environment": it.environment,
        "description": it.description,
        "creator": site.user(it.creator),
        "created_at": stamp(it.created_at),
        "updated_at": stamp(it.updated_at),
        "statuses_url": f"{url}/statuses",
        "repository_url": site.api(repo),
        "transient_environment": False,
        "production_environment": it.production,
    }


def status(site: Site, repo: Repository, of: Deployment, it: DeploymentStatus) -> Json:
    """A `deployment-status`."""
    url = f"{site.api(repo)}/deployments/{of.id}"
    log = it.log_url or (f"{site.page(repo)}/actions/runs/{of.run}" if of.run else "")
    return {
        "id": it.id,
        "node_id": node("DeploymentStatus", it.id),
        "url": f"{url}/statuses/{it.id}",
        "state": it.state,
        "creator": site.user(it.creator),
        "description": it.description,
        "environment": of.environment,
        "target_url": log,
        "log_url": log,
        "environment_url": it.environment_url,
        "created_at": stamp(it.created_at),
        "updated_at": stamp(it.created_at),
        "deployment_url": url,
        "repository_url": site.api(repo),
    }


def release(site: Site, repo: Repository, it: Release) -> Json:
    """A `release`."""
    url = f"{site.api(repo)}/releases/{it.id}"
    upload = f"{url}/assets{{?name,label}}"
    ball = f"{site.api(repo)}/{{}}/{it.tag}"
    return {
        "id": it.id,
        "node_id": node("Release", it.id),
        "tag_name": it.tag,
        "target_commitish": it.target,
        "name": it.name,
        "body": it.body,
        "draft": it.draft,
        "prerelease": it.prerelease,
        "author": site.user(it.author),
        "created_at": stamp(it.created_at),
        "published_at": stamp(it.published_at),
        "assets": [],
        "url": url,
        "html_url": f"{site.page(repo)}/releases/tag/{it.tag}",
        "assets_url": f"{url}/assets",
        "upload_url": upload,
        "tarball_url": ball.format("tarball"),
        "zipball_url": ball.format("zipball"),
    }
