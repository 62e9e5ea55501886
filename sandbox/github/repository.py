"""One repository: its git, and what people keep around it."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sandbox.github.deployments import Deployment
from sandbox.github.environments import Environment
from sandbox.github.git import Git
from sandbox.github.issues import Issue
from sandbox.github.pulls import PullRequest
from sandbox.github.releases import Release
from sandbox.github.workflows import FOLDER, Workflow, WorkflowError


@dataclass
class Repository:
    """Everything of `owner/name`; ids are unique on the whole host."""

    id: int
    owner: str
    name: str
    created_at: datetime
    ids: itertools.count[int]
    default_branch: str = "main"
    private: bool = True
    git: Git = field(default_factory=Git)
    pulls: dict[int, PullRequest] = field(default_factory=dict)
    issues: dict[int, Issue] = field(default_factory=dict)
    releases: dict[int, Release] = field(default_factory=dict)
    environments: dict[str, Environment] = field(default_factory=dict)  # by name, without case
    deployments: dict[int, Deployment] = field(default_factory=dict)
    places: Mapping[str, str] = field(default_factory=dict)  # environment → what it changes
    guardians: tuple[str, ...] = ()  # who is asked where an environment gets reviewers
    ruled_by: tuple[str, ...] = ()  # the Apps that are asked instead of people
    guarded: tuple[str, ...] = ()  # environments that have a gate whatever their runs do
    admins: tuple[str, ...] = ()
    readers: tuple[str, ...] = ()  # logins that may only read
    disabled: set[str] = field(default_factory=set)
    _workflow_ids: dict[str, int] = field(default_factory=dict)

    @property
    def full_name(self) -> str:
        return f"{self.owner}/{self.name}"

    def may_write(self, login: str) -> bool:
        return login not in self.readers

    def next_number(self) -> int:
        """Issues and pull requests share one sequence of numbers."""
        return max([0, *self.pulls, *self.issues]) + 1

    def workflows(self, ref: str | None = None) -> list[Workflow]:
        """The workflow files at a branch or tag (the default branch if none is named)."""
        head = self.git.head(ref or self.default_branch)
        if head is None:
            return []
        found: list[Workflow] = []
        for path, text in sorted(self.git.tree(head.sha).items()):
            if path.startswith(FOLDER):
                number = self._workflow_ids.setdefault(path, next(self.ids))
                try:
                    found.append(Workflow.parse(number, path, text))
                except WorkflowError:
                    continue  # GitHub lists a broken file no more than we do
        return found

    def workflow(self, name: str, ref: str | None = None) -> Workflow | None:
        """A workflow by file name (`release.yml`) or by id."""
        return next((w for w in self.workflows(ref) if name in (w.file, str(w.id))), None)

    def guard(self, place: Environment) -> None:
        """Let runs wait before this environment, for people or for the Apps that rule it."""
        place.reviewers = () if self.ruled_by else self.guardians
        place.rules = self.ruled_by

    def environment(self, name: str, now: datetime) -> Environment:
        """The environment, made on first use as Actions does."""
        if name.casefold() not in self.environments:
            self.environments[name.casefold()] = Environment(next(self.ids), name, now)
        return self.environments[name.casefold()]

    def place(self, name: str) -> Environment | None:
        """The environment of that name, in whatever letter case."""
        return self.environments.get(name.casefold())
