"""The turns' part of the store port."""

from typing import Protocol

CLOSURES = "closures"
"""Whether a place is open: taken by whoever closes one, shared by whoever sends what needs it open.
"""


class TurnTx(Protocol):
    """What orders decisions on which others are added: a transaction that took or shared a turn
    which another one took since it began is run again on what that one left.
    """

    def take_turn(self, of: str) -> None:
        """Where what this transaction adds would change what others decide."""

    def share_turn(self, of: str) -> None:
        """Where it decides on what others may add, and adds nothing to that itself."""
