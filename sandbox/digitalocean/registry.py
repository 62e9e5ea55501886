"""The container registry and the database clusters: what they hold, and since when."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class Tag:
    """A tag and the digest that it names."""

    name: str
    digest: str
    pushed: datetime


@dataclass
class Registry:
    """The tags by repository; a repository's name may have slashes."""

    name: str = "acme"
    repositories: dict[str, dict[str, Tag]] = field(default_factory=dict)

    def push(self, repository: str, tag: str, at: datetime, content: str = "") -> Tag:
        """A tag that is there already moves."""
        sha = hashlib.sha256(f"{repository}:{content or tag}".encode()).hexdigest()
        made = Tag(tag, f"sha256:{sha}", at)
        self.repositories.setdefault(repository, {})[tag] = made
        return made


@dataclass
class Database:
    """A managed cluster and the times of its backups, newest first."""

    id: str
    name: str
    backups: list[datetime]
