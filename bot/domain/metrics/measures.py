"""Measures: everything that is told of one service and environment in one window."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.domain.metrics.goals import Goal, goals
from bot.domain.metrics.history import IncidentRecord, Record
from bot.domain.metrics.metrics import GUARDED, Stability, Throughput, Window, stability, throughput


@dataclass(frozen=True, slots=True, kw_only=True)
class Measures:
    """What was measured of one environment in one window, and the goals of its service."""

    window: Window
    throughput: Throughput
    stability: Stability
    goals: tuple[Goal, ...]


def measure(
    histories: Mapping[str, Sequence[Record]],
    incidents: Sequence[IncidentRecord],
    environment: str,
    window: Window,
) -> Measures:
    """Of one service: its histories by environment, oldest first, and its incidents.

    Incidents are what users notice, so they count for production alone.
    """
    production, here = histories.get(GUARDED, ()), histories.get(environment, ())
    guarded = stability(production, incidents, window)
    return Measures(
        window=window,
        throughput=throughput(here, window),
        stability=guarded if environment == GUARDED else stability(here, (), window),
        goals=goals(histories.get("staging", ()), production, guarded, window),
    )
