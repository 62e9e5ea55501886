"""App: puts the parts together; the only module that knows every adapter."""

import asyncio
import contextlib
from collections.abc import Mapping, Sequence
from typing import Any

import structlog
from aiohttp import web
from prometheus_client import CollectorRegistry
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult

from bot import preflight
from bot.adapters.clocks import SharedClock, SystemClock
from bot.adapters.github import PyGithubAdapter
from bot.adapters.health import HealthProbe
from bot.adapters.slack import SlackChat
from bot.adapters.slack_http import SlackEvents
from bot.adapters.slack_identity import Identity
from bot.adapters.slack_socket import SlackSocket
from bot.adapters.store import SqlStore, open_store
from bot.clockwork import Clockwork
from bot.config import Config
from bot.domain.errors import Fault
from bot.ports import Tx
from bot.services.desk import Desk
from bot.services.tick import Tick
from bot.settings import Settings
from bot.web import application, runner
from handlers.listening import Listener

log = structlog.get_logger()
ASK_AGAIN = 2.0
"""Seconds between two tries to reach a system that did not answer at the start."""

DRAIN = 1.5
"""Seconds for requests that have arrived, at the end."""


class Refused(Exception):
    """An outside system definitely refuses us; `findings` say which and what to do."""

    def __init__(self, findings: Sequence[preflight.Finding]) -> None:
        super().__init__("; ".join(map(str, findings)))
        self.findings = findings


class Bot:
    """One running bot. `start` returns when it listens; `url` is then known."""

    def __init__(self, settings: Settings, config: Config) -> None:
        self.settings = settings
        self.config = config
        self.clock = (
            SharedClock(settings.gonogo_clock_url) if settings.gonogo_clock_url else SystemClock()
        )
        self.store: SqlStore = open_store(settings.database_url, self.clock)
        self.chat = SlackChat(
            settings.slack_bot_token.get_secret_value(), api_url=settings.slack_api_url
        )
        self.github = PyGithubAdapter(
            settings.github_api_url, settings.github_token.get_secret_value()
        )
        self.probes = HealthProbe(allow=config.network.allow)
        self.registry = CollectorRegistry()
        self._clockwork = Clockwork()
        self._desk = Desk(
            store=self.store,
            clock=self.clock,
            github=self.github,
            chat=self.chat,
            probes=self.probes,
            config=config,
            wake=self._clockwork.wake,
        )
        self.tick = Tick(self._desk)
        self._identity: Identity | None = None
        self._unknown: Sequence[preflight.Finding] = ()
        self._tasks: list[asyncio.Task[None]] = []
        self._bolt = self._make_bolt()
        self._socket: SlackSocket | None = None
        self._runner: web.AppRunner | None = None
        self.url = ""

    async def start(self) -> None:
        """Ask the outside systems who we are, then listen and work. Raises Refused."""
        if isinstance(self.clock, SharedClock):
            await self.clock.start()
            self._spawn(self.clock.follow(self.tick.settle, self.tick.next_due), "clock")
        await self._ask_outside()
        await self.store.run(_begin)
        await self._serve_http()
        if self.settings.slack_app_token is not None:
            self._socket = SlackSocket(self._bolt, self.settings.slack_app_token.get_secret_value())
            self._socket.start()
        if self._unknown:
            self._spawn(self._keep_asking(), "preflight")
        self._clockwork.start(self.tick)
        log.info("started", url=self.url, mode="socket" if self._socket else "http")

    async def stop(self) -> None:
        """Take nothing new, finish what is open, leave the rest to the next start; within 5 s."""
        if self._socket is not None:
            await self._socket.stop(DRAIN)
        if self._runner is not None:
            await self._runner.cleanup()
        await self._clockwork.stop()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.close()
        log.info("stopped")

    async def close(self) -> None:
        """Give every connection back."""
        await self.probes.close()
        await self.github.close()
        await self.chat.close()
        if isinstance(self.clock, SharedClock):
            await self.clock.close()
        await self.store.close()

    async def reasons(self) -> list[str]:
        """Why a command typed now would not be answered; empty when it would."""
        try:
            read = await asyncio.wait_for(self.store.run(lambda tx: tx.duty("directory")), 2)
        except Exception as error:  # noqa: BLE001 - whatever the driver raises, the answer is the same
            return [f"the database does not answer ({type(error).__name__})"]
        found = [str(finding) for finding in self._unknown]
        if read is None:
            found.append("Slack: the people and their roles have not been read yet")
        if self._socket is not None and not await self._socket.is_connected():
            found.append("Slack: the Socket Mode connection is not open")
        return found

    def is_foreign(self, body: Mapping[str, Any]) -> bool:
        """Whether a request is of another workspace or app; so is any while we do not know our
        own.
        """
        return self._identity is None or self._identity.is_foreign(dict(body))

    def _make_bolt(self) -> AsyncApp:
        async def authorize() -> AuthorizeResult:
            # From memory: Bolt's own way asks Slack, and an ack must not wait for the network.
            me = self._identity
            return AuthorizeResult(
                enterprise_id=None,
                team_id=me.team_id if me else None,
                bot_id=me.bot_id if me else None,
                bot_user_id=me.user_id if me else None,
                bot_token=self.chat.client.token,
            )

        app = AsyncApp(
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
        return app

    async def _ask_outside(self) -> None:
        app_token = self.settings.slack_app_token
        findings = await preflight.preflight(
            self.chat,
            self.github,
            bot_token=self.settings.slack_bot_token.get_secret_value(),
            app_token=app_token.get_secret_value() if app_token else None,
        )
        if refused := preflight.refusals(findings):
            raise Refused(refused)
        self._unknown = preflight.unknowns(findings)
        with contextlib.suppress(Fault):
            self._identity = await self.chat.identity()

    async def _keep_asking(self) -> None:
        while self._unknown or self._identity is None:
            await asyncio.sleep(ASK_AGAIN)
            try:
                await self._ask_outside()
            except Refused as refused:
                self._unknown = refused.findings
                log.error("refused", findings=[str(finding) for finding in refused.findings])

    async def _serve_http(self) -> None:
        secret = self.settings.github_webhook_secret
        events = None
        if not self.settings.socket_mode and self.settings.slack_signing_secret is not None:
            signing = self.settings.slack_signing_secret.get_secret_value()
            events = SlackEvents(
                self._bolt, signing, identity=self.chat.identity, remember=self._remember
            )
        app = application(
            reasons=self.reasons,
            remember=self._remember_webhook,
            wake=self._clockwork.wake,
            registry=self.registry,
            webhook_secret=secret.get_secret_value() if secret else None,
            slack=events,
        )
        self._runner = runner(app, shutdown_timeout=DRAIN)
        await self._runner.setup()
        site = web.TCPSite(self._runner, self.settings.host, self.settings.port)
        await site.start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def _remember(self, key: str) -> bool:
        return await self.store.run(lambda tx: tx.first_time(key, key.partition(":")[0], ""))

    async def _remember_webhook(self, key: str) -> bool:
        """A delivery is a reason to look at everything that waits for GitHub, the first time it
        comes.
        """

        def note(tx: Tx) -> bool:
            if not tx.first_time(key, "github", ""):
                return False
            for repo in {service.repo for service in self.config.services.values()}:
                tx.set_duty(f"tags:{repo}", tx.now)
            tx.hurry()
            return True

        return await self.store.run(note)

    def _spawn(self, work: Any, name: str) -> None:
        task = asyncio.create_task(work, name=name)
        self._tasks.append(task)
        task.add_done_callback(
            lambda done: self._tasks.remove(done) if done in self._tasks else None
        )


def _begin(tx: Tx) -> None:
    tx.release_sending()
