"""People's messages: a shortcut, a pin, an edit, a deletion, as typed values."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from handlers.payloads import object_in, text_in


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortcut:
    """A shortcut that was used: on a message, which `writer` wrote, or anywhere; then there is no
    channel and no `ts`.
    """

    name: str
    user: str
    channel: str
    ts: str
    thread_ts: str | None
    text: str
    writer: str
    trigger_id: str
    response_url: str | None = None

    @property
    def answered_in(self) -> str | None:
        """The thread in which the message stands, if it stands in one."""
        return self.thread_ts if self.thread_ts != self.ts else None

    @property
    def key(self) -> str:
        """What makes this use itself."""
        return f"shortcut:{self.trigger_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageEvent:
    """What became of a message: pinned by `user`, edited so that it reads `text`, or deleted."""

    what: Literal["pinned", "edited", "deleted"]
    event_id: str
    user: str
    channel: str
    ts: str
    thread_ts: str | None
    text: str

    @property
    def key(self) -> str:
        """What makes this event itself, however often it is delivered."""
        return f"event:{self.event_id}"


def shortcut_from(body: Mapping[str, Any]) -> Shortcut:
    """A use of a shortcut from a message_action or a shortcut payload."""
    message = object_in(body, "message")
    return Shortcut(
        name=text_in(body, "callback_id"),
        user=text_in(object_in(body, "user"), "id"),
        channel=text_in(object_in(body, "channel"), "id"),
        ts=text_in(message, "ts") or text_in(body, "message_ts"),
        thread_ts=text_in(message, "thread_ts") or None,
        text=_plain(message),
        writer=text_in(message, "user"),
        trigger_id=text_in(body, "trigger_id"),
        response_url=text_in(body, "response_url") or None,
    )


def event_from(body: Mapping[str, Any]) -> MessageEvent | None:
    """What became of a message, from an event; None for any of the many other events."""
    event = object_in(body, "event")
    match text_in(event, "type"), text_in(event, "subtype"):
        case "pin_added", _:
            item = object_in(event, "item")
            what: Literal["pinned", "edited", "deleted"] = "pinned"
            channel = text_in(item, "channel") or text_in(event, "channel_id")
            message, user = object_in(item, "message"), text_in(event, "user")
        case "message", "message_changed":
            message, user = object_in(event, "message"), ""
            what, channel = "edited", text_in(event, "channel")
        case "message", "message_deleted":
            message = {"ts": text_in(event, "deleted_ts")}
            what, channel, user = "deleted", text_in(event, "channel"), ""
        case _:
            return None
    return MessageEvent(
        what=what,
        event_id=text_in(body, "event_id"),
        user=user,
        channel=channel,
        ts=text_in(message, "ts"),
        thread_ts=text_in(message, "thread_ts") or None,
        text=_plain(message),
    )


def home_from(body: Mapping[str, Any]) -> str | None:
    """Who opened the Home tab, if that is what happened."""
    event = object_in(body, "event")
    if text_in(event, "type") != "app_home_opened" or text_in(event, "tab") != "home":
        return None
    return text_in(event, "user") or None


_LINK = re.compile(r"<(?![@!#])([^>|]*)(?:\|([^>]*))?>")
_CHANNEL = re.compile(r"<#[^>|]*\|([^>]*)>")
_PERSON = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^>]*)?>")


def _plain(message: Mapping[str, Any]) -> str:
    """Its text as people read it, but for whom it mentions; Slack escapes three characters."""
    text = _LINK.sub(lambda link: link[2] or link[1], text_in(message, "text"))
    text = _CHANNEL.sub(r"#\1", text)
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def with_names(text: str, name_of: Callable[[str], str]) -> str:
    """The same with the names of those whom it mentions."""
    return _PERSON.sub(lambda person: f"@{name_of(person[1])}", text)


def said_at(ts: str) -> datetime | None:
    """When a message was posted, by its ts; None when that is none."""
    seconds = ts.partition(".")[0]
    if not (seconds.isascii() and seconds.isdigit() and len(seconds) <= 11):
        return None
    return datetime.fromtimestamp(int(seconds), UTC)
