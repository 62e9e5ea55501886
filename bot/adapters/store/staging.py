"""Staging in the store: the checks of each commit, one row for an item."""

from collections.abc import Iterable
from dataclasses import fields
from typing import Any

from sqlalchemy import select

from bot.adapters.store import tables
from bot.adapters.store.deployments import Deployments
from bot.adapters.store.sightings import Sightings
from bot.domain.deployments.deployments import Deployment
from bot.domain.deployments.sightings import Sighting
from bot.domain.deployments.staging import OnStaging, StagingCheck

_TABLE = tables.staging_checks
_NAMES = tuple(field.name for field in fields(StagingCheck))
CHECKS = select(*(_TABLE.c[name] for name in _NAMES))


class Staging(Deployments, Sightings):
    """Staging within one transaction."""

    def on_staging(self, service: str) -> OnStaging | None:
        live, seen = self.live(service, "staging"), self.sighting(service, "staging")
        found = on_staging(service, live, seen)
        return found.checked(self._checks(service, found.commit)) if found else None

    def keep_staging_check(self, check: StagingCheck) -> None:
        self.put(_TABLE, {name: getattr(check, name) for name in _NAMES})

    def _checks(self, service: str, commit: str) -> tuple[StagingCheck, ...]:
        here = (_TABLE.c.service == service, _TABLE.c.commit == commit)
        return tuple(map(as_check, self.connection.execute(CHECKS.where(*here))))


def as_check(row: Iterable[Any]) -> StagingCheck:
    """The check in a row of `CHECKS`."""
    return StagingCheck(**dict(zip(_NAMES, row, strict=True)))


def on_staging(service: str, live: Deployment | None, seen: Sighting | None) -> OnStaging | None:
    """What runs there, without its checks."""
    if live is not None:
        return OnStaging(
            service=service,
            version=live.label,
            commit=live.binding.commit if live.binding else "",
            since=live.live_at or live.requested_at,
            deployment=live.id,
        )
    if seen is None or not seen.told:
        return None
    return OnStaging(service=service, version=seen.told, commit=seen.commit, since=seen.at)
