"""Standings in the store: how many environments stand, in four questions for all of them."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, bindparam, select, text

from bot.adapters.store import tables
from bot.adapters.store.deployments import SELECT
from bot.adapters.store.sightings import as_sighting
from bot.adapters.store.staging import CHECKS, Staging, as_check, on_staging
from bot.domain.deployments.deployments import Deployment
from bot.domain.deployments.staging import StagingCheck
from bot.domain.deployments.standings import Standing

_D, _CHECKS, _SIGHTINGS = tables.deployments, tables.staging_checks, tables.sightings
# With HOLDS_SLOT in one piece SQLite would take the history's index, and read all of that.
_HOLDERS = SELECT.where(tables.UNFINISHED, ~_D.c.dry_run)
_SEEN = select(_SIGHTINGS)
_CHECKED = CHECKS.where(
    _CHECKS.c.service.in_(bindparam("services", expanding=True)),
    _CHECKS.c.commit.in_(bindparam("commits", expanding=True)),
)
Place = tuple[str, str]


class Standings(Staging):
    """Standings within one transaction."""

    def standings(self, places: Sequence[Place]) -> tuple[Standing, ...]:
        if not places:
            return ()
        live = _by_place(self._all(_live_in(len(places)), **_named(places)))
        holders = _by_place(self._all(_HOLDERS))
        rows = self.connection.execute(_SEEN).mappings()
        seen = {(row["service"], row["environment"]): as_sighting(row) for row in rows}
        staged = {
            place: found
            for place in places
            if place[1] == "staging"
            and (found := on_staging(place[0], live.get(place), seen.get(place)))
        }
        checks = self._checks_of([(name, one.commit) for (name, _), one in staged.items()])
        return tuple(
            Standing(
                service=service,
                environment=environment,
                live=live.get(place),
                holder=holders.get(place),
                seen=seen.get(place),
                staged=one and one.checked(checks[service, one.commit]),
            )
            for place in places
            for (service, environment), one in ((place, staged.get(place)),)
        )

    def _checks_of(self, commits: Sequence[tuple[str, str]]) -> dict[Place, list[StagingCheck]]:
        """The checks of these (service, commit)."""
        found = defaultdict[Place, list[StagingCheck]](list)
        if commits:
            wanted = {"services": [name for name, _ in commits], "commits": [c for _, c in commits]}
            for row in self.connection.execute(_CHECKED, wanted):
                found[row.service, row.commit].append(as_check(row))
        return found


def _by_place(found: Iterable[Deployment]) -> dict[Place, Deployment]:
    return {(d.service, d.environment): d for d in found}


@lru_cache
def _live_in(count: int) -> Select[Any]:
    """The newest live deployment of so many places.

    It is text, because SQLAlchemy compiles its own VALUES anew each time, which takes longer than
    all the reading.
    """
    rows = ", ".join(f"(:service{n}, :environment{n})" for n in range(count))
    newest = text(
        f"WITH place(service, environment) AS (VALUES {rows}) SELECT (SELECT d.id"
        " FROM deployments AS d WHERE d.service = place.service"
        f" AND d.environment = place.environment AND {tables.LIVE.text}"
        " ORDER BY d.live_at DESC, d.id DESC LIMIT 1) FROM place"
    )
    return SELECT.where(_D.c.id.in_(newest))


def _named(places: Sequence[Place]) -> dict[str, str]:
    names = {f"service{n}": service for n, (service, _) in enumerate(places)}
    return names | {f"environment{n}": name for n, (_, name) in enumerate(places)}
