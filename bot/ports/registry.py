"""The registry port: where images are kept, and which digest a version has there."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredImage:
    """One image of a repository: its manifest's digest (sha256:…), its tags at this moment."""

    digest: str
    tags: tuple[str, ...] = ()
    at: datetime | None = None


class Registry(Protocol):
    """A registry that can be asked without a host."""

    async def digests(self, repository: str) -> tuple[StoredImage, ...]:
        """The images of a repository, named as in gonogo.yaml with the registry's host, newest
        first. Raises Fault; NotFound when the registry has no such repository, or is not that one.
        """
