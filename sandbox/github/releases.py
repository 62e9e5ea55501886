"""Releases, and the notes GitHub writes for them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sandbox.github.pulls import PullRequest


@dataclass
class Release:
    """What people read about a tag; a draft has no `published_at`."""

    id: int
    tag: str
    name: str
    body: str
    author: str
    created_at: datetime
    published_at: datetime | None
    target: str = "main"
    prerelease: bool = False

    @property
    def draft(self) -> bool:
        return self.published_at is None


def notes(page: str, tag: str, previous: str | None, pulls: Iterable[PullRequest]) -> str:
    """The generated notes; `page` is the repository's address for browsers."""
    lines = [f"* {p.title} by @{p.author} in {page}/pull/{p.number}" for p in pulls]
    span = f"compare/{previous}...{tag}" if previous else f"commits/{tag}"
    changelog = f"**Full Changelog**: {page}/{span}"
    return "\n".join([*(["## What's Changed", *lines, "", ""] if lines else []), changelog])
