"""Lookouts in the store: from when on the runs of a workflow are new, and which are known."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, exists, func, select

from bot.adapters.store import tables
from bot.adapters.store.rows import Rows

_TABLE = tables.lookouts
_DEPLOYMENTS = tables.deployments.c
_SINCE = select(_TABLE.c.since).where(
    _TABLE.c.repo == bindparam("repo"), _TABLE.c.workflow == bindparam("workflow")
)
_ATTEMPTS = (
    select(_DEPLOYMENTS.run_id, func.max(_DEPLOYMENTS.run_attempt))
    .where(
        _DEPLOYMENTS.repo == bindparam("repo"),
        _DEPLOYMENTS.run_id.in_(bindparam("runs", expanding=True)),
    )
    .group_by(_DEPLOYMENTS.run_id)
)
_ATTEMPTS_AT = _ATTEMPTS.where(
    _DEPLOYMENTS.service == bindparam("service"),
    _DEPLOYMENTS.environment == bindparam("environment"),
)
_IS_REQUEST = select(exists().where(_DEPLOYMENTS.request_id == bindparam("request_id")))


class Lookouts(Rows):
    """Lookouts within one transaction."""

    def lookout(self, repo: str, workflow: str) -> datetime | None:
        return self.connection.scalar(_SINCE, {"repo": repo, "workflow": workflow})

    def keep_lookout(self, repo: str, workflow: str, since: datetime) -> None:
        self.put(_TABLE, {"repo": repo, "workflow": workflow, "since": since})

    def attempts(
        self, repo: str, runs: Sequence[int], place: tuple[str, str] | None = None
    ) -> dict[int, int]:
        if not runs:
            return {}
        of_repo = {"repo": repo, "runs": list(runs)}
        if place is None:
            known = self.connection.execute(_ATTEMPTS, of_repo)
        else:
            here = of_repo | {"service": place[0], "environment": place[1]}
            known = self.connection.execute(_ATTEMPTS_AT, here)
        return {run: attempt for run, attempt in known}

    def is_request(self, request_id: str) -> bool:
        return bool(self.connection.scalar(_IS_REQUEST, {"request_id": request_id}))
