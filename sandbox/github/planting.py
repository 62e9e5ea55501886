"""Builds a repository from the plain data of its seed."""

from __future__ import annotations

import itertools
from datetime import datetime, timedelta

from sandbox.github.actions import Actions
from sandbox.github.git import Commit, TagObject, digest
from sandbox.github.issues import Issue
from sandbox.github.pulls import PullRequest, Review
from sandbox.github.releases import Release
from sandbox.github.repository import Repository
from sandbox.seeds.repos import OWNER, IssueSeed, PullSeed, RepoSeed, RunSeed, TagSeed


def plant(seed: RepoSeed, now: datetime, ids: itertools.count[int], actions: Actions) -> Repository:
    """The repository as it is at `now`, with its past runs put into `actions`."""
    return _Planting(seed, now, ids, actions).grow()


class _Planting:
    def __init__(
        self, seed: RepoSeed, now: datetime, ids: itertools.count[int], actions: Actions
    ) -> None:
        self._seed = seed
        self._now = now.replace(microsecond=0)
        self._ids = ids
        self._actions = actions
        self._shas: dict[str, str] = {}
        self._repo = Repository(next(ids), OWNER, seed.name, self._ago(60), ids)

    def _ago(self, days: float) -> datetime:
        return self._now - timedelta(days=days)

    def grow(self) -> Repository:
        self._repo.guardians = self._seed.guardians
        self._repo.places = self._seed.places
        self._repo.ruled_by = self._seed.ruled_by
        self._repo.guarded = self._seed.guarded
        self._repo.admins = self._seed.admins
        for name in self._seed.environments:
            place = self._repo.environment(name, self._ago(60))
            if name in self._seed.guarded:
                self._repo.guard(place)
        self._commit()
        for tag in self._seed.tags:
            self._tag(tag)
        for pull in self._seed.pulls:
            self._pull(pull)
        for issue in self._seed.issues:
            self._issue(issue)
        for run in self._seed.runs:
            self._run(run)
        return self._repo

    def _commit(self) -> None:
        git = self._repo.git
        for seed in self._seed.commits:
            start = self._shas[seed.parent] if seed.parent else git.branches.get(seed.branch)
            sha = digest("commit", self._repo.full_name, seed.key)
            parents = (start,) if start else ()
            at = self._ago(seed.age)
            git.add(Commit(sha, seed.title, seed.author, at, parents, seed.files), seed.branch)
            self._shas[seed.key] = sha

    def _tag(self, seed: TagSeed) -> None:
        repo, at, commit = self._repo, self._ago(seed.age), self._shas[seed.commit]
        author = repo.git.commits[commit].author
        if not seed.notes:
            repo.git.tags[seed.name] = commit
            return
        sha = digest("tag", repo.full_name, seed.name)
        repo.git.annotate(TagObject(sha, seed.name, seed.notes, commit, author, at))
        repo.git.tags[seed.name] = sha
        number = next(self._ids)
        release = Release(number, seed.name, seed.name, seed.notes, author, at, at)
        repo.releases[number] = release

    def _pull(self, seed: PullSeed) -> None:
        repo, at = self._repo, self._ago(seed.age)
        merged = self._shas[seed.merged_as] if seed.merged_as else None
        head = self._shas[seed.head] if seed.head else digest("head", repo.full_name, seed.branch)
        tip = repo.git.commits[merged or head]
        pull = PullRequest(
            id=next(self._ids),
            number=seed.number,
            title=seed.title,
            author=seed.author,
            branch=seed.branch,
            base=repo.default_branch,
            head_sha=head,
            base_sha=tip.parents[0],
            created_at=at,
            reviews=[Review(next(self._ids), seed.reviewer, "APPROVED", at + timedelta(hours=1))],
        )
        if merged:
            pull.merge(merged, seed.reviewer, tip.authored_at)
        repo.pulls[seed.number] = pull

    def _issue(self, seed: IssueSeed) -> None:
        self._repo.issues[seed.number] = Issue(
            id=next(self._ids),
            number=seed.number,
            title=seed.title,
            body="",
            author=seed.author,
            created_at=self._ago(seed.age),
            labels=seed.labels,
        )

    def _run(self, seed: RunSeed) -> None:
        repo, at = self._repo, self._ago(seed.age)
        commit = repo.git.commits[self._shas[seed.commit]]
        workflow = repo.workflow(seed.workflow)
        assert workflow is not None
        pull = next((p for p in repo.pulls.values() if p.head_sha == commit.sha), None)
        run = self._actions.create(
            repo,
            workflow,
            event=seed.event,
            branch=pull.branch if pull else repo.default_branch,
            sha=commit.sha,
            actor=seed.actor,
            inputs={"version": seed.version} if seed.version else {},
            at=at,
        )
        for job in run.jobs:
            if seed.event == "pull_request" and job.environment is not None:
                run.finish_job(job, "skipped", at)  # a proposal is not brought to staging
                continue
            run.start_job(job, at)
            at += timedelta(seconds=40)
            run.finish_job(job, "success", at)
