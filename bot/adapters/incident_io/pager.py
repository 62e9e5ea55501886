"""incident.io's alert source as a pager."""

from collections.abc import Mapping
from typing import Any

from bot.adapters.rest import TIMEOUT, Rest
from bot.ports.paging import Alarm, Answered, PagerName


class IncidentIo:
    """One HTTP alert source there, by its whole URL; it tells nothing of who answered."""

    name: PagerName = "incident.io"
    sees_answers = False

    def __init__(self, api: Rest, url: str) -> None:
        self._api = api
        self._url = url

    async def close(self) -> None:
        """Give the connections back."""
        await self._api.close()

    async def trigger(self, alarm: Alarm) -> None:
        """The alert fires; while it does, the same again is no new one."""
        await self._send(alarm, "firing")

    async def resolve(self, alarm: Alarm) -> None:
        """The alert is over."""
        await self._send(alarm, "resolved")

    async def answered(self, key: str) -> Answered | None:
        """Nothing: an alert source only takes in."""
        return None

    async def _send(self, alarm: Alarm, status: str) -> None:
        body = {
            "title": alarm.summary,
            "deduplication_key": alarm.key,
            "status": status,
            "metadata": {"urgency": alarm.urgency, "source": alarm.source, **alarm.details},
            **({"source_url": alarm.url} if alarm.url else {}),
        }
        await self._api.change("POST", self._url, body=body)


def connect(url: str, token: str, timeout: float = TIMEOUT) -> IncidentIo:
    """A pager with a connection of its own."""
    return IncidentIo(Rest("incident.io", "", token, words=_words, timeout=timeout), url)


def _words(data: Mapping[str, Any]) -> str:
    why = [str(one.get("message", "")) for one in data.get("errors") or ()]
    return ", ".join(why) or str(data.get("message") or data.get("type") or "")
