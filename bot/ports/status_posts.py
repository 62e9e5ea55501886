"""The status posts' part of the store port."""

from datetime import datetime
from typing import Protocol

from bot.domain.incidents.publishing import StatusPost


class StatusPostTx(Protocol):
    """Status posts within one transaction; each change makes its incident's message stale."""

    def add_status_post(self, post: StatusPost) -> StatusPost:
        """Insert the post of an incident or a deployment; it comes back with its id."""

    def save_status_post(self, old: StatusPost, new: StatusPost) -> StatusPost:
        """Replace `old` by `new` if nobody else did; it comes back with the next revision."""

    def status_post(self, incident_id: int) -> StatusPost | None:
        """The post of an incident."""

    def maintenance(self, deployment_id: int) -> StatusPost | None:
        """The post about a deployment."""

    def maintenances(self) -> tuple[StatusPost, ...]:
        """Those that are not over for the public."""

    def maintenances_over(self) -> tuple[int, ...]:
        """Deployments that have ended, of whose maintenance the public does not know that."""

    def status_post_by_id(self, post_id: int) -> StatusPost | None: ...
    def status_posts_due(self, now: datetime) -> tuple[int, ...]:
        """Posts that something has to be done about."""
