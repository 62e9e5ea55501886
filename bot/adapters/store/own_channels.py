"""Own channels in the store: a row for each incident that has one, or is to have one."""

from dataclasses import fields, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, insert, select, update

from bot.adapters.store import tables
from bot.adapters.store.asides import Asides
from bot.adapters.store.outbox import ROOM_KEY
from bot.domain.incidents.channels import ChannelState, OwnChannel
from bot.ports import Stale

_TABLE = tables.own_channels
_NAMES = tuple(field.name for field in fields(OwnChannel))


class OwnChannels(Asides):
    """Own channels within one transaction."""

    def add_own_channel(self, channel: OwnChannel) -> None:
        self.connection.execute(insert(_TABLE), _row(channel))
        self._touch(channel.incident)

    def save_own_channel(self, old: OwnChannel, new: OwnChannel) -> OwnChannel:
        saved = replace(new, incident=old.incident, revision=old.revision + 1)
        unchanged = (_TABLE.c.incident == old.incident, _TABLE.c.revision == old.revision)
        changed = self.connection.execute(update(_TABLE).where(*unchanged).values(_row(saved)))
        if changed.rowcount != 1:
            raise Stale(f"the channel of INC-{old.incident} is no longer at {old.revision}")
        self._touch(old.incident)
        return saved

    def own_channel(self, incident_id: int) -> OwnChannel | None:
        return self._own_one(_TABLE.c.incident == incident_id)

    def own_channel_at(self, channel: str) -> OwnChannel | None:
        return self._own_one(_TABLE.c.channel == channel) if channel else None

    def own_channels_due(self, now: datetime) -> tuple[int, ...]:
        due = select(_TABLE.c.incident).where(_TABLE.c.due_at <= now)
        return tuple(self.connection.scalars(due.order_by(_TABLE.c.due_at, _TABLE.c.incident)))

    def room_of(self, key: str) -> OwnChannel | None:
        number = key.removeprefix(ROOM_KEY)
        if not key.startswith(ROOM_KEY) or not number.isdigit():
            return None
        found = self.own_channel(int(number))
        return found if found and found.state is ChannelState.OPEN else None

    def _own_one(self, which: ColumnElement[bool]) -> OwnChannel | None:
        rows = self.connection.execute(select(_TABLE).where(which)).mappings()
        return next(map(_channel, rows), None)


def _row(channel: OwnChannel) -> dict[str, Any]:
    return {name: getattr(channel, name) for name in _NAMES} | {"guests": list(channel.guests)}


def _channel(row: RowMapping) -> OwnChannel:
    words = {"state": ChannelState(row["state"]), "guests": tuple(row["guests"])}
    return OwnChannel(**{name: row[name] for name in _NAMES} | words)
