"""KumaMonitor: what one monitor of Uptime Kuma saw since a deployment, read from a public page."""

import secrets
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

from pydantic import Field

from bot.adapters.rest import Answer, Rest
from bot.adapters.uptime_kuma.page import words
from bot.domain.deployments.comparing import of_uptime
from bot.domain.deployments.validation import Outcome, Reading
from bot.domain.errors import Fault
from bot.ports.monitors import Question

OLD = timedelta(minutes=5)
"""A newest beat before that is no news; the longest interval that is usual is a minute."""

DOWN, UP = 0, 1
STATES = {
    DOWN: (Outcome.BAD, "down"),
    UP: (Outcome.OK, "up"),
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
        up = _share(beat for beat in beats if question.since is None or beat.at >= question.since)
        before = question.before.value if question.before else None
        if outcome is Outcome.OK and question.since is not None and up is not None:
            outcome = of_uptime(up, before)
        text = word if question.since is None else f"{word}{_in_words(up, before)}"
        return self._reading(question, outcome, text, up, before)

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

    def _reading(
        self,
        question: Question,
        outcome: Outcome,
        text: str,
        up: float | None = None,
        before: float | None = None,
    ) -> Reading:
        return Reading(
            what=self.what,
            outcome=outcome,
            text=text,
            at=question.now,
            value=up,
            baseline=before,
            url=self.url,
        )


def _share(beats: Iterable[_Beat]) -> float | None:
    """How many of the beats that say up or down say up; None where none does."""
    told = [beat.status == UP for beat in beats if beat.status in (DOWN, UP)]
    return sum(told) / len(told) if told else None


def _in_words(up: float | None, before: float | None) -> str:
    """How much of the time it was up, where that is not all there is to say."""
    if up is None or (up == 1 and before in (None, 1)):
        return ""
    was = "" if before is None else f", before {before:.1%}"
    return f" ({up:.1%} of the time{was})"


def connect(url: str, slug: str, monitor: str, timeout: float = 15.0) -> KumaMonitor:
    """A monitor with connections of its own."""
    return KumaMonitor(Rest("kuma", url, "", words=words, timeout=timeout), url, slug, monitor)
