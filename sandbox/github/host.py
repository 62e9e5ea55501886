"""The local GitHub: accounts, repositories and Actions, and who is told of their changes."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sandbox.clock import Clock
from sandbox.events import Events
from sandbox.faults import Fault, Faults
from sandbox.github.accounts import Accounts
from sandbox.github.actions import Actions
from sandbox.github.apps import App
from sandbox.github.errors import NotFound, Refused, invalid
from sandbox.github.git import Commit, digest
from sandbox.github.limits import Limits
from sandbox.github.planting import plant
from sandbox.github.pulls import PullRequest
from sandbox.github.repository import Repository
from sandbox.github.runs import Run
from sandbox.journal import Journal
from sandbox.seeds import Seed
from sandbox.seeds.repos import OWNER, repos

Listener = Callable[[str, str, Repository, dict[str, Any]], None]


class GitHub:
    """The state of the host. `listeners` hear (event, action, repository, subjects by name)."""

    def __init__(
        self, clock: Clock, journal: Journal, faults: Faults, events: Events, seed: Seed
    ) -> None:
        self.clock = clock
        self.journal = journal
        self._faults = faults
        self._events = events
        self.ids = itertools.count(70_001)
        self.limits = Limits()
        self.listeners: list[Listener] = []
        staff = {one.name: one for one in seed.people if one.github}
        self.logins = {name: one.github or "" for name, one in staff.items()}
        people = [(one.github or "", one.real_name) for one in staff.values()]
        people += [(seed.github_bot, "gonogo"), (seed.github_reviewer, "gonogo's reviewer")]
        self.accounts = Accounts(people, OWNER)
        self.accounts.allow({seed.secrets.github_token: seed.github_bot})
        self.accounts.allow({seed.secrets.github_reviewer_token: seed.github_reviewer})
        self.accounts.allow({f"ghp_{name}_token": login for name, login in self.logins.items()})
        self.app = App(4242, "gonogo", OWNER, installation=515151)
        self.accounts.add(self.app.login, self.app.slug, "Bot")
        self.accounts.teams["release-managers"] = ("bo-acme", "dee-acme")
        self.actions = Actions(clock, self.ids, self.notify)
        planted = (
            plant(one, clock.now(), self.ids, self.actions)
            for one in repos(seed.name, seed.services)
        )
        self.repositories = {repo.full_name: repo for repo in planted}

    def notify(self, event: str, action: str, repo: Repository, **subjects: object) -> None:
        """Tell the page and the listeners (webhooks) of a change."""
        self._events.publish("run", event=event, action=action)
        if event == "deployment_status":
            self._events.publish("health")
        for listener in self.listeners:
            listener(event, action, repo, subjects)

    def repository(self, full_name: str) -> Repository:
        """Raises NotFound."""
        if full_name not in self.repositories:
            raise NotFound
        return self.repositories[full_name]

    def run(self, repo: Repository, number: int) -> Run:
        """Raises NotFound."""
        run = self.actions.runs.get(number)
        if run is None or run.repo is not repo:
            raise NotFound
        return run

    def fault(self, kind: str, method: str, path: str) -> Fault | None:
        """The fault of this kind that the request meets; used up by asking."""
        return self._faults.take("github", method, path, kinds={kind})

    def dispatch(
        self,
        repo: Repository,
        file: str,
        ref: str,
        inputs: dict[str, object],
        actor: str,
        path: str,
    ) -> Run:
        """Start a run by hand or by API; refuses as GitHub does, before anything has happened."""
        on_default = repo.workflow(file)
        if on_default is None:
            raise NotFound
        head = repo.git.head(ref)
        if head is None:
            raise Refused(422, f"No ref found for: {ref}")
        if on_default.file in repo.disabled:
            raise Refused(422, "Cannot trigger a 'workflow_dispatch' on a disabled workflow")
        workflow = repo.workflow(on_default.file, ref)
        if workflow is None:
            raise Refused(422, "Workflow does not have 'workflow_dispatch' trigger")
        accepted = workflow.accept(inputs)
        lag = self.fault("list_lag", "POST", path)
        return self.actions.start(
            repo,
            workflow,
            event="workflow_dispatch",
            branch=ref.removeprefix("refs/heads/").removeprefix("refs/tags/"),
            sha=head.sha,
            actor=actor,
            inputs=accepted,
            lag=timedelta(seconds=float(lag.arg or 95) if lag else 0),
        )

    def point_tag(self, repo: Repository, name: str, sha: str, by: str) -> None:
        """Create or move a lightweight tag; an unknown sha becomes a commit on top of main."""
        git = repo.git
        if sha not in git.commits and sha not in git.tag_objects:
            top = git.branches[repo.default_branch]
            git.add(Commit(sha, f"Commit {sha[:7]}", by, self.clock.now(), (top,)))
        action = "moved" if name in git.tags else "created"
        before = git.tags.get(name)
        git.tags[name] = sha
        subjects = {"ref": f"refs/tags/{name}", "before": before, "after": sha, "sender": by}
        if action == "created":
            self.notify("create", action, repo, **subjects)
        self.notify("push", action, repo, **subjects)

    def merge(self, repo: Repository, pull: PullRequest, by: str) -> Commit:
        """Squash a pull request onto its base, which starts ci.yml as a push does."""
        if pull.merged_at is not None:
            raise invalid("PullRequest", "state", "already_merged")
        git, now = repo.git, self.clock.now()
        head, top = git.commits[pull.head_sha], git.branches[pull.base]
        title = f"{pull.title} (#{pull.number})"
        sha = digest("merge", repo.full_name, str(pull.number), str(now.timestamp()))
        commit = Commit(sha, title, pull.author, now.replace(microsecond=0), (top,), head.changes)
        git.add(commit, pull.base)
        pull.merge(sha, by, commit.authored_at)
        subjects = {"ref": f"refs/heads/{pull.base}", "before": top, "after": sha, "sender": by}
        self.notify("push", "pushed", repo, **subjects)
        workflow = repo.workflow("ci.yml", pull.base)
        if workflow is not None:
            self.actions.start(repo, workflow, event="push", branch=pull.base, sha=sha, actor=by)
        return commit
