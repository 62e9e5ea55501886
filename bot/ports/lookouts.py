"""The lookouts port: what the store knows of runs that were started without the bot."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol


class LookoutTx(Protocol):
    """The part of a transaction that tells new runs from known ones."""

    def lookout(self, repo: str, workflow: str) -> datetime | None:
        """The time, by GitHub's clock, after which a run of that workflow is new; None before the
        first look.
        """

    def keep_lookout(self, repo: str, workflow: str, since: datetime) -> None: ...
    def attempts(
        self, repo: str, runs: Sequence[int], place: tuple[str, str] | None = None
    ) -> dict[int, int]:
        """The last known attempt of those runs that are some deployment's, at that service and
        environment or anywhere.
        """

    def is_request(self, request_id: str) -> bool:
        """Whether a deployment of ours was sent with that request id."""
