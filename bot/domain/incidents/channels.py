"""Own channel: the channel that is an incident's room, where the team wants that; how far it is."""

import re
import unicodedata
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Self

from bot.domain.incidents.incidents import Incident

WAITED_FOR = timedelta(seconds=30)
"""So long the thread is kept free for it; after that what has to be said is said there."""

ARCHIVED_AFTER = timedelta(minutes=1)
"""After the end of the incident: its last words are to be read in it."""

LONGEST_NAME = 80
_NOT_IN_NAMES = re.compile("[^a-z0-9]+")


class ChannelState(StrEnum):
    """How far a channel is. Where it is not open, the thread of the root message is the room."""

    WANTED = "wanted"
    OPEN = "open"
    REFUSED = "refused"
    ARCHIVED = "archived"


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnChannel:
    """One channel as stored. `lost` says that a try to make it may have arrived, `guests` are those
    who were invited, `is_furnished` that it has its topic. `due_at` is when the tick has to do
    something about it.
    """

    incident: int
    revision: int = 0
    state: ChannelState = ChannelState.WANTED
    name: str
    channel: str = ""
    guests: tuple[str, ...] = ()
    is_furnished: bool = False
    lost: bool = False
    failures: int = 0
    trouble: str = ""
    wanted_at: datetime
    due_at: datetime | None

    def with_(self, **changes: Any) -> Self:
        """A copy with some fields changed."""
        return replace(self, **changes)

    def opened(self, channel: str, now: datetime) -> Self:
        """A copy that is the room from now on."""
        fresh = {"lost": False, "failures": 0, "trouble": "", "due_at": now}
        return self.with_(state=ChannelState.OPEN, channel=channel, **fresh)

    def refused(self, why: str) -> Self:
        """A copy that is given up: the thread is the room."""
        return self.with_(state=ChannelState.REFUSED, lost=False, trouble=why, due_at=None)

    def is_late(self, now: datetime) -> bool:
        """Whether the thread has waited for it long enough; also where the clock was set back."""
        return not self.wanted_at <= now < self.wanted_at + WAITED_FOR


def names(incident: Incident) -> tuple[str, str]:
    """Its name by id and title, as Slack takes it, and another where somebody has the first."""
    plain = unicodedata.normalize("NFKD", incident.title).encode("ascii", "ignore").decode()
    title = _NOT_IN_NAMES.sub("-", plain.lower()).strip("-")
    day = f"{incident.declared_at:%Y%m%d-%H%M}"
    first = f"{incident.name}-{title}".lower().strip("-")
    second = first[: LONGEST_NAME - len(day) - 1].strip("-")
    return first[:LONGEST_NAME].strip("-"), f"{second}-{day}"
