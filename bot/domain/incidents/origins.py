"""Origin: the message from which somebody opened an incident."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where the message stands, when it was written, what it says, and who wrote it: nobody where
    an app did.
    """

    channel: str
    ts: str
    at: datetime
    writer: str
    text: str

    @property
    def source(self) -> str:
        """What the timeline knows the message by."""
        return f"{self.channel}:{self.ts}"
