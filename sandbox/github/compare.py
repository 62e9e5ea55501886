"""What lies between two commits, as GitHub's three-dot comparison counts it."""

from __future__ import annotations

import difflib
from dataclasses import dataclass

from sandbox.github.git import Commit, Git


@dataclass(frozen=True)
class FileChange:
    """One file that differs; `before` or `after` is None when it is new or gone."""

    path: str
    before: str | None
    after: str | None

    @property
    def status(self) -> str:
        if self.before is None:
            return "added"
        return "removed" if self.after is None else "modified"

    @property
    def lines(self) -> list[str]:
        """The hunks of a unified diff, without file headers."""
        old, new = (self.before or "").splitlines(), (self.after or "").splitlines()
        return list(difflib.unified_diff(old, new, lineterm=""))[2:]

    @property
    def additions(self) -> int:
        return sum(line.startswith("+") for line in self.lines)

    @property
    def deletions(self) -> int:
        return sum(line.startswith("-") for line in self.lines)


@dataclass(frozen=True)
class Comparison:
    """`ahead` holds the commits that head has and base has not, oldest first."""

    base: Commit
    head: Commit
    merge_base: Commit
    ahead: tuple[Commit, ...]
    behind: int
    files: tuple[FileChange, ...]

    @property
    def status(self) -> str:
        if self.ahead:
            return "diverged" if self.behind else "ahead"
        return "behind" if self.behind else "identical"


def changes(before: dict[str, str], after: dict[str, str]) -> tuple[FileChange, ...]:
    """The files that differ between two trees, by path."""
    return tuple(
        FileChange(path, before.get(path), after.get(path))
        for path in sorted(before.keys() | after.keys())
        if before.get(path) != after.get(path)
    )


def compare(git: Git, base: Commit, head: Commit) -> Comparison | None:
    """The comparison, or None when the two have no common ancestor."""
    ours, theirs = list(git.history(base.sha)), list(git.history(head.sha))
    known = {commit.sha for commit in ours}
    merge_base = next((commit for commit in theirs if commit.sha in known), None)
    if merge_base is None:
        return None
    reached = {commit.sha for commit in theirs}
    return Comparison(
        base=base,
        head=head,
        merge_base=merge_base,
        ahead=tuple(commit for commit in reversed(theirs) if commit.sha not in known),
        behind=sum(commit.sha not in reached for commit in ours),
        files=changes(git.tree(merge_base.sha), git.tree(head.sha)),
    )
