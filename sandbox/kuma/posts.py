"""Posts: the incidents of the status page, with the ways of Uptime Kuma's handlers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sandbox.clock import Clock

STYLES = ("info", "warning", "danger", "primary", "light", "dark")
PER_PAGE = 10
Json = dict[str, Any]


class Refused(Exception):
    """Answered as `{ok: false, msg}`; `key` says that the message is one of its translations."""

    def __init__(self, msg: str, *, key: bool = False) -> None:
        super().__init__(msg)
        self.answer: Json = {"ok": False, "msg": msg, **({"msgi18n": True} if key else {})}


@dataclass
class Post:
    """One incident of the page; it is on the page while it is pinned and active."""

    id: int
    title: str
    content: str
    style: str
    created: datetime | None
    pin: bool = True
    active: bool = True
    updated: datetime | None = None

    def public(self, *, stored: bool = True) -> Json:
        """As it is shown; one that was never edited has no such date until it was stored."""
        shown: Json = {
            "id": self.id,
            "style": self.style,
            "title": self.title,
            "content": self.content,
            "pin": self.pin,
            "active": self.active,
            "createdDate": when(self.created),
            "lastUpdatedDate": when(self.updated),
            "status_page_id": 1,
        }
        if self.updated is None and not stored:
            del shown["lastUpdatedDate"]
        return shown


class Posts:
    """Every post there ever was, oldest first."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.every: list[Post] = []
        self._last = 0

    def post(self, told: Mapping[str, Any]) -> Post:
        """A new one, also where the id of another is given and that does not exist. Neither title
        nor style is looked at.
        """
        now = self._clock.now()
        found = next((one for one in self.every if told.get("id") == one.id), None)
        if found is None:
            self._last += 1
            # With an id it believes to edit, so it sets no date of creation.
            found = Post(self._last, "", "", "", None if told.get("id") else now)
            self.every.append(found)
        found.title, found.content = str(told.get("title")), str(told.get("content"))
        found.style, found.pin, found.active = str(told.get("style")), True, True
        found.updated = now if told.get("id") else found.updated
        return found

    def edit(self, id: object, told: Mapping[str, Any]) -> Post:
        """Raises Refused."""
        found = self._find(id)
        for name in ("title", "content"):
            if not str(told.get(name) or "").strip():
                raise Refused(f"Please input {name}", key=True)
        style = str(told.get("style"))
        found.title, found.content = str(told["title"]), str(told["content"])
        found.style = style if style in STYLES else "warning"
        found.pin = told.get("pin") is not False
        found.updated = self._clock.now()
        return found

    def resolve(self, id: object) -> Post:
        """Raises Refused."""
        found = self._find(id)
        found.pin = found.active = False
        found.updated = self._clock.now()
        return found

    def unpin(self) -> None:
        """All of them, which stay active for ever."""
        for one in self.every:
            one.pin = False

    def delete(self, id: object) -> None:
        """Raises Refused."""
        self.every.remove(self._find(id))

    def on_page(self) -> list[Post]:
        """Newest first."""
        return [one for one in reversed(self.every) if one.pin and one.active]

    def history(self, cursor: str | None) -> Json:
        """Ten of all posts, newest first, older than the cursor."""
        older = [
            one for one in reversed(self.every) if not cursor or (when(one.created) or "") < cursor
        ]
        rows, more = older[:PER_PAGE], len(older) > PER_PAGE
        return {
            "incidents": [one.public() for one in rows],
            "total": len(self.every),
            "nextCursor": when(rows[-1].created) if more else None,
            "hasMore": more,
        }

    def _find(self, id: object) -> Post:
        found = next((one for one in self.every if one.id == id), None)
        if found is None:
            raise Refused("Incident not found or access denied", key=True)
        return found


def when(at: datetime | None) -> str | None:
    """Its times: of UTC, to the second, and they do not say so."""
    return f"{at:%Y-%m-%d %H:%M:%S}" if at else None
