"""A status page at Uptime Kuma."""

import secrets
from collections.abc import Mapping, Set
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from pydantic import Field

from bot.adapters.rest import TIMEOUT, Answer, Rest
from bot.adapters.uptime_kuma.maintenances import Maintenances
from bot.adapters.uptime_kuma.session import Session
from bot.domain.errors import Unanswered
from bot.domain.incidents.publishing import Health
from bot.ports.status_pages import Notice, Published

STYLES = {
    Health.OPERATIONAL: "info",
    Health.MAINTENANCE: "info",
    Health.DEGRADED: "warning",
    Health.PARTIAL: "warning",
    Health.OUTAGE: "danger",
}
MAINTENANCE = "maintenance:"
"""How the id of a maintenance begins; they and posts are numbered apart."""

MOST_PAGES = 5
"""So many pages of ten posts each are looked through for one of ours."""


class _Post(Answer):
    id: int
    title: str = ""
    created: datetime = Field(alias="createdDate")

    @property
    def at(self) -> datetime:
        """Its times are of UTC, and do not say so."""
        return self.created.replace(tzinfo=UTC)


class _History(Answer):
    incidents: tuple[_Post, ...]
    next: str = Field(default="", alias="nextCursor")


class KumaPage:
    """One page, by its slug. Reading needs no account; posting needs the one of an administrator.

    Only our own posts are touched, each by its id: `unpinIncident` takes all posts of a page down,
    and `postIncident` with an id that is gone makes a new one, so neither is used. The parts of a
    page have no health but what Kuma itself measures.
    """

    name = "Uptime Kuma"
    lag = "the public page may show it in up to 10 minutes"

    def __init__(self, session: Session, reading: Rest, base: str, slug: str) -> None:
        self._session = session
        self._reading = reading
        self._slug = slug.lower()
        self._maintenances = Maintenances(session, self._slug)
        self.url = f"{base.rstrip('/')}/status/{self._slug}"

    async def close(self) -> None:
        """Give the connections back."""
        await self._session.close()
        await self._reading.close()

    async def examine(self, components: Set[str]) -> str:
        """The login, and the page as its owner sees it; it has no components to be set."""
        answer = await self._session.call("getStatusPage", self._slug)
        title = (answer.get("config") or {}).get("title", "")
        return f"the login works, and the page is “{title}”"

    async def publish(self, notice: Notice) -> Published:
        """A new post, pinned to the page; or a new maintenance."""
        if notice.between:
            made = await self._maintenances.add(notice)
            return Published(id=f"{MAINTENANCE}{made}", url=self.url)
        answer = await self._session.call("postIncident", self._slug, _content(notice))
        try:
            id = int(answer["incident"]["id"])
        except (KeyError, TypeError, ValueError):
            raise Unanswered("kuma", "no usable answer (no id of the post)") from None
        return Published(id=str(id), url=self.url)

    async def revise(self, id: str, notice: Notice) -> None:
        """Edit that post; when it is over it leaves the page, and the history keeps
        it.
        """
        over = notice.phase.is_over
        if id.startswith(MAINTENANCE):
            change = self._maintenances.end if over else self._maintenances.edit
            await change(int(id.removeprefix(MAINTENANCE)), notice)
            return
        # An edit without a word about the pin would put it back on the page.
        edited = {**_content(notice), "pin": not over}
        await self._session.call("editIncident", self._slug, int(id), edited)
        if over:
            await self._session.call("resolveIncident", self._slug, int(id))

    async def find(self, notice: Notice, since: datetime) -> Published | None:
        """In the history, which has every post; a new query each time, as answers are kept for five
        minutes.
        """
        if notice.between:
            found = await self._maintenances.find(notice.title, since)
            return Published(id=f"{MAINTENANCE}{found}", url=self.url) if found else None
        path = f"/api/status-page/{quote(self._slug, safe='')}/incident-history"
        cursor = ""
        for _ in range(MOST_PAGES):
            more = {"cursor": cursor} if cursor else {}
            read = await self._reading.get(_History, path, _=secrets.token_hex(8), **more)
            for post in read.incidents:
                if post.title == notice.title and post.at >= since:
                    return Published(id=str(post.id), url=self.url)
            cursor = read.next
            if not cursor:
                break
        return None


def _content(notice: Notice) -> dict[str, str | bool]:
    return {"title": notice.title, "content": notice.text, "style": STYLES[notice.health]}


def connect(
    url: str, username: str, password: str, slug: str, timeout: float = TIMEOUT
) -> KumaPage:
    """A page with connections of its own."""
    session = Session(url, username, password, timeout)
    return KumaPage(session, Rest("kuma", url, "", words=words, timeout=timeout), url, slug)


def words(data: Mapping[str, Any]) -> str:
    """What a refusal says."""
    return str(data.get("msg") or "")
