"""PagerDutyAnnotator: a change event beside the alerts of a service; it wakes nobody."""

from bot.adapters.pagerduty.pager import LONGEST_SUMMARY, Accepted, check_key, events_api
from bot.adapters.rest import TIMEOUT, Rest
from bot.ports.annotations import WentLive

ENQUEUE = "/v2/change/enqueue"


class PagerDutyAnnotator:
    """The integration that pages, too. A change event has no key, and nobody tells of it."""

    name = "PagerDuty"

    def __init__(self, events: Rest, routing_key: str) -> None:
        self._events = events
        self._routing_key = routing_key

    async def close(self) -> None:
        """Give the connections back."""
        await self._events.close()

    async def examine(self) -> str:
        """The form of its key, as nothing can be read with it."""
        check_key(self._routing_key)
        return "the routing key has the right form"

    async def knows(self, event: WentLive) -> None:
        """It cannot be asked."""

    async def tell(self, event: WentLive) -> None:
        """Send a change event."""
        details = {
            "deployment": event.key,
            "environment": event.environment,
            "version": event.version,
            "commit": event.commit,
        }
        body = {
            "routing_key": self._routing_key,
            "payload": {
                "summary": event.text[:LONGEST_SUMMARY],
                "source": event.service,
                "timestamp": event.at.isoformat(),
                "custom_details": {name: value for name, value in details.items() if value},
            },
            "links": [{"href": event.url, "text": "Run"}] if event.url else [],
        }
        await self._events.make(Accepted, ENQUEUE, body)


def annotator(url: str, routing_key: str, *, timeout: float = TIMEOUT) -> PagerDutyAnnotator:
    """An annotator with connections of its own; `url` is that of the Events API."""
    return PagerDutyAnnotator(events_api(url, timeout), routing_key)
