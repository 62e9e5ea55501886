"""Reverting: a pull request that takes a merged one back, on a branch of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sandbox.github.git import Commit, digest
from sandbox.github.pulls import PullRequest
from sandbox.github.repository import Repository

if TYPE_CHECKING:
    from sandbox.github.host import GitHub


class Irreversible(Exception):
    """Why it cannot be reverted."""


def revert(
    github: GitHub, repo: Repository, pull: PullRequest, wish: Mapping[str, Any], by: str
) -> PullRequest:
    """Open the pull request that reverts this one; raises Irreversible before anything is made."""
    git, now = repo.git, github.clock.now().replace(microsecond=0)
    if pull.merge_commit_sha is None:
        raise Irreversible("Pull request is not merged, so it cannot be reverted")
    branch = f"revert-{pull.number}-{pull.branch}"
    if branch in git.branches:
        raise Irreversible(f"A branch called {branch} exists already")
    merged, top = git.commits[pull.merge_commit_sha], git.branches[pull.base]
    before, here = git.tree(merged.parents[0]), git.tree(top)
    if any(here.get(path) != text for path, text in merged.changes.items()):
        raise Irreversible("Sorry, this pull request couldn’t be reverted automatically.")
    title = str(wish.get("title") or f'Revert "{pull.title}"')
    taken_back = {path: before.get(path) for path in merged.changes}
    sha = digest("revert", repo.full_name, branch, str(now.timestamp()))
    git.add(Commit(sha, title, by, now, (top,), taken_back), branch)
    made = PullRequest(
        id=next(github.ids),
        number=repo.next_number(),
        title=title,
        author=by,
        branch=branch,
        base=pull.base,
        head_sha=sha,
        base_sha=top,
        created_at=now,
        body=str(wish.get("body") or f"Reverts {repo.full_name}#{pull.number}"),
    )
    repo.pulls[made.number] = made
    return made
