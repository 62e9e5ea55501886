"""Measuring: the metrics of one service and environment, read inside one transaction."""

from bot.config import Config
from bot.domain import measures
from bot.domain.errors import Refusal
from bot.domain.grammar import MetricsWish
from bot.domain.measures import Measures
from bot.domain.metrics import GUARDED, Window
from bot.domain.pictures import PictureWish
from bot.messages import metrics
from bot.messages.blocks import Message
from bot.ports import Tx

MOST_SERVICES = 8
"""More are not measured at once: whoever asks waits for the answer, and so does everybody else."""


def measure(tx: Tx, service: str, environment: str, window: Window) -> Measures:
    """The metrics as far as they are known at `window.as_of`."""
    names = {environment, "staging", GUARDED}
    histories = {name: tx.records(service, name) for name in names}
    return measures.measure(histories, tx.incident_records(service), environment, window)


def answer(tx: Tx, config: Config, wish: MetricsWish, user: str) -> Message:
    """The numbers at once, and where one service is meant a picture as a direct message."""
    services = [name for name in config.services if wish.service in (None, name)]
    if len(services) > MOST_SERVICES:
        raise Refusal(
            "which_service",
            "Of which service? I measure {most} at a time, and there are {count}. "
            "For example: {deployments} metrics {example}",
            most=MOST_SERVICES,
            count=len(services),
            example=services[0],
        )
    window = Window(start=wish.start, end=wish.end, as_of=tx.now)
    measured = [
        metrics.Measured(
            service=service,
            environment=environment,
            found=measure(tx, service, environment, window),
        )
        for service in services
        for environment in config.services[service].environments
        if wish.environment in (None, environment)
    ]
    if len(services) != 1 or not measured:
        return metrics.numbers(measured, metrics.WHICH_PICTURE)
    shown = {one.environment for one in measured}
    tx.want_picture(
        PictureWish(
            service=services[0],
            environment=GUARDED if GUARDED in shown else measured[0].environment,
            start=window.start,
            end=window.end,
            as_of=window.as_of,
            channel=user,
            due_at=tx.now,
        )
    )
    return metrics.numbers(measured, metrics.PICTURE_FOLLOWS)
