"""Clocks: the system's, and the sandbox's, which can be moved ahead."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import aiohttp
import structlog

log = structlog.get_logger()
LONG_POLL = 20.0
RETRY_AFTER = 0.2


class SystemClock:
    """The machine's time."""

    def now(self) -> datetime:
        """The present, aware, in UTC."""
        return datetime.now(UTC)


class SharedClock:
    """The sandbox's time: runs at 1x between advances, and walks through an advance due time by
    due time.

    An advance is worked off by going to each due time before the target, letting the bot settle
    there, and reporting the end; so what falls due on the way happens in order, as it would have.
    """

    def __init__(self, url: str) -> None:
        self._url = url.rstrip("/")
        self._session: aiohttp.ClientSession | None = None
        self._me = {"bot": uuid4().hex}
        self._seen = 0
        self._anchor = datetime.now(UTC)
        self._read_at = time.monotonic()

    def now(self) -> datetime:
        """The present of the sandbox, aware, in UTC."""
        return self._anchor + timedelta(seconds=time.monotonic() - self._read_at)

    async def start(self) -> None:
        """Read the sandbox's time once. Raises aiohttp.ClientError when there is no sandbox."""
        said = await self._read(after=-1, wait=0)
        # An advance that lasts while we start is for us too: nobody else would work it off.
        self._seen = said["advance"] - (said["target"] is not None)
        self._anchor, self._read_at = datetime.fromisoformat(said["now"]), time.monotonic()

    async def follow(
        self,
        settle: Callable[[], Awaitable[None]],
        next_due: Callable[[], Awaitable[datetime | None]],
    ) -> None:
        """Take part in every advance until cancelled."""
        while True:
            try:
                said = await self._read(after=self._seen, wait=LONG_POLL)
                self._set(said["now"])
                if said["advance"] == self._seen:
                    continue
                self._seen = said["advance"]
                if said["target"] is not None:
                    await self._walk(datetime.fromisoformat(said["target"]), settle, next_due)
            except (aiohttp.ClientError, TimeoutError, ValueError, KeyError) as error:
                log.warning("clock_unreachable", error=repr(error))
                await asyncio.sleep(RETRY_AFTER)

    async def close(self) -> None:
        """Give the connection back."""
        if self._session is not None:
            await self._session.close()

    async def _walk(
        self,
        target: datetime,
        settle: Callable[[], Awaitable[None]],
        next_due: Callable[[], Awaitable[datetime | None]],
    ) -> None:
        await settle()
        while self.now() < target:
            due = await next_due()
            stop = target if due is None else min(max(due, self.now()), target)
            await self._post("step", {"to": stop.isoformat()})
            await settle()
        await self._post("done", {"advance": self._seen})

    @property
    def _http(self) -> aiohttp.ClientSession:
        """Made when it is needed: a bot whose configuration is refused leaves nothing open."""
        if self._session is None:
            patience = aiohttp.ClientTimeout(total=LONG_POLL + 10)
            self._session = aiohttp.ClientSession(timeout=patience, raise_for_status=True)
        return self._session

    async def _read(self, *, after: int, wait: float) -> Any:
        params = {**self._me, "after": str(after), "wait": str(wait)}
        async with self._http.get(self._url, params=params) as answer:
            return await answer.json()

    async def _post(self, path: str, body: dict[str, object]) -> None:
        told = self._http.post(f"{self._url}/{path}", params=self._me, json=body)
        async with told as answer:
            self._set((await answer.json())["now"])

    def _set(self, text: str) -> None:
        moment = datetime.fromisoformat(text)
        if moment > self.now():
            self._anchor = moment
            self._read_at = time.monotonic()
