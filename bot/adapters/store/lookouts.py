"""Lookouts in the store: from when on the runs of a workflow are new, and which are known."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import exists, func, select

from bot.adapters.store import tables
from bot.adapters.store.rows import Rows

_TABLE = tables.lookouts
_DEPLOYMENTS = tables.deployments.c


class Lookouts(Rows):
    """Lookouts within one transaction."""

    def lookout(self, repo: str, workflow: str) -> datetime | None:
        wanted = select(_TABLE.c.since).where(_TABLE.c.repo == repo, _TABLE.c.workflow == workflow)
        return self.connection.scalar(wanted)

    def keep_lookout(self, repo: str, workflow: str, since: datetime) -> None:
        self.put(_TABLE, {"repo": repo, "workflow": workflow, "since": since})

    def attempts(
        self, repo: str, runs: Sequence[int], place: tuple[str, str] | None = None
    ) -> dict[int, int]:
        known = (
            select(_DEPLOYMENTS.run_id, func.max(_DEPLOYMENTS.run_attempt))
            .where(_DEPLOYMENTS.repo == repo, _DEPLOYMENTS.run_id.in_(runs))
            .group_by(_DEPLOYMENTS.run_id)
        )
        if place is not None:
            service, environment = place
            known = known.where(
                _DEPLOYMENTS.service == service, _DEPLOYMENTS.environment == environment
            )
        return {run: attempt for run, attempt in self.connection.execute(known)}

    def is_request(self, request_id: str) -> bool:
        sent = exists().where(_DEPLOYMENTS.request_id == request_id)
        return bool(self.connection.scalar(select(sent)))
