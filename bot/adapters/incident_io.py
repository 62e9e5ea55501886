"""incident.io: alarms by an alert source of kind HTTP."""

from collections.abc import Mapping
from typing import Any

from bot.adapters.one_way_pager import OneWayPager
from bot.adapters.rest import TIMEOUT, Rest
from bot.ports.paging import Alarm


def connect(url: str, token: str, timeout: float = TIMEOUT) -> OneWayPager:
    """One alert source there, by its whole URL, with a connection of its own."""
    api = Rest("incident.io", "", token, words=_words, timeout=timeout)
    return OneWayPager("incident.io", api, url, _body)


def _body(alarm: Alarm, is_over: bool) -> Mapping[str, Any]:
    """While an alert fires, the same key again is no new one."""
    return {
        "title": alarm.summary,
        "deduplication_key": alarm.key,
        "status": "resolved" if is_over else "firing",
        "metadata": {"urgency": alarm.urgency, "source": alarm.source, **alarm.details},
        **({"source_url": alarm.url} if alarm.url else {}),
    }


def _words(data: Mapping[str, Any]) -> str:
    why = [str(one.get("message", "")) for one in data.get("errors") or ()]
    return ", ".join(why) or str(data.get("message") or data.get("type") or "")
