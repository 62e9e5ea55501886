"""Measuring: the metrics of one service and environment, read inside one transaction."""

from bot.domain import measures
from bot.domain.measures import Measures
from bot.domain.metrics import GUARDED, Window
from bot.ports import Tx


def measure(tx: Tx, service: str, environment: str, window: Window) -> Measures:
    """The metrics as far as they are known at `window.as_of`."""
    names = {environment, "staging", GUARDED}
    histories = {name: tx.records(service, name) for name in names}
    return measures.measure(histories, tx.incident_records(service), environment, window)
