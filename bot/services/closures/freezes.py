"""Freezes: setting and lifting them from Slack, and all that are known, whoever set them."""

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.config import GUARDED, Config
from bot.domain.closures.freezes import SetFreeze
from bot.domain.closures.windows import Freeze
from bot.domain.errors import Refusal
from bot.domain.grammar import FreezeWish, LiftWish
from bot.domain.people import Role, Who, require
from bot.messages.blocks import Message
from bot.messages.closures import freezes as messages
from bot.ports import Post, Tx
from bot.services.deployments.requests import known


def here(known: Iterable[SetFreeze], service: str, environment: str) -> tuple[Freeze, ...]:
    """The freezes from Slack that hold there, now or later."""
    if environment not in GUARDED:
        return ()
    return tuple(found.freeze for found in known if found.covers(service))


def configured(config: Config, at: datetime) -> list[tuple[str, Freeze]]:
    """(service, freeze) of all in gonogo.yaml that are not over at that time."""
    calendars = ((name, config.calendar(name, GUARDED[0], at)) for name in config.services)
    return [(n, f) for n, c in calendars for f in (c.freezes if c else ()) if at < f.end]


def zone(config: Config, service: str | None) -> ZoneInfo:
    """The time zone of a service's windows; of all: the one that they share, else UTC."""
    named = {
        windows.tz
        for name, settings in config.services.items()
        for windows in settings.windows.values()
        if service in (None, name)
    }
    return ZoneInfo(named.pop() if len(named) == 1 else "UTC")


def change(tx: Tx, config: Config, wish: FreezeWish | LiftWish, slack_id: str) -> Message:
    """Set a freeze, or lift one."""
    require(known(tx, slack_id), Role.ADMIN, "set and lift freezes")
    if isinstance(wish, LiftWish):
        return _lift(tx, config, wish.name, slack_id)
    return _set(tx, config, wish, slack_id)


def _set(tx: Tx, config: Config, wish: FreezeWish, slack_id: str) -> Message:
    if wish.end <= tx.now:
        raise Refusal("over_already", "That is over already ({end}).", end=wish.end)
    if taken := _named(tx, wish.name):
        raise Refusal(
            "name_taken",
            "{who} has set a freeze {name} already. Lift it first, or choose another name.",
            name=taken.name,
            who=Who(taken.set_by),
        )
    if wish.name.lower() in _configured(config):
        raise Refusal("name_taken", "{name} stands in gonogo.yaml already.", name=wish.name)
    wanted = SetFreeze(
        service=wish.service or "",
        freeze=Freeze(name=wish.name, start=wish.start, end=wish.end),
        set_by=slack_id,
        set_at=tx.now,
    )
    saved = tx.add_freeze(wanted)
    tx.audit(
        slack_id,
        "freeze_set",
        saved.subject,
        name=saved.name,
        service=saved.service,
        start=wish.start.isoformat(),
        end=wish.end.isoformat(),
    )
    _tell(tx, config, saved, "set", messages.announced(saved))
    return messages.was_set(saved, zone(config, wish.service), config.commands.deployments)


def _lift(tx: Tx, config: Config, name: str, slack_id: str) -> Message:
    found = _named(tx, name)
    if found is None:
        if name.lower() in _configured(config):
            text = "{name} stands in gonogo.yaml; whoever keeps that file can take it out."
            raise Refusal("configured", text, name=name)
        names = ", ".join(known.name for known in tx.freezes()) or "none"
        text = "There is no freeze {name}. From Slack there are: {names}."
        raise Refusal("no_such_freeze", text, name=name, names=names)
    tx.lift_freeze(found.lifted(tx.now, slack_id))
    tx.audit(slack_id, "freeze_lifted", found.subject, name=found.name)
    _tell(tx, config, found, "lifted", messages.lifted(found, slack_id))
    return messages.was_lifted(found)


def _tell(tx: Tx, config: Config, freeze: SetFreeze, word: str, message: Message) -> None:
    key = f"freeze:{freeze.id}:{word}"
    tx.post(Post(key=key, channel=config.slack.channel, message=message))
    tx.hurry()  # what waits for approval shows it


def _named(tx: Tx, name: str) -> SetFreeze | None:
    return next((found for found in tx.freezes() if found.name.lower() == name.lower()), None)


def _configured(config: Config) -> set[str]:
    return {
        freeze.name.lower()
        for service in config.services.values()
        for windows in service.windows.values()
        for freeze in windows.freezes
    }
