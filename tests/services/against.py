"""What speaks against a version at GitHub: its checks fail, it is not merged, or a bug is open."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count

from bot.domain.gates import Issue

SOURCES = {"ci": "checks", "merged": "branch", "bugs": "issues"}
"""The gates that tell of it, and what each of them asks of GitHub."""

KINDS = tuple(SOURCES)


@dataclass
class Against:
    """For each gate the places where it is bad: a commit of a repository, or all of the repository
    because of the issue with this number.
    """

    red: set[tuple[str, str]] = field(default_factory=set)
    unmerged: set[tuple[str, str]] = field(default_factory=set)
    bugs: dict[str, int] = field(default_factory=dict)
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def turns(self, kind: str, repo: str, commit: str) -> None:
        """What was good there turns bad, or what was bad good again."""
        if kind == "bugs":
            if self.bugs.pop(repo, None) is None:
                self.bugs[repo] = next(self.numbers)
        else:
            place = self.red if kind == "ci" else self.unmerged
            place.symmetric_difference_update({(repo, commit)})

    def words(self, repo: str, commit: str) -> set[str]:
        """What speaks against it now, by the names that a lifted gate has for it."""
        found = {f"#{self.bugs[repo]}"} if repo in self.bugs else set()
        found |= {"CI is red: ci"} if (repo, commit) in self.red else set()
        return found | ({"merged"} if (repo, commit) in self.unmerged else set())

    def issues(self, repo: str) -> tuple[Issue, ...]:
        """The open bugs of a repository."""
        if repo not in self.bugs:
            return ()
        number = self.bugs[repo]
        return (Issue(number=number, title="slow", url=f"https://github.com/{repo}/{number}"),)
