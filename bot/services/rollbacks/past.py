"""Past: the whole history of a place as a rollback reads it, with what ran before gonogo."""

from bot.domain.metrics.history import Record
from bot.ports import Tx


def past(tx: Tx, service: str, environment: str) -> tuple[Record, ...]:
    """What ran there well before gonogo was set up, then every record, oldest first."""
    before = tuple(one.record for one in tx.forerunners(service, environment))
    return (*before, *tx.records(service, environment))
