"""One-way pager: it takes alarms in at one address, and tells nothing of who answered."""

from collections.abc import Callable, Mapping
from typing import Any

from bot.adapters.rest import Rest
from bot.ports.paging import Alarm, Answered, PagerName

Body = Callable[[Alarm, bool], Mapping[str, Any]]
"""What is sent for an alarm, or, when the second is true, for its end."""


class OneWayPager:
    """Each alarm and each end is one POST of a JSON body."""

    sees_answers = False

    def __init__(self, name: PagerName, api: Rest, url: str, body: Body) -> None:
        self.name = name
        self._api = api
        self._url = url
        self._body = body

    async def close(self) -> None:
        """Give the connections back."""
        await self._api.close()

    async def examine(self) -> str:
        """Nothing: whatever it is sent is an alarm."""
        return "set up; only an alarm shows whether it takes one, and who answers is not visible"

    async def trigger(self, alarm: Alarm) -> None:
        """Wake somebody."""
        await self._api.change("POST", self._url, body=self._body(alarm, False))

    async def resolve(self, alarm: Alarm) -> None:
        """The alarm is over."""
        await self._api.change("POST", self._url, body=self._body(alarm, True))

    async def on_call(self, policy: str) -> tuple[str, ...]:
        """Nobody that it tells of."""
        return ()

    async def answered(self, key: str) -> Answered | None:
        """Nothing."""
        return None
