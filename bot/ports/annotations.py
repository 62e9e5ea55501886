"""The annotations port: who is told that a version went live, and what the store keeps of that."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.domain.deployments.annotations import Annotation


@dataclass(frozen=True, slots=True, kw_only=True)
class WentLive:
    """What is told; `key` finds it again. `version` is the commit where the version has no name,
    `url` where a person can read on, if anywhere.
    """

    key: str
    text: str
    service: str
    environment: str
    version: str
    commit: str
    at: datetime
    url: str


class Annotator(Protocol):
    """One place that keeps what went live when. Raises Fault; a write is sent once."""

    @property
    def name(self) -> str: ...
    async def close(self) -> None:
        """Give the connections back."""

    async def examine(self) -> str:
        """What can be seen of it without writing, as a clause; Declined when its settings cannot be
        right.
        """

    async def knows(self, event: WentLive) -> bool | None:
        """Whether it was told already; None where it cannot be asked."""

    async def tell(self, event: WentLive) -> None:
        """Write it down there."""


class AnnotationTx(Protocol):
    """Annotations within one transaction; there is one for each deployment and place."""

    def add_annotation(self, annotation: Annotation) -> None:
        """Keep a wish; one that is there already stays as it is."""

    def save_annotation(self, old: Annotation, new: Annotation) -> Annotation:
        """Replace `old` by `new` if nobody else did; may raise Stale."""

    def annotation(self, deployment: int, place: str) -> Annotation | None: ...
    def annotations(self, deployment: int) -> Sequence[Annotation]:
        """All of a deployment, by place."""

    def annotations_due(self, now: datetime) -> Sequence[tuple[int, str]]:
        """(deployment, place) of those whose `due_at` has come."""
