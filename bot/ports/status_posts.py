"""The status posts' part of the store port."""

from datetime import datetime
from typing import Protocol

from bot.domain.publishing import StatusPost


class StatusPostTx(Protocol):
    """Status posts within one transaction; each change makes its incident's message stale."""

    def add_status_post(self, post: StatusPost) -> StatusPost:
        """Insert the post of an incident; it comes back with its id."""

    def save_status_post(self, old: StatusPost, new: StatusPost) -> StatusPost:
        """Replace `old` by `new` if nobody else did; it comes back with the next revision."""

    def status_post(self, incident_id: int) -> StatusPost | None:
        """The post of an incident."""

    def status_posts_due(self, now: datetime) -> tuple[int, ...]:
        """Incidents whose post something has to be done about."""
