"""Duties: what has to be done again and again, each with its own period; due times are rows."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial

import structlog

from bot.domain.errors import Fault
from bot.ports import Tx
from bot.services import adoption, directory
from bot.services.desk import Desk

log = structlog.get_logger()

TAGS_EVERY = timedelta(seconds=60)
AUDIT_EVERY = timedelta(seconds=30)
REQUESTS_KEPT = timedelta(hours=24)
RETRY = timedelta(seconds=15)


class Duties:
    """The table of duties: a name, and a function that does it and says when to come back."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._table: dict[str, Callable[[], Awaitable[timedelta]]] = {
            "directory": self._directory,
            "audit": self._seal,
        }
        for repo in sorted({service.repo for service in desk.config.services.values()}):
            self._table[f"tags:{repo}"] = partial(self._tags, repo)
        for service, environment, config, settings, workflow in desk.config.pipelines():
            self._table[f"adopt:{service}:{environment}"] = partial(
                adoption.adopt, desk, service, environment, config, settings, workflow
            )

    def due(self, tx: Tx) -> tuple[str, ...]:
        """The duties whose time has come; one that never ran is due at once."""
        return tuple(name for name in self._table if (tx.duty(name) or tx.now) <= tx.now)

    async def do(self, name: str) -> None:
        """Do one duty and note when it is due again."""
        try:
            pause = await self._table[name]()
        except Fault as fault:
            log.warning("duty_waits", duty=name, error=fault.text)
            pause = timedelta(seconds=fault.retry_after) if fault.retry_after else RETRY
        due = self._desk.now() + pause
        await self._desk.store.run(lambda tx: tx.set_duty(name, due))

    async def _directory(self) -> timedelta:
        await directory.refresh(self._desk)
        return directory.REFRESH

    async def _tags(self, repo: str) -> timedelta:
        found = await self._desk.github.tags(repo)
        await self._desk.store.run(lambda tx: tx.keep_tags(repo, found))
        return TAGS_EVERY

    async def _seal(self) -> timedelta:
        def seal(tx: Tx) -> str | None:
            head = tx.seal()  # first: it has to come before any other write of its transaction
            tx.forget_requests(tx.now - REQUESTS_KEPT)
            return head

        if head := await self._desk.store.run(seal):
            log.info("audit_sealed", head=head)
        return AUDIT_EVERY
