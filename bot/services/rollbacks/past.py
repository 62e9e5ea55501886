"""Past: the whole history of a place as a rollback reads it, with what ran before gonogo."""

from collections.abc import Iterable
from dataclasses import replace

from bot.domain.incidents.incidents import Incident
from bot.domain.metrics.history import CauseState, Record
from bot.ports import Tx

PRODUCTION = "production"
"""Incidents are about production."""


def past(
    tx: Tx, service: str, environment: str, incident: Incident | None = None
) -> tuple[Record, ...]:
    """What ran there well before gonogo was set up, then every record, oldest first.

    It says which record people confirmed as the cause of an open incident; for the sake of one
    `incident` that is only suspected, too.
    """
    before = (one.record for one in tx.forerunners(service, environment))
    return blaming(tx, (*before, *tx.records(service, environment)), incident)


def blaming(
    tx: Tx, records: Iterable[Record], incident: Incident | None = None
) -> tuple[Record, ...]:
    """The same records, with the open incident that each is held to have caused."""
    causes = {
        (one.service, one.cause): one.name
        for one in tx.open_incidents()
        if not one.drill and one.cause_state is CauseState.CONFIRMED
    }
    if incident is not None and incident.cause_state is not CauseState.REFUTED:
        causes[incident.service, incident.cause] = incident.name
    return tuple(
        replace(one, blamed=name)
        if one.environment == PRODUCTION and (name := causes.get((one.service, one.id)))
        else one
        for one in records
    )
