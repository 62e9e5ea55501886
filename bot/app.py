"""App: puts the parts together; the only module that knows every adapter."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import structlog
from aiohttp import web
from prometheus_client import CollectorRegistry
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult

from bot import needs
from bot.adapters.charts import Charts
from bot.adapters.clocks import SharedClock, SystemClock
from bot.adapters.github import PyGithubAdapter
from bot.adapters.health import HealthProbe
from bot.adapters.pagers import pagers, status_page
from bot.adapters.slack.slack import SlackChat
from bot.adapters.slack.slack_channels import SlackChannels
from bot.adapters.slack.slack_http import SlackEvents
from bot.adapters.slack.slack_socket import SlackSocket
from bot.adapters.store import AWAY, SqlStore, make_current, open_store
from bot.adapters.uptime_kuma.webhook import webhook
from bot.annotators import Annotators
from bot.clockwork import Clockwork
from bot.config import Config, ConfigError
from bot.credentials import credentials
from bot.deliveries import Deliveries
from bot.domain.people import FRESH
from bot.gauges import FigureGauges
from bot.introduction import ASK_AGAIN, ASK_SELDOM, Introduction
from bot.monitors import Monitors
from bot.ports import Tx
from bot.services.desk import Desk
from bot.services.followers import followers
from bot.services.incidents.hearing import Hearing
from bot.services.incidents.promising import note_absence
from bot.services.tick import Tick
from bot.settings import Settings
from bot.targets import Targets
from bot.web import application, runner
from handlers.events import Events
from handlers.listening import Listener

log = structlog.get_logger()
STARTING = "the bot is starting"
DRAIN = 1.5
"""Seconds for requests that have arrived, at the end."""

STOPS_WITHIN = 4.5
"""Seconds for the whole end, whatever hangs."""


class Bot:
    """One running bot. `start` returns when it listens; `url` is then known.

    Raises ConfigError when the settings lack what the configuration needs.
    """

    def __init__(self, settings: Settings, config: Config) -> None:
        if lacking := needs.problems(settings, config):
            raise ConfigError(lacking)
        self.settings = settings
        self.config = config
        self.clock = (
            SharedClock(settings.gonogo_clock_url) if settings.gonogo_clock_url else SystemClock()
        )
        self.probes = HealthProbe(allow=config.network.allow)
        reviewer = settings.github_reviewer_token
        self.github = PyGithubAdapter(
            settings.github_api_url,
            credentials(settings, config),
            reviewer_token=reviewer.get_secret_value() if reviewer else None,
            now=self.clock.now,
        )
        self.targets = Targets(settings, config, self.clock, self.github)
        self.monitors = Monitors(settings, config, self.probes, self.targets.made)
        self.annotators = Annotators(settings, config)
        self.pagers = pagers(settings)
        self.status_page = status_page(settings, config)
        self.store: SqlStore = open_store(settings.database_url, self.clock, followers(config))
        self.chat = SlackChat(
            settings.slack_bot_token.get_secret_value(), api_url=settings.slack_api_url
        )
        self.registry = CollectorRegistry()
        self._gauges = FigureGauges(self.registry, self.store)
        self._clockwork = Clockwork()
        self._desk = Desk(
            store=self.store,
            clock=self.clock,
            github=self.github,
            releases=self.github.releases,
            pulls=self.github.pulls,
            mirrors=self.github.mirrors,
            chat=self.chat,
            probes=self.probes,
            painter=Charts(),
            config=config,
            wake=self._clockwork.wake,
            targets=self.targets.made,
            monitors=self.monitors.made,
            annotators=self.annotators.made,
            backups=self.targets.backups,
            pagers=self.pagers,
            status_page=self.status_page,
            channels=SlackChannels(self.chat),
            hears_alerts=settings.uptime_kuma_webhook_token is not None,
        )
        self.tick = Tick(self._desk)
        self._waits_for = STARTING
        app_token = settings.slack_app_token
        self._outside = Introduction(
            self.chat,
            self.github,
            bot_token=settings.slack_bot_token.get_secret_value(),
            app_token=app_token.get_secret_value() if app_token else None,
        )
        self._deliveries = Deliveries(self.store, config, settings.github_api_url)
        self._tasks: set[asyncio.Task[None]] = set()
        self._bolt = self._make_bolt()
        self._socket: SlackSocket | None = None
        self._runner: web.AppRunner | None = None
        self.url = ""

    async def start(self) -> None:
        """Say that we are alive, ask the outside systems who we are, then listen and work.

        Raises Refused, ConfigError for an address that we cannot listen on, Unusable for the
        database.
        """
        if isinstance(self.clock, SharedClock):
            await self.clock.start()  # first of all: what is heard is kept with its time
        await self._serve_http()
        await self._when_there(lambda: make_current(self.settings.database_url))
        if isinstance(self.clock, SharedClock):
            self._spawn(self.clock.follow(self.tick.settle, self.tick.next_due), "clock")
        await self._outside.ask()
        await self._when_there(lambda: self.store.run(_begin))
        if self.settings.slack_app_token is not None:
            self._socket = SlackSocket(self._bolt, self.settings.slack_app_token.get_secret_value())
            self._socket.start()
            self._outside.trust_link()
        if self._outside.open:
            self._spawn(self._outside.keep_asking(), "preflight")
        self._clockwork.start(self.tick)
        self._waits_for = ""
        log.info("started", url=self.url, mode="socket" if self._socket else "http")

    async def stop(self) -> None:
        """Take nothing new, finish what is open, leave the rest to the next start; within 5 s."""
        try:
            async with asyncio.timeout(STOPS_WITHIN):
                await self._stop_listening()
                await self._clockwork.stop()
                for task in self._tasks:
                    task.cancel()
                await asyncio.gather(*self._tasks, return_exceptions=True)
                await self.close()
        except TimeoutError:
            log.warning("stopped_late")
        log.info("stopped")

    async def _stop_listening(self) -> None:
        async with asyncio.TaskGroup() as ways_in:
            if self._socket is not None:
                ways_in.create_task(self._socket.stop(DRAIN))
            if self._runner is not None:
                ways_in.create_task(self._runner.cleanup())

    async def close(self) -> None:
        """Give every connection back."""
        for outside in (*self.pagers.values(), self.status_page):
            if outside is not None:
                await outside.close()
        await self.probes.close()
        await self.github.close()
        await self.targets.close()
        await self.monitors.close()
        await self.annotators.close()
        await self.chat.close()
        if isinstance(self.clock, SharedClock):
            await self.clock.close()
        await self.store.close()

    async def reasons(self) -> list[str]:
        """Why a command typed now would not be answered; empty when it would."""
        if self._waits_for:
            return [self._waits_for]
        try:
            read_at = await asyncio.wait_for(self.store.read(lambda tx: tx.people_seen_at()), 2)
        except Exception as error:  # noqa: BLE001 - whatever the driver raises, the answer is the same
            return [f"the database does not answer ({type(error).__name__})"]
        found = [*self.tick.halts(), *map(str, self._outside.open)]
        if self.config.people and read_at is None:
            found.append("Slack: the people and their roles have not been read yet")
        elif read_at is not None and self.clock.now() - read_at > FRESH:
            found.append(f"Slack: the people were read last at {read_at:%Y-%m-%d %H:%M} UTC")
        if self._socket is not None and not await self._socket.is_connected():
            found.append("Slack: the Socket Mode connection is not open")
        return found

    def is_foreign(self, body: Mapping[str, Any]) -> bool | None:
        """Whether a request is of another workspace or app; None while we do not know our own."""
        me = self._outside.identity
        return None if me is None else me.is_foreign(dict(body))

    def _make_bolt(self) -> AsyncApp:
        async def authorize() -> AuthorizeResult:
            # From memory: Bolt's own way asks Slack, and an ack must not wait for the network.
            me = self._outside.identity
            return AuthorizeResult(
                enterprise_id=None,
                team_id=me.team_id if me else None,
                bot_id=me.bot_id if me else None,
                bot_user_id=me.user_id if me else None,
                bot_token=self.chat.client.token,
            )

        app = AsyncApp(
            name="gonogo",  # else Bolt looks at every caller and its source for one
            client=self.chat.client,
            authorize=authorize,
            signing_secret="checked before Bolt sees a request",
            process_before_response=True,
        )
        Listener(
            store=self.store,
            config=self.config,
            chat=self.chat,
            wake=self._clockwork.wake,
            is_foreign=self.is_foreign,
            registry=self.registry,
        ).register(app)
        Events(
            store=self.store,
            config=self.config,
            wake=self._clockwork.wake,
            is_foreign=self.is_foreign,
        ).register(app)
        return app

    async def _when_there(self, work: Callable[[], Awaitable[None]]) -> None:
        """Do it when the database is there: what is merely away at a start is waited for."""
        pause = ASK_AGAIN
        while True:
            try:
                await work()
            except AWAY as error:
                why = str(error) or type(error).__name__
                self._waits_for = f"the database does not answer ({why})"
                log.warning("database_unreachable", error=why, pause=pause)
                await asyncio.sleep(pause)
                pause = min(2 * pause, ASK_SELDOM)
            else:
                self._waits_for = STARTING
                return

    async def _serve_http(self) -> None:
        secret = self.settings.github_webhook_secret
        token = self.settings.uptime_kuma_webhook_token
        events = None
        if not self.settings.socket_mode and self.settings.slack_signing_secret is not None:
            signing = self.settings.slack_signing_secret.get_secret_value()
            events = SlackEvents(self._bolt, signing, identity=lambda: self._outside.identity)
        hearing = Hearing(self.store, self.config, self._clockwork.wake)
        app = application(
            reasons=self.reasons,
            remember=self._deliveries.remember,
            wake=self._clockwork.wake,
            registry=self.registry,
            webhook_secret=secret.get_secret_value() if secret else None,
            slack=events,
            kuma=webhook(token.get_secret_value(), hearing.hear) if token else None,
            warnings=self.tick.warnings,
            refresh=self._gauges.refresh,
        )
        self._runner = runner(app, shutdown_timeout=DRAIN)
        await self._runner.setup()
        site = web.TCPSite(self._runner, self.settings.host, self.settings.port)
        try:
            await site.start()
        except OSError as error:
            raise ConfigError([f"PORT, HOST: {error.strerror}"]) from error
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    def _spawn(self, work: Any, name: str) -> None:
        task = asyncio.create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _begin(tx: Tx) -> None:
    tx.release_sending()
    tx.release_dispatching()
    note_absence(tx)
