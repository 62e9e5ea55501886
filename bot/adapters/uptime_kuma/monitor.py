"""KumaMonitor: what one monitor of Uptime Kuma saw since a deployment, read from a public page."""

import secrets
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

from pydantic import Field

from bot.adapters.rest import Answer, Rest
from bot.adapters.uptime_kuma.page import words
from bot.domain.deployments.validation import Outcome, Reading
from bot.domain.errors import Fault
from bot.ports.monitors import Question

OLD = timedelta(minutes=5)
"""A newest beat before that is no news; the longest interval that is usual is a minute."""

STATES = {
    0: (Outcome.BAD, "down"),
    1: (Outcome.OK, "up"),
    2: (Outcome.DEGRADED, "pending"),
    3: (Outcome.UNKNOWN, "under maintenance"),
}


class _Beat(Answer):
    status: int
    time: datetime

    @property
    def at(self) -> datetime:
        """Its times are of UTC, and do not say so."""
        return self.time.replace(tzinfo=UTC)


class _Beats(Answer):
    lists: dict[str, list[_Beat]] = Field(alias="heartbeatList")


class _Part(Answer):
    id: int
    name: str


class _Group(Answer):
    parts: list[_Part] = Field(alias="monitorList")


class _Page(Answer):
    groups: list[_Group] = Field(alias="publicGroupList")


class KumaMonitor:
    """One monitor by its name on a status page; reading needs no account."""

    what = "uptime_kuma"
    pace = timedelta(seconds=30)

    def __init__(self, rest: Rest, base: str, slug: str, monitor: str) -> None:
        self._rest = rest
        self._slug = quote(slug.lower(), safe="")
        self._monitor = monitor
        self.url = f"{base.rstrip('/')}/status/{self._slug}"

    async def close(self) -> None:
        """Give the connections back."""
        await self._rest.close()

    async def look(self, question: Question) -> Reading:
        """What its newest beat says; only beats since the deployment count."""
        beats = await self._beats()
        newest = max(beats, key=lambda beat: beat.time, default=None)
        if newest is None:
            return self._reading(question, Outcome.NO_DATA, "it has seen nothing yet")
        if question.since is not None and newest.at < question.since:
            return self._reading(question, Outcome.NO_DATA, "no beat since the deployment")
        if question.now - newest.at > OLD:
            return self._reading(question, Outcome.UNKNOWN, "its newest beat is old")
        if newest.status not in STATES:
            raise Fault("kuma", f"no usable answer (status {newest.status})")
        outcome, word = STATES[newest.status]
        return self._reading(question, outcome, word)

    async def _beats(self) -> list[_Beat]:
        # A page that is not there has no beats either, so it is asked for first; a new query each
        # time, as answers are kept for minutes.
        path = f"/api/status-page/{self._slug}"
        page = await self._rest.get(_Page, path, _=secrets.token_hex(8))
        named = [p.id for group in page.groups for p in group.parts if p.name == self._monitor]
        if not named:
            raise Fault("kuma", f"the page shows no monitor {self._monitor}")
        path = f"/api/status-page/heartbeat/{self._slug}"
        told = await self._rest.get(_Beats, path, _=secrets.token_hex(8))
        return told.lists.get(str(named[0]), [])

    def _reading(self, question: Question, outcome: Outcome, text: str) -> Reading:
        return Reading(what=self.what, outcome=outcome, text=text, at=question.now, url=self.url)


def connect(url: str, slug: str, monitor: str, timeout: float = 15.0) -> KumaMonitor:
    """A monitor with connections of its own."""
    return KumaMonitor(Rest("kuma", url, "", words=words, timeout=timeout), url, slug, monitor)
