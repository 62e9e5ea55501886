"""The git side of a repository: commits, branches, tags and the files of a tree."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

_HEX = re.compile(r"[0-9a-f]{7,40}")


def digest(*parts: str) -> str:
    """A stable 40-hex name for the given text."""
    return hashlib.sha1("\0".join(parts).encode(), usedforsecurity=False).hexdigest()


@dataclass(frozen=True)
class Commit:
    """One commit; `changes` maps a path to its new text, or to None when it was removed."""

    sha: str
    message: str
    author: str
    authored_at: datetime
    parents: tuple[str, ...] = ()
    changes: Mapping[str, str | None] = field(default_factory=dict)

    @property
    def title(self) -> str:
        return self.message.partition("\n")[0]


@dataclass(frozen=True)
class TagObject:
    """An annotated tag: an object of its own that points at a commit."""

    sha: str
    name: str
    message: str
    commit: str
    tagger: str
    tagged_at: datetime


class Git:
    """Commits by sha, branches and tags by name; a tag points at a commit or a tag object."""

    def __init__(self) -> None:
        self.commits: dict[str, Commit] = {}
        self.branches: dict[str, str] = {}
        self.tags: dict[str, str] = {}
        self.tag_objects: dict[str, TagObject] = {}

    def add(self, commit: Commit, branch: str | None = None) -> Commit:
        self.commits[commit.sha] = commit
        if branch is not None:
            self.branches[branch] = commit.sha
        return commit

    def annotate(self, tag: TagObject) -> TagObject:
        self.tag_objects[tag.sha] = tag
        return tag

    def commit_of(self, sha: str) -> str:
        """The sha of the commit that this commit or tag object stands for."""
        return self.tag_objects[sha].commit if sha in self.tag_objects else sha

    def tagged(self, name: str) -> Commit | None:
        """The commit a tag leads to, through its tag object when it has one."""
        sha = self.tags.get(name)
        return self.commits.get(self.commit_of(sha)) if sha else None

    def tag_of(self, sha: str) -> str | None:
        """The newest tag that leads to this commit."""
        names = [name for name in self.tags if (c := self.tagged(name)) and c.sha == sha]
        return names[-1] if names else None

    def head(self, ref: str) -> Commit | None:
        """The commit of a branch or tag, short or with its `refs/` prefix."""
        if ref.startswith("refs/tags/"):
            return self.tagged(ref.removeprefix("refs/tags/"))
        branch = ref.removeprefix("refs/heads/")
        if branch in self.branches:
            return self.commits[self.branches[branch]]
        return self.tagged(ref)

    def resolve(self, ref: str) -> Commit | None:
        """The commit of a branch, a tag, `heads/…`, `tags/…` or a sha of at least 7 digits."""
        if ref.startswith(("heads/", "tags/")):
            ref = f"refs/{ref}"
        if (commit := self.head(ref)) is not None:
            return commit
        if _HEX.fullmatch(ref):
            return next((c for sha, c in self.commits.items() if sha.startswith(ref)), None)
        return None

    def history(self, sha: str) -> Iterator[Commit]:
        """The commit and its ancestors, children before parents."""
        seen: set[str] = set()
        ready = [sha]
        while ready:
            ready.sort(key=lambda name: self.commits[name].authored_at)
            name = ready.pop()
            if name not in seen:
                seen.add(name)
                yield self.commits[name]
                ready.extend(p for p in self.commits[name].parents if p not in seen)

    def tree(self, sha: str) -> dict[str, str]:
        """Path → text of every file at this commit."""
        files: dict[str, str] = {}
        for commit in reversed(list(self.history(sha))):
            for path, text in commit.changes.items():
                if text is None:
                    files.pop(path, None)
                else:
                    files[path] = text
        return files
