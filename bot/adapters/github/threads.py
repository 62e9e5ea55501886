"""Threads: PyGithub blocks and is not thread-safe, so each worker thread has a client of its own."""

from __future__ import annotations

import asyncio
import json
import random
import threading
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, TypeVar

from bot.adapters.github.errors import refused, translated
from bot.domain.errors import Declined, Fault, NotFound

if TYPE_CHECKING:
    from github import Github

T = TypeVar("T")
API_VERSION = "2022-11-28"
TIMEOUT = 15
"""Seconds for one request; shorter than the settle window of a dispatch."""

READERS = 3
"""They overlap waiting for the network; more threads only compete for the interpreter."""

PAUSES = (0.5, 1.0)
"""Seconds before a read is tried again, with jitter; a write never is."""

MOST_REMEMBERED = 500


class Threads:
    """Runs calls on GitHub: reads side by side, writes one after another."""

    def __init__(self, url: str, token: Callable[[], str]) -> None:
        self._url = url.rstrip("/")
        self._token = token
        self._own = threading.local()
        self._reads = ThreadPoolExecutor(READERS, thread_name_prefix="github-read")
        self._writes = ThreadPoolExecutor(1, thread_name_prefix="github-write")
        self._answers: OrderedDict[str, tuple[str, str]] = OrderedDict()
        self._lock = threading.Lock()

    async def read(self, work: Callable[[Github], T]) -> T:
        """Run a call that changes nothing; trouble on the way is tried again. Raises Fault."""
        for pause in (*PAUSES, None):
            try:
                return await self._run(self._reads, work, write=False)
            except (NotFound, Declined):
                raise
            except Fault as fault:
                if pause is None or fault.retry_after is not None:
                    raise
                await asyncio.sleep(pause * random.uniform(0.8, 1.2))
        raise AssertionError("the last try returns or raises")

    async def write(self, work: Callable[[Github], T]) -> T:
        """Run a call that changes something, once. Raises Declined, Unanswered or Fault."""
        return await self._run(self._writes, work, write=True)

    def get(self, client: Github, path: str, **query: object) -> Any:
        """The JSON at a path; an answer that did not change costs nothing of the rate limit."""
        key = f"{path}?{json.dumps(query, sort_keys=True)}"
        with self._lock:
            etag, kept = self._answers.get(key, ("", ""))
        headers = {"If-None-Match": etag} if etag else {}
        status, said, text = client.requester.requestJson(
            "GET", path, parameters=query or None, headers=headers
        )
        if status == 304:
            return json.loads(kept)
        data = json.loads(text) if text else None
        if status != 200:
            raise refused(status, said, data, write=False)
        self._remember(key, said.get("etag"), text)
        return data

    async def close(self) -> None:
        """Let go of the threads; a call under way ends by itself."""
        for pool in (self._reads, self._writes):
            pool.shutdown(wait=False, cancel_futures=True)

    def _remember(self, key: str, etag: str | None, text: str) -> None:
        with self._lock:
            if etag:
                self._answers[key] = (etag, text)
                self._answers.move_to_end(key)
            while len(self._answers) > MOST_REMEMBERED:
                self._answers.popitem(last=False)

    async def _run(
        self, pool: ThreadPoolExecutor, work: Callable[[Github], T], *, write: bool
    ) -> T:
        def call() -> T:
            with translated(write=write):
                return work(self._client())

        return await asyncio.get_running_loop().run_in_executor(pool, call)

    def _client(self) -> Github:
        found: Github | None = getattr(self._own, "client", None)
        if found is None:
            # Late, because the import takes a while and the first answer does not need it.
            from github import Auth, Github

            found = self._own.client = Github(
                auth=Auth.Token(self._token()),
                base_url=self._url,
                api_version=API_VERSION,
                timeout=TIMEOUT,
                per_page=100,
                user_agent="gonogo",
                # Its own retries would send a failed POST eleven times, its own pauses would block.
                retry=None,
                seconds_between_requests=None,
                seconds_between_writes=None,
                lazy=True,
            )
        return found
