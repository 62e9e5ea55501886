"""Seeds: what a world holds at its beginning, by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sandbox.seeds.config import gonogo_yaml
from sandbox.seeds.people import PEOPLE, Person
from sandbox.seeds.repos import BOT, REVIEWER

MANY = tuple(f"s{number:02}" for number in range(1, 21))
SERVICES: dict[str, tuple[str, ...]] = {
    "default": ("app",),
    "plain": ("app",),
    "bare": ("app",),
    "bake": ("app",),
    "gated": ("app",),
    "ruled": ("app",),
    "many": MANY,
}


@dataclass(frozen=True)
class Secrets:
    """Tokens and keys of the sandbox; none of them opens anything else."""

    bot_token: str = "xoxb-local-bot"
    app_token: str = "xapp-local-app"
    signing_secret: str = "local-signing-secret"
    github_token: str = "ghp_local_token"
    github_reviewer_token: str = "ghp_local_reviewer"
    github_webhook_secret: str = "local-webhook-secret"
    vercel_token: str = "local-vercel-token"
    digitalocean_token: str = "dop_v1_local_token"
    pagerduty_routing_key: str = "localrouting00000000000000000000"
    pagerduty_token: str = "local-pagerduty-token"
    statuspage_key: str = "local-statuspage-key"
    posthog_key: str = "phx_local_posthog"
    sentry_token: str = "local-sentry-token"
    bugsink_token: str = "local-bugsink-token"
    kuma_username: str = "gonogo"
    kuma_password: str = "local-kuma-password"
    kuma_webhook_token: str = "local-kuma-webhook-token"


@dataclass(frozen=True)
class Seed:
    """The beginning of a world."""

    name: str
    services: tuple[str, ...]
    people: tuple[Person, ...] = PEOPLE
    secrets: Secrets = Secrets()
    github_bot: str = BOT
    github_reviewer: str = REVIEWER
    channels: Mapping[str, str] = field(
        default_factory=lambda: {"deployments": "C0DEPLOY", "general": "C0GENERAL"}
    )
    bot_is_in: frozenset[str] = frozenset({"deployments"})
    user_groups: Mapping[str, tuple[str, tuple[str, ...]]] = field(
        default_factory=lambda: {"release-managers": ("S0REL", ("bo", "dee"))}
    )

    @property
    def as_app(self) -> bool:
        """Whether the bot comes as the GitHub App, because it has to answer the App's own rule."""
        return self.name == "ruled"

    @property
    def on_targets(self) -> bool:
        """Whether production runs at Vercel and on the host, so that a rollback switches both."""
        return self.name == "default"

    @classmethod
    def named(cls, name: str) -> Seed:
        """Raises KeyError for a name that no seed has."""
        return cls(name, SERVICES[name])

    def gonogo_yaml(self, base_url: str, targets: Sequence[Mapping[str, object]] = ()) -> str:
        """The bot's configuration file against the world at `base_url`; `targets` are where the
        first service runs in production.
        """
        return gonogo_yaml(self.name, self.services, self.people, base_url, targets)
