"""A world: one clock, and every outside system that the bot meets, as one value."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from typing import Literal, Protocol
from urllib.parse import urlsplit

from sandbox.clock import Clock
from sandbox.digitalocean import DigitalOcean
from sandbox.events import Events
from sandbox.faults import Faults
from sandbox.github import GitHub
from sandbox.github.webhooks import Webhooks
from sandbox.health import Health
from sandbox.holds import Hold
from sandbox.host import RUNS, SERVICE, Host
from sandbox.journal import Journal
from sandbox.kuma import Kuma
from sandbox.kuma.notifications import Notifications
from sandbox.pagerduty import PagerDuty
from sandbox.posthog import PostHog
from sandbox.releases import Release, Releases
from sandbox.seeds import Seed
from sandbox.slack.manifest import Manifest
from sandbox.slack.socket_mode import Link
from sandbox.slack.workspace import Workspace
from sandbox.statuspage import Statuspage
from sandbox.trackers import Tracker
from sandbox.vercel import Vercel

SlackMode = Literal["socket", "http"]
RESET_WITHIN = 60.0  # seconds until the bot of a new world is ready; it makes its tables first


class Bot(Protocol):
    """The bot's process, where the sandbox runs one."""

    def state(self) -> dict[str, object]: ...
    async def start(self, within: float = ...) -> bool: ...
    async def stop(self) -> None: ...
    async def kill(self) -> None: ...


async def nothing_to_prepare() -> None:
    """A bot that somebody else runs keeps its own database."""


@dataclass
class World:
    """Everything outside the bot; made anew from its seed by `begin`.

    `base_url` and `bot_url` are addresses without a path; both are known once the sandbox
    listens. `prepare` gives the bot a fresh database and configuration, `more_env` are variables
    that its runner adds. `github_at` is the path below which GitHub's API lies.
    """

    seed: Seed
    clock: Clock = field(default_factory=Clock)
    manifest: Manifest = field(default_factory=Manifest.load)
    slack_mode: SlackMode = "socket"
    github_as: Literal["token", "app"] = "token"
    github_at: str = "/github"
    base_url: str = ""
    bot_url: str | None = None
    bot: Bot | None = None
    prepare: Callable[[], Awaitable[None]] = nothing_to_prepare
    more_env: dict[str, str] = field(default_factory=dict)
    hold: Hold | None = None

    def __post_init__(self) -> None:
        self.events = Events()
        self.journal = Journal(self.clock, self.events)
        self.faults = Faults(self.events)
        self.link = Link()
        self.webhooks = Webhooks(self)
        self.host = Host(self.journal, self.faults, lambda: self.hold)
        self.clock.is_telling = self.webhooks.is_telling
        self._under_way: set[asyncio.Task[None]] = set()
        self.begin(self.seed)

    def begin(self, seed: Seed) -> None:
        """Forget everything that happened, and start from the seed. Time goes on."""
        for task in self._under_way:
            task.cancel()
        self.clock.forget_timers()
        self.journal.clear()
        self.faults.clear()
        self.seed = seed
        self.slack = Workspace(self.clock, self.events, seed, self.manifest)
        self.github = GitHub(self.clock, self.journal, self.faults, self.events, seed)
        self.github.listeners.append(self.webhooks.hear)
        self.health = Health()
        releases = Releases(self.github)
        self.vercel = Vercel(self.clock, self.events, releases, seed)
        self.digitalocean = DigitalOcean(self.clock, self.events, releases, seed)
        self.host.begin()
        releases.listeners.append(self._bring_to_host)
        self.pagerduty = PagerDuty(self.clock, self.events, seed)
        self.statuspage = Statuspage(self.clock, self.events, seed)
        self.posthog = PostHog(self.clock)
        self.sentry = Tracker(self.clock)
        self.kuma = Kuma(self.clock, self.events, seed)
        self.kuma.listeners.append(Notifications(self).hear)

    async def reset(self, seed: Seed) -> bool:
        """Begin anew with a bot that knows nothing; False when it does not become ready."""
        if self.bot:
            await self.bot.stop()
        self.begin(seed)
        if self.host.is_up:
            await self.host.deploy(RUNS)
        elif seed.on_targets:
            await self.host.start()
        await self.prepare()
        ready = await self.bot.start(RESET_WITHIN) if self.bot else True
        self.events.publish("reset")
        return ready

    def _bring_to_host(self, service: str, release: Release) -> None:
        """The run that brings a version to production brings it to the host as well."""
        if self.host.is_up and service == SERVICE:
            self.spawn(self.host.deploy(release.version))

    def spawn(self, work: Coroutine[None, None, None]) -> None:
        """Do something in the background, until the world is made anew."""
        task = asyncio.create_task(work)
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def close(self) -> None:
        """Give up what is still under way."""
        tasks = list(self._under_way)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self.clock.close()
        await self.host.stop()
        await self.webhooks.close()
        await self.link.close()

    @property
    def github_url(self) -> str:
        """Where GitHub's API is."""
        return f"{self.base_url}{self.github_at}"

    def gonogo_yaml(self) -> str:
        """The bot's configuration file against this world."""
        vercel: dict[str, object] = {"kind": "vercel", "name": "web", "project": "app"}
        targets = [vercel, self.host.target()] if self.seed.on_targets else []
        return self.seed.gonogo_yaml(self.base_url, targets)

    def env(self) -> dict[str, str]:
        """The environment of a bot against this world."""
        secrets = self.seed.secrets
        if self.slack_mode == "socket":
            slack = {"SLACK_APP_TOKEN": secrets.app_token}
        else:
            slack = {"SLACK_SIGNING_SECRET": secrets.signing_secret}
        if self.github_as == "app" or self.seed.as_app:
            app = self.github.app
            github = {
                "GITHUB_APP_ID": str(app.id),
                "GITHUB_APP_PRIVATE_KEY": app.pem(),
                "GITHUB_APP_INSTALLATION_ID": str(app.installation),
            }
        else:
            github = {"GITHUB_TOKEN": secrets.github_token}
        # The Slack SDK would send even loopback traffic through a proxy.
        proxies = dict.fromkeys(("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy"), "")
        return {
            "SLACK_BOT_TOKEN": secrets.bot_token,
            **slack,
            "SLACK_API_URL": f"{self.base_url}/api/",
            "GITHUB_API_URL": self.github_url,
            **github,
            "GITHUB_REVIEWER_TOKEN": secrets.github_reviewer_token,
            "GITHUB_WEBHOOK_SECRET": secrets.github_webhook_secret,
            "VERCEL_API_URL": f"{self.base_url}/vercel",
            "VERCEL_TOKEN": secrets.vercel_token,
            "DIGITALOCEAN_API_URL": f"{self.base_url}/digitalocean",
            "DIGITALOCEAN_TOKEN": secrets.digitalocean_token,
            "PAGERDUTY_EVENTS_URL": f"{self.base_url}/pagerduty",
            "PAGERDUTY_ROUTING_KEY": secrets.pagerduty_routing_key,
            "PAGERDUTY_API_URL": f"{self.base_url}/pagerduty",
            "PAGERDUTY_API_TOKEN": secrets.pagerduty_token,
            "STATUSPAGE_API_URL": f"{self.base_url}/statuspage/v1",
            "STATUSPAGE_API_KEY": secrets.statuspage_key,
            "POSTHOG_API_URL": f"{self.base_url}/posthog",
            "POSTHOG_API_KEY": secrets.posthog_key,
            "SENTRY_API_URL": f"{self.base_url}/sentry",
            "SENTRY_TOKEN": secrets.sentry_token,
            "BUGSINK_API_URL": f"{self.base_url}/bugsink",
            "BUGSINK_TOKEN": secrets.bugsink_token,
            "UPTIME_KUMA_URL": f"{self.base_url}/kuma",
            "UPTIME_KUMA_USERNAME": secrets.kuma_username,
            "UPTIME_KUMA_PASSWORD": secrets.kuma_password,
            "UPTIME_KUMA_WEBHOOK_TOKEN": secrets.kuma_webhook_token,
            "GONOGO_CLOCK_URL": f"{self.base_url}/clock",
            "PORT": str(urlsplit(self.bot_url or "").port or ""),
            **(self.host.env() if self.host.is_up else {}),
            **proxies,
            **self.more_env,
        }
