"""Measuring: the metrics of one service and environment, read inside one transaction."""

from collections.abc import Sequence
from datetime import datetime, timedelta, tzinfo
from functools import partial

from bot.config import Config
from bot.domain.errors import Refusal
from bot.domain.grammar import MetricsWish
from bot.domain.grammar.metrics import USUAL
from bot.domain.metrics import measures
from bot.domain.metrics.homes import Figures
from bot.domain.metrics.measures import Measures
from bot.domain.metrics.metrics import DAY, GUARDED, Window, midnight
from bot.domain.metrics.pictures import PictureWish
from bot.messages.blocks import Message
from bot.messages.knowing import metrics
from bot.messages.knowing.figures import as_plain
from bot.ports import Tx
from bot.services.desk import Desk

AGAIN = timedelta(minutes=15)
SOON = timedelta(minutes=1)
"""After the first time, when what ran before an installation has hardly been learnt."""


def measure(tx: Tx, service: str, environment: str, window: Window) -> Measures:
    """The metrics as far as they are known at `window.as_of`."""
    names = {environment, "staging", GUARDED}
    histories = {name: tx.records(service, name) for name in names}
    return measures.measure(histories, tx.incident_records(service), environment, window)


def lately(now: datetime, zone: tzinfo) -> Window:
    """The usual window: four weeks, today included, of days in `zone`."""
    tomorrow = now.astimezone(zone).date() + DAY
    start, end = midnight(tomorrow - USUAL, zone), midnight(tomorrow, zone)
    return Window(start=start, end=end, as_of=now, zone=zone)


async def remeasure(desk: Desk) -> timedelta:
    """Keep the figures of every place fresh, for the App Home and for Prometheus; a service at a
    time, so that nobody waits for all of them.
    """
    is_first = not await desk.store.read(lambda tx: tx.figures())
    window = lately(desk.now(), desk.config.zone)
    for service, settings in desk.config.services.items():
        places = tuple(settings.environments)
        read = partial(_figures, service=service, environments=places, window=window)
        found = await desk.store.read(read)
        await desk.store.run(partial(_keep, found))
    all_of_them = [(s, e) for s, one in desk.config.services.items() for e in one.environments]
    await desk.store.run(lambda tx: tx.keep_figures_of(all_of_them))
    return SOON if is_first else AGAIN


def _keep(found: Sequence[Figures], tx: Tx) -> None:
    tx.keep_figures(found)


def _figures(tx: Tx, *, service: str, environments: Sequence[str], window: Window) -> list[Figures]:
    names = {*environments, "staging", GUARDED}
    histories = {name: tx.records(service, name) for name in names}
    incidents = tx.incident_records(service)
    return [
        Figures(
            service=service,
            environment=environment,
            taken_at=window.as_of,
            days=round(window.days),
            numbers=as_plain(measures.measure(histories, incidents, environment, window)),
        )
        for environment in environments
    ]


def answer(tx: Tx, config: Config, wish: MetricsWish, user: str) -> Message:
    """The numbers of one service at once, and a picture as a direct message; of several, what was
    measured last, because everybody would wait for as long as measuring them takes.
    """
    services = [name for name in config.services if wish.service in (None, name)]
    if len(services) != 1:
        return _of_all(tx, config, wish, services)
    service = services[0]
    window = Window(start=wish.start, end=wish.end, as_of=tx.now, zone=config.zone)
    measured = [
        metrics.Measured(
            service=service,
            environment=environment,
            found=measure(tx, service, environment, window),
        )
        for environment in config.services[service].environments
        if wish.environment in (None, environment)
    ]
    if not measured:
        return metrics.numbers(measured, metrics.PICTURE_FOLLOWS)
    shown = {one.environment for one in measured}
    tx.want_picture(
        PictureWish(
            service=service,
            environment=GUARDED if GUARDED in shown else measured[0].environment,
            start=window.start,
            end=window.end,
            as_of=window.as_of,
            channel=user,
            due_at=tx.now,
        )
    )
    return metrics.numbers(measured, metrics.PICTURE_FOLLOWS)


def _of_all(tx: Tx, config: Config, wish: MetricsWish, services: Sequence[str]) -> Message:
    usual = lately(tx.now, config.zone)
    if (wish.start, wish.end) != (usual.start, usual.end):
        raise Refusal(
            "which_service",
            "Of which service? Of a span of time I measure one, and there are {count}. "
            "For example: {deployments} metrics {example} {start}..{end}",
            count=len(services),
            example=services[0],
            start=f"{wish.start.astimezone(config.zone):%Y-%m-%d}",
            end=f"{wish.end.astimezone(config.zone):%Y-%m-%d}",
        )
    found = (
        one
        for one in tx.figures()
        if one.service in services and wish.environment in (None, one.environment)
    )
    return metrics.overview(tuple(found), services[0])
