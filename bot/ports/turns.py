"""The turns' part of the store port."""

from typing import Protocol


class TurnTx(Protocol):
    """What orders decisions about one service on which others are added: a transaction that took or
    shared its turn, which another one took since it began, is run again on what that one left.

    Locks and freezes take it as they are added, incidents as they are added and as they change
    their state. An empty service means every one.
    """

    def take_turn(self, service: str) -> None:
        """Where what this transaction does would change what others decide."""

    def share_turn(self, service: str) -> None:
        """Where it decides on what others may do, and changes nothing for those who share it."""
