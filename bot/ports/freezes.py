"""The freezes' part of the store port."""

from typing import Protocol

from bot.domain.closures.freezes import SetFreeze


class FreezeTx(Protocol):
    """Freezes from Slack within one transaction."""

    def add_freeze(self, freeze: SetFreeze) -> SetFreeze:
        """Insert a freeze; it comes back with its id. It takes its service's turn."""

    def lift_freeze(self, freeze: SetFreeze) -> None:
        """Store when and by whom it was lifted, if nobody else lifted it first."""

    def freezes(self) -> tuple[SetFreeze, ...]:
        """All that are neither over nor lifted, the first to begin first."""
