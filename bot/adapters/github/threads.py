"""Threads: PyGithub blocks, so its calls are made in worker threads, reads apart from writes."""

import asyncio
import random
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import TypeVar

from bot.adapters.github.budget import Budget
from bot.adapters.github.credentials import Credentials
from bot.adapters.github.errors import TooLong, translated
from bot.adapters.github.kept import Kept
from bot.adapters.github.session import Session, client
from bot.domain.errors import Declined, Fault, NotFound
from bot.ports.fences import fence, pass_fence
from bot.ports.silences import awaited

T = TypeVar("T")
TIMEOUT = 15
"""Seconds without a sign of life on one request; shorter than the settle window of a dispatch."""

GRACE = 5
"""Seconds that a read may take beyond one such silence, with its tries and its time in line."""

READERS = 3
"""Threads for the reads of one repository: when it hangs, the others do not wait for it."""

PAUSES = (0.5, 1.0)
"""Seconds before a read is tried again, with jitter; a write never is."""


class Threads:
    """Runs calls on GitHub: reads side by side, writes one after another."""

    def __init__(
        self,
        url: str,
        credentials: Credentials,
        *,
        timeout: int = TIMEOUT,
        grace: float = GRACE,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._url = url.rstrip("/")
        self._credentials = credentials
        self.budget = Budget(now)
        self._timeout = timeout
        self._whole = timeout + grace
        self._own = threading.local()
        self._sessions: list[Session] = []
        self._kept = Kept()
        self._reads: dict[str, ThreadPoolExecutor] = {}
        self._writes = ThreadPoolExecutor(1, thread_name_prefix="github-write")
        self._is_closed = False

    async def read(self, repo: str, work: Callable[[Session], T]) -> T:
        """Run a call that changes nothing; trouble on the way is tried again. Raises Fault, also
        when it can wait and what is left of the limit is kept for what cannot.
        """
        self.budget.check()
        if repo not in self._reads:
            self._reads[repo] = ThreadPoolExecutor(READERS, thread_name_prefix="github-read")
        loop = asyncio.get_running_loop()
        end = loop.time() + self._whole
        try:
            async with asyncio.timeout_at(end):
                for pause in (*PAUSES, None):
                    try:
                        return await self._run(self._reads[repo], work, write=False)
                    except (NotFound, Declined, TooLong):
                        raise
                    except Fault as fault:
                        # What has hung once is not asked again: it would keep a thread from others.
                        is_over = self._is_closed or loop.time() + self._timeout > end
                        if pause is None or is_over or fault.retry_after is not None:
                            raise
                        await asyncio.sleep(pause * random.uniform(0.8, 1.2))
        except TimeoutError:
            raise Fault("github", "no answer in time") from None
        raise AssertionError("the last try returns or raises")

    async def write(self, work: Callable[[Session], T]) -> T:
        """Run a call that changes something, once. Raises Declined, Unanswered or Fault."""
        holds = fence()

        def fenced(session: Session) -> T:
            pass_fence("github", holds)
            return work(session)

        return await self._run(self._writes, fenced, write=True)

    async def close(self) -> None:
        """Let go of the threads; a request under way ends by itself, and nothing follows it."""
        self._is_closed = True
        for pool in (*self._reads.values(), self._writes):
            pool.shutdown(wait=False, cancel_futures=True)
        for session in self._sessions:
            session.close()
        self._credentials.close()

    async def _run(
        self, pool: ThreadPoolExecutor, work: Callable[[Session], T], *, write: bool
    ) -> T:
        if self._is_closed:
            raise Fault("github", "nothing is asked any more, the bot is stopping")

        def call() -> T:
            with translated(write=write):
                session = self._session()
                session.ends = time.monotonic() + self._whole
                return work(session)

        with awaited("github"):
            return await asyncio.get_running_loop().run_in_executor(pool, call)

    def _session(self) -> Session:
        found: Session | None = getattr(self._own, "session", None)
        if found is None:
            from bot.adapters.github.token import ProvidedToken

            auth = ProvidedToken(self._credentials.token)
            made = client(self._url, auth, timeout=self._timeout)
            found = self._own.session = Session(made, self._kept, self._credentials, self.budget)
            self._sessions.append(found)
        return found
