"""Duties: what has to be done again and again, each with its own period; due times are rows."""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from datetime import datetime, timedelta
from functools import partial

import structlog

from bot.config import Config
from bot.domain.errors import Fault
from bot.ports import Tx
from bot.services import directory
from bot.services.desk import Desk
from bot.services.gates import sighting, staging
from bot.services.incidents import promising
from bot.services.knowing import digest, measuring
from bot.services.rollbacks import lifts, pins
from bot.services.runs import adoption, lookouts, outside, telling

log = structlog.get_logger()

TAGS_EVERY = timedelta(seconds=60)
TAGS_WHILE_TOLD = timedelta(minutes=10)
"""Where webhooks of the repository come in, which tell of a new tag at once."""

FORGET_EVERY = timedelta(hours=1)
REQUESTS_KEPT = timedelta(hours=24)
POSTS_KEPT = timedelta(days=30)
CALLBACKS_KEPT = timedelta(days=35)  # as long as GitHub keeps a run that waits
RETRY = timedelta(seconds=15)


def _health_urls(config: Config) -> Iterator[tuple[str, str, str]]:
    for name, service in config.services.items():
        for environment, settings in service.environments.items():
            if settings.health:
                yield name, environment, settings.health


class Duties:
    """The table of duties: a name, and a function that does it and says when to come back."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._people = directory.Pass()
        self._table: dict[str, Callable[[], Awaitable[timedelta]]] = {
            "directory": self._directory,
            "forget": self._forget,
            promising.DUTY: self._promises,
            "figures": partial(measuring.remeasure, desk),
        }
        if wanted := desk.config.slack.digest:
            self._table[digest.DUTY] = partial(digest.tell, desk, wanted)
        for repo in sorted({service.repo for service in desk.config.services.values()}):
            self._table[f"tags:{repo}"] = partial(self._tags, repo)
        for service, environment, config, settings, workflow in desk.config.pipelines():
            self._table[f"adopt:{service}:{environment}"] = partial(
                adoption.adopt, desk, service, environment, config, settings, workflow
            )

        for service, environment, url in _health_urls(desk.config):
            self._table[f"sight:{service}:{environment}"] = partial(
                sighting.look, desk, service, environment, url
            )
        for name in desk.config.services:
            place = desk.config.environment(name, "staging")
            if place and place.checks:
                checks = {str(item): one for item, one in place.checks.items()}
                self._table[f"staging:{name}"] = partial(staging.check, desk, name, checks)
        for service, environment in desk.targets:
            self._table[lifts.duty(service, environment)] = partial(
                pins.look, desk, service, environment
            )
        for lookout in lookouts.lookouts(desk.config):
            self._table[lookout.duty] = partial(outside.look, desk, lookout)

    @property
    def lost_groups(self) -> Mapping[str, str]:
        """The user groups and teams of the configuration that somebody has to look after, and what
        was said of them; nothing of those that are gone.
        """
        return self._people.lost

    def due(self, tx: Tx) -> dict[str, datetime | None]:
        """The duties whose time has come, each with that time; one that never ran is due at
        once.
        """
        due_at = tx.duties()
        found = {
            name: due_at.get(name)
            for name in self._table
            if name not in due_at or due_at[name] is not None
        }
        promises = tx.duty(promising.DUTY)
        if promising.is_set_back(promises, tx.now):
            found[promising.DUTY] = promises
        return found

    async def do(self, name: str, was_due: datetime | None) -> None:
        """Do one duty and note when it is due again, unless it was wanted earlier meanwhile."""
        try:
            pause = await self._table[name]()
        except Fault as fault:
            log.warning("duty_waits", duty=name, error=fault.text)
            pause = timedelta(seconds=fault.retry_after) if fault.retry_after else RETRY
        due = self._desk.now() + pause

        def note(tx: Tx) -> None:
            if tx.duty(name) == was_due:
                tx.set_duty(name, due)

        await self._desk.store.run(note)

    async def _directory(self) -> timedelta:
        found = await directory.refresh(self._desk, self._people)
        for group in found.lost.keys() - self.lost_groups.keys():
            log.warning("group_not_read", group=group, error=found.lost[group] or "no such group")
        self._people = found
        return found.pause

    async def _tags(self, repo: str) -> timedelta:
        found = await self._desk.github.tags(repo)

        def keep(tx: Tx) -> timedelta:
            tx.keep_tags(repo, found)
            told = telling.of_tags(tx, repo, tx.now - REQUESTS_KEPT)
            return TAGS_WHILE_TOLD if told else TAGS_EVERY

        pause = await self._desk.store.run(keep)
        return pause * self._desk.github.slowness()

    async def seal(self) -> None:
        """Chain the audit rows that are new; the head goes into the log."""
        if head := await self._desk.store.run(lambda tx: tx.seal()):
            log.info("audit_sealed", head=head)

    async def _promises(self) -> timedelta:
        await self._desk.store.run(partial(promising.set_right, self._desk.config))
        return promising.EVERY

    async def _forget(self) -> timedelta:
        def forget(tx: Tx) -> None:
            tx.forget_requests(tx.now - REQUESTS_KEPT)
            tx.forget_posts(tx.now - POSTS_KEPT)
            tx.forget_callbacks(tx.now - CALLBACKS_KEPT)

        await self._desk.store.run(forget)
        return FORGET_EVERY
