"""Webhooks: what GitHub tells the bot, signed, once, without waiting for the answer."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import random
import uuid
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import aiohttp

from sandbox.github.repository import Repository
from sandbox.github.views import actions, commits, deployments, repositories
from sandbox.github.views.site import Json, Site

if TYPE_CHECKING:
    from sandbox.world import World

PATH = "/github/webhooks"
PATIENCE = aiohttp.ClientTimeout(total=10)  # GitHub's own
SHUFFLE = 0.5  # seconds of real time within which shuffled deliveries swap places

DELIVERED_WITHIN = 2.0  # seconds of real time that a step of the clock waits for answers

NO_SHA = "0" * 40

Subjects = dict[str, Any]


class Webhooks:
    """Sends each change to the bot, if one is known; nothing is sent again, as at GitHub."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._under_way: set[asyncio.Task[None]] = set()

    def hear(self, event: str, action: str, repo: Repository, subjects: Subjects) -> None:
        """Listens to the host's changes; never blocks it."""
        if self._world.bot_url is None:
            return
        fault = self._world.github.fault("webhooks", "POST", PATH)
        how = fault.arg if fault else None
        if how == "drop":
            return
        body = json.dumps(self._payload(event, action, repo, subjects)).encode()
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "GitHub-Hookshot/local",
            "X-GitHub-Event": event,
            "X-GitHub-Delivery": str(uuid.uuid4()),
            "X-Hub-Signature-256": f"sha256={self._signature(body)}",
        }
        for _ in range(2 if how == "duplicate" else 1):
            delay = random.uniform(0, SHUFFLE) if how == "shuffle" else 0.0
            task = asyncio.create_task(self._deliver(body, headers, delay))
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)

    def is_telling(self) -> bool:
        """Whether something is on its way to the bot."""
        return bool(self._under_way)

    async def delivered(self) -> None:
        """Wait for the answers to what is under way, but not for ever."""
        if self._under_way:
            await asyncio.wait(set(self._under_way), timeout=DELIVERED_WITHIN)

    async def close(self) -> None:
        """Give up what is still under way."""
        tasks = list(self._under_way)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _deliver(self, body: bytes, headers: dict[str, str], delay: float) -> None:
        await asyncio.sleep(delay)
        entry = self._world.journal.record(
            system="github", direction="to_bot", method="POST", path=PATH, body=json.loads(body)
        )
        try:
            async with (
                aiohttp.ClientSession(timeout=PATIENCE) as session,
                session.post(f"{self._world.bot_url}{PATH}", data=body, headers=headers) as answer,
            ):
                entry.status = answer.status
        except (aiohttp.ClientError, TimeoutError):
            return  # the journal keeps it without a status

    def _signature(self, body: bytes) -> str:
        secret = self._world.seed.secrets.github_webhook_secret.encode()
        return hmac.new(secret, body, hashlib.sha256).hexdigest()

    def _payload(self, event: str, action: str, repo: Repository, subjects: Subjects) -> Json:
        site = Site(self._world.github_url, self._world.github.accounts)
        sender = _sender(subjects) or repo.owner
        common = {
            "repository": repositories.full(site, repo),
            "organization": {"login": repo.owner, "id": site.accounts[repo.owner].id},
            "sender": site.user(sender),
        }
        spoken = {} if event in ("create", "push") else {"action": action}
        return spoken | _PARTS[event](site, repo, subjects) | common


def _sender(subjects: Subjects) -> str | None:
    for name, attribute in (("run", "actor"), ("status", "creator"), ("release", "author")):
        if name in subjects:
            return str(getattr(subjects[name], attribute))
    sender = subjects.get("sender")
    return str(sender) if sender else None


def _run(site: Site, repo: Repository, subjects: Subjects) -> Json:
    run = subjects["run"]
    return {
        "workflow_run": actions.run(site, run),
        "workflow": actions.workflow(site, repo, run.workflow),
    }


def _job(site: Site, repo: Repository, subjects: Subjects) -> Json:
    run = subjects["run"]
    return {"workflow_job": actions.job(site, run, subjects["job"])}


def _status(site: Site, repo: Repository, subjects: Subjects) -> Json:
    of = subjects["deployment"]
    return {
        "deployment": deployments.deployment(site, repo, of),
        "deployment_status": deployments.status(site, repo, of, subjects["status"]),
    }


def _release(site: Site, repo: Repository, subjects: Subjects) -> Json:
    return {"release": deployments.release(site, repo, subjects["release"])}


def _create(site: Site, repo: Repository, subjects: Subjects) -> Json:
    _, kind, name = subjects["ref"].split("/", 2)
    return {
        "ref": name,
        "ref_type": "tag" if kind == "tags" else "branch",
        "master_branch": repo.default_branch,
        "description": None,
        "pusher_type": "user",
    }


def _push(site: Site, repo: Repository, subjects: Subjects) -> Json:
    before, after = subjects["before"], subjects["after"]
    commit = repo.git.commits.get(repo.git.commit_of(after))
    shown = commits.simple_commit(site, commit) if commit else None
    return {
        "ref": subjects["ref"],
        "before": before or NO_SHA,
        "after": after,
        "created": before is None,
        "deleted": False,
        "forced": before is not None and subjects["ref"].startswith("refs/tags/"),
        "base_ref": None,
        "compare": f"{site.page(repo)}/compare/{before or NO_SHA}...{after}",
        "commits": [shown] if shown else [],
        "head_commit": shown,
        "pusher": {"name": subjects["sender"]},
    }


def _protection_rule(site: Site, repo: Repository, subjects: Subjects) -> Json:
    run, of = subjects["run"], subjects["deployment"]
    return {
        "environment": of.environment,
        "event": run.event,
        "deployment_callback_url": (
            f"{site.api(repo)}/actions/runs/{run.id}/deployment_protection_rule"
        ),
        "deployment": deployments.deployment(site, repo, of),
        "pull_requests": [],
        "installation": {"id": 1, "node_id": "MDIzOkludGVncmF0aW9uSW5zdGFsbGF0aW9uMQ=="},
    }


_PARTS: dict[str, Callable[[Site, Repository, Subjects], Json]] = {
    "create": _create,
    "deployment_protection_rule": _protection_rule,
    "deployment_status": _status,
    "push": _push,
    "release": _release,
    "workflow_job": _job,
    "workflow_run": _run,
}
