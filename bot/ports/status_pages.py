"""The status pages port: what the users of the service are told, on a page that is public."""

from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from bot.domain.incidents.publishing import Health, Phase


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What a status page is to show of one incident or maintenance.

    The title is the same as long as that lasts and names it, so that it can be found by it.
    `components` are its own, by their id at the page, and no others. A maintenance has the times
    between which it is.
    """

    title: str
    text: str
    phase: Phase
    health: Health
    components: Mapping[str, Health] = field(default_factory=dict)
    between: tuple[datetime, datetime] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """A post on the page: its id there, and where people read it."""

    id: str
    url: str


class StatusPage(Protocol):
    """One page. A write raises Declined when nothing happened, Unanswered when nobody knows (then
    look first), and any other Fault when nothing was sent; NotFound when the post is gone.
    """

    @property
    def name(self) -> str: ...
    @property
    def lag(self) -> str:
        """How late the public page may show a change, as a clause; empty for at once."""

    @property
    def url(self) -> str:
        """Where people read the page; empty where we do not know."""

    async def close(self) -> None:
        """Give the connections back."""

    async def examine(self, components: Set[str]) -> str:
        """What there is, as a clause. Raises Fault; Declined when the page or one of these
        components cannot be used.
        """

    async def publish(self, notice: Notice) -> Published:
        """A new post."""

    async def revise(self, id: str, notice: Notice) -> None:
        """Bring that post up to date; one that is resolved is over. It may be asked for again."""

    async def find(self, notice: Notice, since: datetime) -> Published | None:
        """The newest of its kind with its title, not older than `since`. Raises Fault."""
