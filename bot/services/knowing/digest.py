"""Digest: once a week the channel reads how the week went, with the charts in the thread."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from functools import partial
from zoneinfo import ZoneInfo

from apscheduler.triggers.cron import CronTrigger

from bot.config import Config
from bot.config.config import DigestConfig
from bot.domain.metrics.metrics import GUARDED, WEEK, Window, midnight
from bot.domain.metrics.pictures import PictureWish
from bot.messages.knowing import metrics
from bot.ports import Post, Tx
from bot.services.desk import Desk
from bot.services.knowing.measuring import measure

DUTY = "digest"
CHARTED = timedelta(weeks=12)
MOST_CHARTS = 3
MOST_SERVICES = 8
"""How many of them the message has room for."""


async def tell(desk: Desk, wanted: DigestConfig) -> timedelta:
    """Post the digest that is due, and say when the next one is; the first start only says when."""
    noted = await desk.store.read(lambda tx: tx.duty(DUTY))
    if noted is not None and desk.now() >= noted:
        await _digest(desk, _last_time(wanted, desk.now()).astimezone(UTC))
    return next_time(wanted, desk.now()) - desk.now()


def next_time(wanted: DigestConfig, after: datetime) -> datetime:
    """The next time at which a digest is due, through every change of the clocks."""
    hour, minute = wanted.at.hour, wanted.at.minute
    zone = ZoneInfo(wanted.tz)
    trigger = CronTrigger(day_of_week=wanted.day, hour=hour, minute=minute, timezone=zone)
    found = trigger.get_next_fire_time(None, after + timedelta(seconds=1))
    assert isinstance(found, datetime)  # a weekday comes again
    return found


def _last_time(wanted: DigestConfig, now: datetime) -> datetime:
    due = next_time(wanted, now - 2 * WEEK)
    while (later := next_time(wanted, due)) <= now:
        due = later
    return due


async def _digest(desk: Desk, due: datetime) -> None:
    """Measure one place after the other, so that nobody waits for all of them, then tell.

    `due` is the last time at which one was due, whenever this is: a duty may be done twice, and
    too early when the clock was set back.
    """
    week = last_week(due, desk.config.zone, desk.now())
    services = list(desk.config.services)[:MOST_SERVICES]
    measured = []
    for service in services:
        for environment in desk.config.services[service].environments:
            read = partial(measure, service=service, environment=environment, window=week)
            found = await desk.store.read(read)
            measured.append(metrics.Measured(service=service, environment=environment, found=found))
    key = f"{DUTY}:{due:%Y-%m-%d}"
    await desk.store.run(partial(_tell, desk.config, services, measured, week, key))


def last_week(due: datetime, zone: tzinfo, now: datetime) -> Window:
    """The ISO week that was over last, whatever the weekday: of others no weekly goal is judged."""
    day = due.astimezone(zone).date()
    monday = day - timedelta(days=day.weekday())
    start, end = midnight(monday - WEEK, zone), midnight(monday, zone)
    return Window(start=start, end=end, as_of=now, zone=zone)


def _tell(
    config: Config,
    services: Sequence[str],
    measured: Sequence[metrics.Measured],
    week: Window,
    key: str,
    tx: Tx,
) -> None:
    message = metrics.digest(measured, tx.audit_head(), len(config.services) - len(services))
    if tx.message_of(key) is not None:  # told already: the clock was set back
        return
    tx.post(Post(key=key, channel=config.slack.channel, message=message))
    for service in services[:MOST_CHARTS]:
        if GUARDED in config.services[service].environments:
            tx.want_picture(_chart(tx, config, service, week, key))


def _chart(tx: Tx, config: Config, service: str, week: Window, key: str) -> PictureWish:
    return PictureWish(
        service=service,
        environment=GUARDED,
        start=midnight(week.day_of(week.end) - CHARTED, week.zone),
        end=week.end,
        as_of=tx.now,
        channel=config.slack.channel,
        thread_of=key,
        due_at=tx.now,
    )
