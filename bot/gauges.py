"""Gauges: the team's metrics for Prometheus, as they were measured last."""

import asyncio
from collections.abc import Iterator, Sequence

import structlog
from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from bot.domain.metrics.homes import Figures
from bot.ports import Store

log = structlog.get_logger()
PATIENCE = 2.0
"""Seconds for the database; whoever scrapes waits."""

MINUTE = 60.0
GAUGES = (
    ("gonogo_deployments_per_week", "Successful deployments a week", "deployments_per_week", 1.0),
    ("gonogo_lead_time_seconds", "Median lead time", "lead_median_minutes", MINUTE),
    ("gonogo_change_failure_ratio", "Share of failed changes", "change_failure_rate", 1.0),
    ("gonogo_time_to_recovery_seconds", "Mean time to recovery", "mttr_mean_minutes", MINUTE),
)
"""(name, help, number in `gonogo metrics --json`, factor)."""

PLACE = ("service", "environment")


class FigureGauges(Collector):
    """What is not known has no sample: no number is ever 0 for want of data."""

    def __init__(self, registry: CollectorRegistry, store: Store) -> None:
        self.figures: Sequence[Figures] = ()
        self._store = store
        registry.register(self)

    async def refresh(self) -> None:
        """Read the figures measured last; where the database is away the earlier ones stay."""
        try:
            async with asyncio.timeout(PATIENCE):
                self.figures = await self._store.read(lambda tx: tx.figures())
        except Exception as error:  # noqa: BLE001 - the other metrics are told all the same
            log.warning("figures_not_read", error=str(error))

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """A sample for each place and number."""
        for name, text, number, factor in GAUGES:
            family = GaugeMetricFamily(name, text, labels=PLACE)
            for one in self.figures:
                if (value := one.numbers.get(number)) is not None:
                    family.add_metric([one.service, one.environment], value * factor)
            yield family
        taken = GaugeMetricFamily(
            "gonogo_figures_taken_timestamp_seconds", "When they were measured", labels=PLACE
        )
        met = GaugeMetricFamily(
            "gonogo_goal_met", "1 where the goal is met, 0 where missed", labels=("service", "goal")
        )
        told: set[str] = set()
        for one in self.figures:
            taken.add_metric([one.service, one.environment], one.taken_at.timestamp())
            for goal in one.goals if one.service not in told else ():
                if goal.met is not None:
                    met.add_metric([one.service, goal.name], float(goal.met))
            told.add(one.service)
        yield from (taken, met)
