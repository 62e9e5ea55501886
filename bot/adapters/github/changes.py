"""Changes: what lies between two commits, as people know it: pull requests, else commit subjects."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.adapters.github.reading import plain
from bot.domain.changes import Change, ChangeList

if TYPE_CHECKING:
    from github.Commit import Commit
    from github.PullRequest import PullRequest
    from github.Repository import Repository

MOST_COMMITS = 250
"""What one compare answers without paging; more is no list that anybody reads."""

MOST_LOOKED_UP = 50
"""Commits whose pull requests are asked for one by one."""

_NUMBER = re.compile(r"\(#(\d+)\)\s*$|^Merge pull request #(\d+) ")


def compared(repository: Repository, base: str, head: str) -> ChangeList:
    """The list for a version that follows a live one."""
    comparison = repository.compare(base, head)
    commits = list(comparison.commits)[-MOST_COMMITS:]
    return ChangeList(
        base=base,
        ancestry=comparison.status,
        commits=comparison.total_commits,
        files=len(comparison.files),
        changes=_changes(repository, commits),
        url=comparison.html_url,
    )


def alone(repository: Repository, head: str) -> ChangeList:
    """The list for a first deployment: its newest commit."""
    commit = repository.get_commit(head)
    return ChangeList(commits=1, changes=_changes(repository, [commit]), url=commit.html_url)


def _changes(repository: Repository, commits: list[Commit]) -> tuple[Change, ...]:
    found: dict[object, Change] = {}
    looked_up = 0
    for commit in commits:
        subject = commit.commit.message.split("\n", 1)[0]
        number = _number(subject)
        pull: PullRequest | None = None
        if number is not None and number in found:
            continue
        if looked_up < MOST_LOOKED_UP:
            looked_up += 1
            pull = next((p for p in commit.get_pulls() if p.merged_at is not None), None)
        if pull is not None:
            found.setdefault(pull.number, _of_pull(pull))
        elif len(commit.parents) < 2:
            found.setdefault(commit.sha, _of_commit(commit, subject, number))
    return tuple(found.values())


def _number(subject: str) -> int | None:
    match = _NUMBER.search(subject)
    return int(match[1] or match[2]) if match else None


def _of_pull(pull: PullRequest) -> Change:
    return Change(
        title=plain(pull.title), author=pull.user.login, pull_request=pull.number, url=pull.html_url
    )


def _of_commit(commit: Commit, subject: str, number: int | None) -> Change:
    author = commit.author.login if commit.author else commit.commit.author.name
    title = _NUMBER.sub("", subject).strip() or subject
    return Change(
        title=plain(title), author=author, pull_request=number, url=commit.html_url, sha=commit.sha
    )
