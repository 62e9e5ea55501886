"""Outbox: messages on their way out; each is claimed before it is sent and keeps where it went."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import (
    ColumnElement,
    RowMapping,
    String,
    Update,
    and_,
    bindparam,
    cast,
    delete,
    exists,
    literal,
    or_,
    select,
    update,
)

from bot.adapters.store import tables
from bot.adapters.store.rows import Rows
from bot.messages.blocks import Message
from bot.ports import Post, Stale

_MESSAGE = TypeAdapter(Message)
_TABLE = tables.outbox
_ROOT = _TABLE.alias("root")
_ROOT_IS_SENT = exists().where(_ROOT.c.key == _TABLE.c.thread_of, _ROOT.c.ts.is_not(None))
_OWN = tables.own_channels
_ROOM_IS_WANTED = exists().where(
    literal("room:") + cast(_OWN.c.incident, String) == _TABLE.c.thread_of,
    tables.CHANNEL_IS_WANTED,
)
_SENDABLE = (
    tables.OPEN_POST,
    or_(_TABLE.c.thread_of.is_(None), and_(_ROOT_IS_SENT, ~_ROOM_IS_WANTED)),
)
"""Open posts that stand in the channel itself or in the thread of a message that was sent; not
those of an incident whose own channel is being made.
"""

PATIENCE = 12
"""After so many attempts a message no longer holds up those behind it."""

_FIRST = _TABLE.alias("first")
_IS_HELD_UP = exists().where(
    _FIRST.c.id < _TABLE.c.id,
    _FIRST.c.channel == _TABLE.c.channel,
    _FIRST.c.user.is_not_distinct_from(_TABLE.c.user),
    _FIRST.c.sent_at.is_(None),
    _FIRST.c.dropped_why.is_(None),  # neither given up nor declined
    _FIRST.c.attempts.between(1, PATIENCE),
    _FIRST.c.due_at > bindparam("now", type_=_TABLE.c.due_at.type),
)
IN_LINE = (*_SENDABLE, ~_IS_HELD_UP)
"""Sendable posts with none in front that has to be tried again; asked with the time as `now`."""

CARD_KEY = "card:"
"""How the keys of cards begin; the rest is the deployment's id."""

ROOM_KEY = "room:"
"""How the keys of messages of incidents begin that are edited and have a thread."""

_NOTHING_OPEN = {"sending_since": None, "response_url": None, "dropped_why": None}
"""What a post under way needs, and one that is over does not."""

_NOTHING_KNOWN = _MESSAGE.dump_python(Message(""), mode="json")
"""What is kept of a message while it is edited; the bot never sends one like that."""

_SENT = select(_TABLE.c.sent_channel, _TABLE.c.ts).where(
    _TABLE.c.key == bindparam("key"), _TABLE.c.ts.is_not(None)
)


class Outbox(Rows):
    """Outgoing messages within one transaction."""

    def post(self, post: Post) -> None:
        row = {
            "key": post.key,
            "channel": post.channel,
            "message": _MESSAGE.dump_python(post.message, mode="json"),
            "user": post.user,
            "thread_of": post.thread_of,
            "thread_ts": post.thread_ts,
            "links_to": post.links_to,
            "response_url": post.response_url,
            "created_at": post.created_at or self.now,
            "due_at": post.due_at or self.now,
            "sending_since": post.sending_since,
            "attempts": post.attempts,
        }
        self.insert_new(_TABLE, row)

    def posts_due(self, now: datetime, limit: int = 50) -> tuple[Post, ...]:
        due = select(_TABLE).where(*IN_LINE, _TABLE.c.due_at <= now)
        in_order = due.order_by(_TABLE.c.id).limit(limit)
        rows = self.connection.execute(in_order, {"now": now}).mappings()
        return tuple(_post(row) for row in rows)

    def mark_sending(self, post: Post, now: datetime, lost_at: datetime) -> Post:
        # The first attempt whose answer was lost stays the one to search from.
        claimed = replace(
            post,
            sending_since=post.sending_since or now,
            due_at=lost_at,
            attempts=post.attempts + 1,
        )
        self._change(
            post,
            sending_since=claimed.sending_since,
            due_at=claimed.due_at,
            attempts=claimed.attempts,
        )
        return claimed

    def put_off(
        self, post: Post, due_at: datetime, *, clear: bool, declined: str | None = None
    ) -> None:
        since = None if clear else post.sending_since
        self._change(post, due_at=due_at, sending_since=since, dropped_why=declined)

    def mark_sent(self, post: Post, channel: str, ts: str | None) -> None:
        # A fact, whoever has claimed the post meanwhile.
        sent = {"sent_at": self.now, "sent_channel": channel, "ts": ts}
        done = update(_TABLE).where(*_is(post)).values(sent | _NOTHING_OPEN)
        self.connection.execute(done)

    def drop(self, post: Post, why: str) -> None:
        self._change(post, **_NOTHING_OPEN | {"dropped_at": self.now, "dropped_why": why})

    def post_again(self, post: Post) -> None:
        anew = {
            "channel": post.channel,
            "message": _MESSAGE.dump_python(post.message, mode="json"),
            "created_at": self.now,  # it is looked for from here on
            "due_at": self.now,
            "attempts": 0,
            "sent_at": None,
            "sent_channel": None,
            "ts": None,
            "dropped_at": None,
        }
        again = update(_TABLE).where(_TABLE.c.key == post.key).values(anew | _NOTHING_OPEN)
        self.connection.execute(again)

    def is_dropped(self, key: str) -> bool:
        dropped = select(_TABLE.c.id).where(_TABLE.c.key == key, _TABLE.c.dropped_at.is_not(None))
        return self.connection.scalar(dropped) is not None

    def forget_posts(self, before: datetime) -> None:
        over = or_(_TABLE.c.sent_at < before, _TABLE.c.dropped_at < before)
        kept = (_TABLE.c.key.startswith(begin, autoescape=True) for begin in (CARD_KEY, ROOM_KEY))
        self.connection.execute(delete(_TABLE).where(over, ~or_(*kept)))

    def release_sending(self) -> None:
        under_way = update(_TABLE).where(tables.OPEN_POST, _TABLE.c.sending_since.is_not(None))
        if self.is_embedded:
            self.connection.execute(under_way.values(due_at=self.now))

    def message_of(self, key: str) -> Message | None:
        kept = self.connection.execute(select(_TABLE.c.message).where(_TABLE.c.key == key)).scalar()
        return None if kept is None else _MESSAGE.validate_python(kept)

    def keep_message(self, key: str, message: Message) -> bool:
        new = _MESSAGE.dump_python(message, mode="json")
        kept = self.connection.scalar(select(_TABLE.c.message).where(_TABLE.c.key == key))
        if kept == _NOTHING_KNOWN:
            self.connection.execute(update(_TABLE).where(_TABLE.c.key == key).values(message=new))
        return kept in (_NOTHING_KNOWN, new)

    def forget_message(self, key: str) -> None:
        went_out = update(_TABLE).where(_TABLE.c.key == key, _TABLE.c.ts.is_not(None))
        self.connection.execute(went_out.values(message=_NOTHING_KNOWN))

    def sent_ts(self, key: str) -> tuple[str, str] | None:
        row = self.connection.execute(_SENT, {"key": key}).first()
        return None if row is None else (row.sent_channel, row.ts)

    def _change(self, post: Post, **values: Any) -> None:
        if self.connection.execute(_as_known(post).values(values)).rowcount != 1:
            raise Stale(f"somebody else is dealing with {post.key}")


def _as_known(post: Post) -> Update:
    """The post, if it is open and nobody has claimed it since it was read."""
    return update(_TABLE).where(*_is(post), _TABLE.c.attempts == post.attempts, tables.OPEN_POST)


def _is(post: Post) -> tuple[ColumnElement[bool], ...]:
    """SQLite gives the number of a message that was withdrawn to the next one."""
    return _TABLE.c.id == post.id, _TABLE.c.key == post.key


def _post(row: RowMapping) -> Post:
    return Post(
        id=row["id"],
        key=row["key"],
        channel=row["channel"],
        message=_MESSAGE.validate_python(row["message"]),
        user=row["user"],
        thread_of=row["thread_of"],
        thread_ts=row["thread_ts"],
        links_to=row["links_to"],
        response_url=row["response_url"],
        created_at=row["created_at"],
        due_at=row["due_at"],
        sending_since=row["sending_since"],
        attempts=row["attempts"],
    )
