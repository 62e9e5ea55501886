"""Incidents in the store: a row each, and the entries of their timelines, which never change."""

from dataclasses import fields, replace
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import (
    RowMapping,
    Select,
    String,
    bindparam,
    cast,
    delete,
    exists,
    func,
    insert,
    literal,
    or_,
    select,
    union,
    update,
)

from bot.adapters.store import tables
from bot.adapters.store.deployments import MOST_ID
from bot.adapters.store.outbox import ROOM_KEY
from bot.adapters.store.turns import Turns
from bot.adapters.store.types import Json, UtcDateTime
from bot.domain.incidents.incidents import Incident, Severity, State
from bot.domain.incidents.timeline import Event, What
from bot.ports import Room, Stale

_INCIDENT = TypeAdapter(Incident)
_EVENT = TypeAdapter(Event)
_TABLE, _EVENTS, _OUTBOX = tables.incidents, tables.incident_events, tables.outbox
_COLUMNS = tuple(_TABLE.c[field.name] for field in fields(Incident))
_NESTED = {column.name for column in _COLUMNS if column.type is Json}
_NAMES = tuple(c.name for c in _COLUMNS if c.name not in _NESTED and c.name != "id")
_ROOM = literal(ROOM_KEY) + cast(_TABLE.c.id, String)
_ON_THEIR_WAY = exists().where(
    _OUTBOX.c.key.in_((_ROOM, _ROOM + literal(":suspect"))), tables.OPEN_POST
)
_DIFFERS = union(  # each from an index of its own
    *(select(_TABLE.c.id).where(why) for why in (tables.ROOM_IS_STALE, tables.ROOM_IS_TOUCHED))
)
_EVENT_NAMES = tuple(column.name for column in _EVENTS.c)
_OURS = select(*_COLUMNS).where(tables.OPENED_HERE)
_BY_ID = _OURS.where(_TABLE.c.id == bindparam("id"))
_OPEN = _OURS.where(tables.OPEN_INCIDENT).order_by(_TABLE.c.id)
_OVER = (State.RESOLVED, State.CLOSED)
_LAST_OVER = (
    _OURS.where(_TABLE.c.source == bindparam("source"), _TABLE.c.state.in_(_OVER))
    .order_by(func.coalesce(_TABLE.c.restored_at, _TABLE.c.closed_at).desc(), _TABLE.c.id.desc())
    .limit(1)
)
_SINCE = bindparam("since", type_=UtcDateTime)
_REPORTED = exists().where(
    _EVENTS.c.incident == _TABLE.c.id, _EVENTS.c.what == What.DOWN, _EVENTS.c.occurred_at >= _SINCE
)
_OF_SERVICE = _OURS.where(
    _TABLE.c.service == bindparam("service"),
    or_(tables.OPEN_INCIDENT, _TABLE.c.declared_at >= _SINCE, _REPORTED),
    ~_TABLE.c.drill,
).order_by(_TABLE.c.id)
_CAUSED = _OURS.where(_TABLE.c.cause == bindparam("cause"), ~_TABLE.c.drill).order_by(_TABLE.c.id)
_FOLLOW_UPS = _OURS.where(
    _TABLE.c.service == bindparam("service"),
    _TABLE.c.severity == Severity.MINOR,
    _TABLE.c.followed_up_by.is_(None),
    _TABLE.c.closure.is_(None) | (_TABLE.c.closure == "resolved"),
    ~_TABLE.c.drill,
).order_by(_TABLE.c.id)


_ROOMS = select(_TABLE.c.id.label("incident"), _TABLE.c.shown, _TABLE.c.shown_at, _TABLE.c.touched)


class Incidents(Turns):
    """Incidents within one transaction."""

    def add_incident(self, incident: Incident) -> Incident:
        self.take_turn(incident.service)
        first = replace(incident, revision=1)
        new_id = self.connection.execute(insert(_TABLE).returning(_TABLE.c.id), _row(first))
        return replace(first, id=new_id.scalar_one())

    def save_incident(self, old: Incident, new: Incident) -> Incident:
        saved = replace(new, id=old.id, revision=old.revision + 1)
        if saved.state is not old.state:
            self.take_turn(saved.service)
        unchanged = (_TABLE.c.id == old.id, _TABLE.c.revision == old.revision)
        changed = self.connection.execute(update(_TABLE).where(*unchanged).values(_row(saved)))
        if changed.rowcount != 1:
            raise Stale(f"{old.name} is no longer at revision {old.revision}")
        return saved

    def incident(self, incident_id: int) -> Incident | None:
        if incident_id > MOST_ID:
            return None
        return next(iter(self._read(_BY_ID, id=incident_id)), None)

    def open_incidents(self) -> tuple[Incident, ...]:
        return self._read(_OPEN)

    def resolved_incidents(self) -> tuple[Incident, ...]:
        return self._read(_OURS.where(tables.RESOLVED_INCIDENT).order_by(_TABLE.c.id))

    def last_over(self, source: str) -> Incident | None:
        return next(iter(self._read(_LAST_OVER, source=source)), None)

    def incidents_by(self, deployment: str) -> tuple[Incident, ...]:
        return self._read(_CAUSED, cause=deployment)

    def incidents_of(self, service: str, since: datetime) -> tuple[Incident, ...]:
        return self._read(_OF_SERVICE, service=service, since=since)

    def follow_ups(self, service: str) -> tuple[Incident, ...]:
        return self._read(_FOLLOW_UPS, service=service)

    def incidents_due(self, now: datetime) -> tuple[int, ...]:
        due = select(_TABLE.c.id).where(_TABLE.c.due_at <= now)
        return tuple(self.connection.scalars(due.order_by(_TABLE.c.due_at, _TABLE.c.id)))

    def drafts_due(self, now: datetime) -> tuple[int, ...]:
        due = select(_TABLE.c.id).where(_TABLE.c.draft_due_at <= now)
        return tuple(self.connection.scalars(due.order_by(_TABLE.c.id)))

    def stale_rooms(self) -> tuple[Room, ...]:
        stale = _ROOMS.where(_TABLE.c.id.in_(_DIFFERS), ~_ON_THEIR_WAY).order_by(_TABLE.c.id)
        return tuple(Room(**row) for row in self.connection.execute(stale).mappings())

    def room(self, incident_id: int) -> Room:
        one = _ROOMS.where(_TABLE.c.id == incident_id)
        return Room(**self.connection.execute(one).mappings().one())

    def show_room(self, incident_id: int, revision: int, room: Room) -> None:
        shows = {
            "shown_revision": revision,
            "shown_touched": room.touched,
            "shown": room.shown,
            "shown_at": room.shown_at,
        }
        self.connection.execute(update(_TABLE).where(_TABLE.c.id == incident_id).values(shows))

    def add_event(self, event: Event) -> None:
        kept = {name: getattr(event, name) for name in _EVENT_NAMES if name != "id"}
        self.connection.execute(insert(_EVENTS), kept)

    def events(self, incident_id: int) -> tuple[Event, ...]:
        return self._events(select(_EVENTS).where(_EVENTS.c.incident == incident_id))

    def events_from(self, source: str) -> tuple[Event, ...]:
        return self._events(select(_EVENTS).where(_EVENTS.c.source == source))

    def incident_at(self, channel: str, ts: str) -> int | None:
        here = (_OUTBOX.c.sent_channel == channel, _OUTBOX.c.ts == ts)
        of_room = _OUTBOX.c.key.startswith(ROOM_KEY, autoescape=True)
        key = self.connection.scalar(select(_OUTBOX.c.key).where(*here, of_room))
        return int(key.split(":")[1]) if key else None

    def withdraw(self, keys: str) -> None:
        begin_so = _OUTBOX.c.key.startswith(keys, autoescape=True)
        self.connection.execute(delete(_OUTBOX).where(begin_so, tables.OPEN_POST))

    def _events(self, wanted: Select[Any]) -> tuple[Event, ...]:
        rows = self.connection.execute(wanted.order_by(_EVENTS.c.id)).mappings()
        return tuple(_EVENT.validate_python(dict(row)) for row in rows)

    def _read(self, wanted: Select[Any], **values: Any) -> tuple[Incident, ...]:
        return tuple(_incident(row) for row in self.connection.execute(wanted, values).mappings())


def _row(incident: Incident) -> dict[str, Any]:
    nested: dict[str, Any] = _INCIDENT.dump_python(incident, mode="json", include=_NESTED)
    return {name: getattr(incident, name) for name in _NAMES} | nested


def _incident(row: RowMapping) -> Incident:
    return _INCIDENT.validate_python(dict(row))
