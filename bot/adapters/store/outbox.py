"""Outbox: messages on their way out; each is claimed before it is sent and keeps where it went."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import RowMapping, Update, exists, or_, select, update

from bot.adapters.store import tables
from bot.adapters.store.rows import Rows
from bot.messages.blocks import Message
from bot.ports import Post, Stale

_MESSAGE = TypeAdapter(Message)
_TABLE = tables.outbox
_ROOT = _TABLE.alias("root")
_ROOT_IS_SENT = exists().where(_ROOT.c.key == _TABLE.c.thread_of, _ROOT.c.ts.is_not(None))
SENDABLE = (tables.OPEN_POST, or_(_TABLE.c.thread_of.is_(None), _ROOT_IS_SENT))
"""Open posts that stand in the channel itself or in the thread of a message that was sent."""


class Outbox(Rows):
    """Outgoing messages within one transaction."""

    def post(self, post: Post) -> None:
        row = {
            "key": post.key,
            "channel": post.channel,
            "message": _MESSAGE.dump_python(post.message, mode="json"),
            "user": post.user,
            "thread_of": post.thread_of,
            "response_url": post.response_url,
            "created_at": post.created_at or self.now,
            "due_at": post.due_at or self.now,
            "sending_since": post.sending_since,
            "attempts": post.attempts,
        }
        self.insert_new(_TABLE, row)

    def posts_due(self, now: datetime, limit: int = 50) -> tuple[Post, ...]:
        due = select(_TABLE).where(*SENDABLE, _TABLE.c.due_at <= now)
        rows = self.connection.execute(due.order_by(_TABLE.c.id).limit(limit)).mappings()
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

    def put_off(self, post: Post, due_at: datetime, *, clear: bool) -> None:
        self._change(post, due_at=due_at, sending_since=None if clear else post.sending_since)

    def mark_sent(self, post: Post, channel: str, ts: str | None) -> None:
        # A fact, whoever has claimed the post meanwhile.
        sent = {"sent_at": self.now, "sent_channel": channel, "ts": ts, "sending_since": None}
        self.connection.execute(update(_TABLE).where(_TABLE.c.id == post.id).values(sent))

    def drop(self, post: Post, why: str) -> None:
        self._change(post, dropped_at=self.now, dropped_why=why, sending_since=None)

    def release_sending(self) -> None:
        under_way = update(_TABLE).where(tables.OPEN_POST, _TABLE.c.sending_since.is_not(None))
        self.connection.execute(under_way.values(due_at=self.now))

    def sent_ts(self, key: str) -> tuple[str, str] | None:
        sent = (_TABLE.c.key == key, _TABLE.c.ts.is_not(None))
        wanted = select(_TABLE.c.sent_channel, _TABLE.c.ts).where(*sent)
        row = self.connection.execute(wanted).first()
        return None if row is None else (row.sent_channel, row.ts)

    def _change(self, post: Post, **values: Any) -> None:
        if self.connection.execute(_as_known(post).values(values)).rowcount != 1:
            raise Stale(f"somebody else is dealing with {post.key}")


def _as_known(post: Post) -> Update:
    """The post, if it is open and nobody has claimed it since it was read."""
    return update(_TABLE).where(
        _TABLE.c.id == post.id, _TABLE.c.attempts == post.attempts, tables.OPEN_POST
    )


def _post(row: RowMapping) -> Post:
    return Post(
        id=row["id"],
        key=row["key"],
        channel=row["channel"],
        message=_MESSAGE.validate_python(row["message"]),
        user=row["user"],
        thread_of=row["thread_of"],
        response_url=row["response_url"],
        created_at=row["created_at"],
        due_at=row["due_at"],
        sending_since=row["sending_since"],
        attempts=row["attempts"],
    )
