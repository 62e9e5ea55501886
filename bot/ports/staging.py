"""The staging port: what runs there, and what was found about it."""

from typing import Protocol

from bot.domain.deployments.staging import OnStaging, StagingCheck


class StagingTx(Protocol):
    """The part of a transaction that knows staging."""

    def on_staging(self, service: str) -> OnStaging | None:
        """What runs there and how far it is validated: what was deployed last, else what it told
        of itself; None where neither is known.
        """

    def keep_staging_check(self, check: StagingCheck) -> None:
        """Keep what was found about one item, in place of what was known of it for that commit."""
