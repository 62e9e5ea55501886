"""Releases: the versions that GitHub Actions brings to production, for whoever hosts them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sandbox.github import GitHub
from sandbox.github.repository import Repository
from sandbox.seeds.repos import OWNER

PRODUCTION = "production"


@dataclass(frozen=True)
class Release:
    """A version of a service and its commit."""

    version: str
    commit: str
    title: str
    at: datetime


class Releases:
    """What other hosts see of GitHub; `listeners` hear (service, release) of each new one."""

    def __init__(self, github: GitHub) -> None:
        self._github = github
        self.listeners: list[Callable[[str, Release], object]] = []
        github.listeners.append(self._hear)

    def past(self, service: str) -> Iterator[Release]:
        """Every version up to the one that is live, oldest first."""
        names = list(self._github.repository(f"{OWNER}/{service}").git.tags)
        live = self._github.actions.live.get((service, PRODUCTION))
        for name in names[: names.index(live) + 1] if live in names else ():
            yield self._named(service, name)

    def run(self, service: str, version: str) -> None:
        """Production runs this from now on, by another way than GitHub Actions."""
        self._github.actions.live[service, PRODUCTION] = version

    def _named(self, service: str, version: str) -> Release:
        git = self._github.repository(f"{OWNER}/{service}").git
        commit = git.tagged(version) or git.commits[git.branches["main"]]
        return Release(version, commit.sha, commit.title, commit.authored_at)

    def _hear(self, event: str, action: str, repo: Repository, subjects: dict[str, Any]) -> None:
        if event != "deployment_status" or subjects["status"].state != "success":
            return
        told = subjects["deployment"]
        if told.environment == PRODUCTION and told.job:  # else somebody only says so, as a bot does
            version = self._github.actions.live[repo.name, PRODUCTION]
            for listener in self.listeners:
                listener(repo.name, self._named(repo.name, version))
