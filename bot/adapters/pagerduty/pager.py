"""PagerDuty as a pager."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from bot.adapters.rest import TIMEOUT, Answer, Rest
from bot.domain.errors import Declined
from bot.ports.paging import Alarm, Answered, PagerName

ENQUEUE = "/v2/enqueue"
LONGEST_SUMMARY = 1024
MOST_ON_CALL = 100
ROUTING_KEY = re.compile("[A-Za-z0-9]{32}")
CLIENT = "gonogo"


class Accepted(Answer):
    """The answer to an event; without these words it was not accepted."""

    status: Literal["success"]


class _Person(Answer):
    summary: str = ""


class _Acknowledgement(Answer):
    acknowledger: _Person = _Person()


class _Incident(Answer):
    status: Literal["triggered", "acknowledged", "resolved"]
    created_at: datetime
    acknowledgements: tuple[_Acknowledgement, ...] = ()
    last_status_change_by: _Person = _Person()


class _Incidents(Answer):
    incidents: tuple[_Incident, ...]


class _OnCall(Answer):
    user: _Person
    escalation_level: int


class _OnCalls(Answer):
    oncalls: tuple[_OnCall, ...]
    more: bool = False


class PagerDuty:
    """One integration of one service there. Without a REST token acknowledgements are not visible.

    An alarm's key is the `dedup_key`: while its alert is open, the same event again is no new one.
    """

    name: PagerName = "PagerDuty"

    def __init__(self, events: Rest, routing_key: str, api: Rest | None) -> None:
        self._events = events
        self._routing_key = routing_key
        self._api = api

    @property
    def sees_answers(self) -> bool:
        """Whether it can be asked who answered, and who is on call."""
        return self._api is not None

    async def close(self) -> None:
        """Give the connections back."""
        await self._events.close()
        if self._api:
            await self._api.close()

    async def examine(self) -> str:
        """The form of its key, as whoever sends one wakes somebody; and what the token reads."""
        check_key(self._routing_key)
        key = "the routing key has the right form"
        if self._api is None:
            return f"{key}; without PAGERDUTY_API_TOKEN acknowledgements are not visible"
        await self._api.get(_Incidents, "/incidents", limit=1)
        await self._api.get(_OnCalls, "/oncalls", limit=1)
        return f"{key}, and the token reads who answered and who is on call"

    async def trigger(self, alarm: Alarm) -> None:
        """Open an alert, or nothing where it is open already."""
        links = [{"href": alarm.url, "text": "Slack"}] if alarm.url else []
        payload = {
            "summary": alarm.summary[:LONGEST_SUMMARY],
            "severity": alarm.urgency,
            "source": alarm.source,
            "timestamp": alarm.at.isoformat(),
            "custom_details": dict(alarm.details),
        }
        await self._send("trigger", alarm.key, payload=payload, client=CLIENT, links=links)

    async def resolve(self, alarm: Alarm) -> None:
        """Close the alert, if it is open."""
        await self._send("resolve", alarm.key)

    async def answered(self, key: str) -> Answered | None:
        """How the newest incident of that alarm stands."""
        assert self._api is not None
        query = {"incident_key": key, "date_range": "all", "sort_by": "created_at:desc"}
        found = (await self._api.get(_Incidents, "/incidents", limit=1, **query)).incidents
        if not found:
            return None
        names = [one.acknowledger.summary for one in found[0].acknowledgements]
        if found[0].status == "resolved":
            names = [found[0].last_status_change_by.summary]
        by = names[-1] if names else ""
        return Answered(state=found[0].status, at=found[0].created_at, by=by)

    async def on_call(self, policy: str) -> tuple[str, ...]:
        """Those of the first level, each once."""
        assert self._api is not None
        of = {"escalation_policy_ids[]": policy} if policy else {}
        found = await self._api.get(_OnCalls, "/oncalls", limit=MOST_ON_CALL, **of)
        if found.more:
            text = f"more than {MOST_ON_CALL} are on call; name incidents.paging.escalation_policy"
            raise Declined("pagerduty", text)
        first = (one.user.summary for one in found.oncalls if one.escalation_level == 1)
        return tuple(dict.fromkeys(first))

    async def _send(self, action: str, key: str, **more: Any) -> None:
        event = {"routing_key": self._routing_key, "event_action": action, "dedup_key": key, **more}
        await self._events.make(Accepted, ENQUEUE, event)


def check_key(routing_key: str) -> None:
    """Raises Declined where it cannot be right."""
    if not ROUTING_KEY.fullmatch(routing_key):
        raise Declined("pagerduty", "its routing key is not 32 letters and digits")


def events_api(url: str, timeout: float) -> Rest:
    """The Events API; `url` may be given up to its last path."""
    base = url.rstrip("/").removesuffix(ENQUEUE)
    return Rest("pagerduty", base, "", words=_words, timeout=timeout)


def connect(
    *,
    events_url: str,
    routing_key: str,
    api_url: str,
    api_token: str | None,
    timeout: float = TIMEOUT,
) -> PagerDuty:
    """A pager with connections of its own."""
    events = events_api(events_url, timeout)
    api = None
    if api_token:
        token = f"token={api_token}"
        api = Rest("pagerduty", api_url, token, words=_words, timeout=timeout, scheme="Token")
    return PagerDuty(events, routing_key, api)


def _words(data: Mapping[str, Any]) -> str:
    """What an answer that says no means: of the Events API, or of the REST API."""
    told = data.get("error") if isinstance(data.get("error"), Mapping) else data
    assert isinstance(told, Mapping)
    why = [str(word) for word in told.get("errors") or ()]
    return ": ".join([str(told.get("message") or ""), *(", ".join(why),) * bool(why)])
