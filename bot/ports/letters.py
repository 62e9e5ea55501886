"""The letters' part of the store port."""

from collections.abc import Iterable
from typing import Protocol

from bot.domain.people import Actor


class LetterTx(Protocol):
    """Who is written to, within one transaction."""

    def people_of(self, logins: Iterable[str]) -> tuple[Actor, ...]:
        """The people of the directory with one of these GitHub logins, whatever their case."""

    def wants_letters(self, slack_id: str) -> bool:
        """Whether this person has not said that they want none."""

    def choose_letters(self, slack_id: str, *, wanted: bool) -> None: ...
