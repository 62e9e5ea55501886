"""Rehearsal: the way back from a version, worked out before anybody approves it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.deployments.migrations import Migration

KEEPS = timedelta(minutes=10)
"""How long what was found out is shown before everything is asked again."""

ASKS_AGAIN = timedelta(minutes=2)
"""The same, where the way is closed or some place gave no answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One place that would go back: a target, or the workflow where there are no targets.

    `kind` is the target's, or `github_workflow`. `possible` is None where the place gave no
    answer; `text` says why not, or why nobody knows. `takes` is how long it is expected to take, as
    it did the last time where it `was_timed`; None where it cannot. `pinned` says why nothing that
    is deployed goes live there now.
    """

    name: str
    kind: str
    possible: bool | None
    text: str = ""
    facts: tuple[str, ...] = ()
    takes: timedelta | None = None
    was_timed: bool = False
    pinned: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsal:
    """What going back would be like: to which version, as which deployment ran it, and whether
    every place could.

    `version` is empty where nothing is known to be good. `migrations` are the database changes in
    between, None where no paths are configured; `unread` says why nobody could list them.
    """

    at: datetime
    version: str = ""
    ran_as: str = ""
    places: tuple[Place, ...] = ()
    migrations: tuple[Migration, ...] | None = None
    unread: str = ""

    @property
    def closed(self) -> tuple[Place, ...]:
        """The places that cannot go back."""
        return tuple(place for place in self.places if place.possible is False)

    @property
    def silent(self) -> tuple[Place, ...]:
        """The places of which nobody knows."""
        return tuple(place for place in self.places if place.possible is None)

    @property
    def is_open(self) -> bool:
        """Whether there is a way back, everywhere and for certain."""
        return bool(self.version) and not self.closed and not self.silent

    @property
    def irreversible(self) -> tuple[Migration, ...]:
        """The database changes in between that have no way down, as far as is known."""
        return tuple(one for one in self.migrations or () if one.has_down is not True)

    @property
    def takes(self) -> timedelta | None:
        """How long it is expected to take, one place after another; None where one is not known."""
        spans = [place.takes for place in self.places]
        known = [span for span in spans if span is not None]
        return sum(known, timedelta(0)) if known and len(known) == len(spans) else None

    @property
    def due_at(self) -> datetime:
        """When to ask again."""
        return self.at + (KEEPS if self.is_open and not self.unread else ASKS_AGAIN)
