"""Desk: the parts that a step of the tick works with."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.config import AdoptConfig, Config
from bot.domain.deployments.deployments import Deployment
from bot.domain.deployments.states import Kind
from bot.domain.deployments.validation import Rule
from bot.messages.blocks import Message
from bot.ports import (
    Backups,
    Chat,
    Clock,
    GitHub,
    Mirrors,
    Monitor,
    Painter,
    Post,
    Probes,
    Pulls,
    Releases,
    Store,
    Target,
    Tx,
)
from bot.ports.annotations import Annotator
from bot.ports.channels import Channels
from bot.ports.paging import Pager
from bot.ports.status_pages import StatusPage

FIRST_RETRY = timedelta(seconds=2)
LAST_RETRY = timedelta(seconds=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Everything a step may use; nothing in it is changed."""

    store: Store
    clock: Clock
    github: GitHub
    releases: Releases
    pulls: Pulls
    mirrors: Mirrors
    chat: Chat
    probes: Probes
    painter: Painter
    config: Config
    wake: Callable[[], None]
    monitors: Mapping[tuple[str, str], Sequence[Monitor]] = field(default_factory=dict)
    targets: Mapping[tuple[str, str], Sequence[tuple[str, Target]]] = field(default_factory=dict)
    annotators: Mapping[tuple[str, str], Mapping[str, Annotator]] = field(default_factory=dict)
    backups: Backups | None = None
    pagers: Mapping[str, Pager] = field(default_factory=dict)
    status_page: StatusPage | None = None
    channels: Channels | None = None
    hears_alerts: bool = False

    def now(self) -> datetime:
        """The present."""
        return self.clock.now()

    def wake_after(self, pause: timedelta) -> None:
        """Have a pass begin when so much time has passed, and not at the next full period."""
        asyncio.get_running_loop().call_later(pause.total_seconds(), self.wake)

    def rule(self, deployment: Deployment) -> Rule | None:
        """What validation asks for where this deployment goes; None when that is no longer
        configured.
        """
        settings = self.config.environment(deployment.service, deployment.environment)
        if settings is None:
            return None
        merged = self._merged(deployment.service, deployment.environment, deployment.workflow)
        return Rule(
            has_health=settings.health is not None,
            smoke=merged.smoke if merged else settings.smoke,
            smoke_proves=() if merged else settings.smoke_proves,
            passes=settings.passes,
            deadline=settings.deadline,
            # Who waits for a rollback is not helped by a longer look.
            bake=timedelta(0) if deployment.kind is Kind.ROLLBACK else settings.bake,
        )

    def monitors_of(self, deployment: Deployment) -> Sequence[Monitor]:
        """What else is read where this deployment goes."""
        return self.monitors.get((deployment.service, deployment.environment), ())

    def annotators_of(self, deployment: Deployment) -> Mapping[str, Annotator]:
        """Who is told, by name, when something goes live where this deployment goes."""
        return self.annotators.get((deployment.service, deployment.environment), {})

    def targets_of(self, deployment: Deployment) -> Sequence[tuple[str, Target]]:
        """The targets where this deployment goes, by name, in the order of the configuration."""
        return self.targets.get((deployment.service, deployment.environment), ())

    def stops_on_failure(self, deployment: Deployment) -> bool:
        """Whether a step that failed keeps the following ones from being begun."""
        settings = self.config.environment(deployment.service, deployment.environment)
        return settings is not None and settings.stop_on_failure

    def public_url(self, deployment: Deployment) -> str | None:
        """The configured address that people open, if there is one."""
        settings = self.config.environment(deployment.service, deployment.environment)
        return settings.url if settings else None

    def health_url(self, deployment: Deployment) -> str | None:
        """The configured health URL, if there is one."""
        settings = self.config.environment(deployment.service, deployment.environment)
        return settings.health if settings else None

    def deploy_job(self, deployment: Deployment) -> str | None:
        """The job that changes the environment, as configured."""
        return self.job_of(deployment.service, deployment.environment, deployment.workflow)

    def job_of(self, service: str, environment: str, workflow: str) -> str | None:
        """The job of that workflow which changes the environment, as configured."""
        if merged := self._merged(service, environment, workflow):
            return merged.deploy_job
        settings = self.config.services.get(service)
        return settings.deploy_job if settings else None

    def _merged(self, service: str, environment: str, workflow: str) -> AdoptConfig | None:
        """The settings of a workflow that merges start, if it is one."""
        settings = self.config.environment(service, environment)
        adopt = settings.adopt if settings else None
        return adopt if adopt and adopt.workflow == workflow else None

    async def save(
        self,
        old: Deployment,
        new: Deployment,
        *,
        action: str = "",
        actor: str = "gonogo",
        posts: tuple[Post, ...] = (),
        also: Callable[[Tx, Deployment], Post] | None = None,
        detail: Mapping[str, object] | None = None,
    ) -> Deployment:
        """Store a change together with its audit row and what has to be said about it; `also` is
        what follows from it in the same transaction.
        """

        def keep(tx: Tx) -> Deployment:
            saved = tx.save(old, new)
            if action:
                tx.audit(
                    actor,
                    action,
                    new.name,
                    **{"from": old.state, "to": new.state},
                    **(detail or {}),
                )
            for post in (*posts, *([also(tx, saved)] if also else [])):
                tx.post(post)
            return saved

        return await self.store.run(keep)


def card_key(deployment_id: int) -> str:
    """The key of a deployment's card; the store knows it, too (`adapters/store/cards.py`)."""
    return f"card:{deployment_id}"


def announce(config: Config, deployment: Deployment, word: str, message: Message) -> Post:
    """A new top-level message in the deployments channel, once for each word."""
    return Post(key=f"notice:{deployment.id}:{word}", channel=config.slack.channel, message=message)


def tell(deployment: Deployment, word: str, user: str, message: Message) -> Post:
    """Something that only one person reads, where they asked, else as a direct message."""
    key = f"tell:{deployment.id}:{deployment.revision}:{word}:{user}"
    if deployment.asked_in is None:
        return Post(key=key, channel=user, message=message)
    return Post(key=key, channel=deployment.asked_in, user=user, message=message)


def direct(deployment: Deployment, word: str, user: str, message: Message) -> Post:
    """News for one person that must reach them even when they are away: a direct message."""
    key = f"direct:{deployment.id}:{deployment.revision}:{word}:{user}"
    return Post(key=key, channel=user, message=message)


def reply(config: Config, deployment: Deployment, word: str, message: Message) -> Post:
    """A message in the thread of the card."""
    return Post(
        key=f"reply:{deployment.id}:{word}",
        channel=config.slack.channel,
        message=message,
        thread_of=card_key(deployment.id),
    )


def retry_in(failures: int, retry_after: float | None) -> timedelta:
    """How long to wait after that many failures in a row: doubling, capped; never less than the
    other side said.

    What it says is taken at its word only once: many who come back together would be turned away
    for ever.
    """
    backoff = min(FIRST_RETRY * (1 << min(failures, 10)), LAST_RETRY)
    if retry_after is None:
        return backoff
    said = timedelta(seconds=max(1.0, retry_after))
    return max(said, backoff) if failures else said
