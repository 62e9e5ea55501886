"""Settings: secrets and endpoints from the environment, typed, read once, never printed."""

import base64
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, TypeVar
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    Field,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
)
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot import private_key
from bot.adapters.store.database import checked
from bot.config import ConfigError

DatabaseUrl = Annotated[str, AfterValidator(checked)]
T = TypeVar("T", bound=BaseSettings)
APP = ("github_app_id", "github_app_installation_id", "github_app_private_key")
LOOPBACK = {"127.0.0.1", "localhost", "::1"}


class Settings(BaseSettings):
    """Every environment variable of `gonogo serve`, with its sentence."""

    model_config = SettingsConfigDict(
        frozen=True,
        extra="ignore",
        env_ignore_empty=True,
        case_sensitive=False,
        validate_default=True,
        hide_input_in_errors=True,
    )

    slack_bot_token: SecretStr = Field(description="bot token of the Slack app (xoxb-…)")
    slack_app_token: SecretStr | None = Field(
        default=None, description="app-level token (xapp-…): Socket Mode"
    )
    slack_signing_secret: SecretStr | None = Field(
        default=None, description="signing secret: HTTP mode"
    )
    slack_api_url: str = Field(default="https://slack.com/api/", description="Slack's Web API")
    github_api_url: str = Field(default="https://api.github.com", description="GitHub's REST API")
    github_app_id: str | None = Field(
        default=None, pattern="^[A-Za-z0-9.]+$", description="id or client id of the GitHub App"
    )
    github_app_private_key_file: Path | None = Field(
        default=None, description="file with the private key of the App, as GitHub gives it out"
    )
    github_app_private_key: SecretStr | None = Field(
        default=None, description="private key of the App (PEM; line ends may be written as \\n)"
    )
    github_app_installation_id: int | None = Field(
        default=None, gt=0, description="number of the App's installation"
    )
    github_token: SecretStr | None = Field(
        default=None, description="classic token with the scope repo"
    )
    github_reviewer_token: SecretStr | None = Field(
        default=None,
        description="user token of a required reviewer, for approval.mode github_environment",
    )
    github_webhook_secret: SecretStr | None = Field(
        default=None, description="secret of the GitHub webhook, if any"
    )
    docker_ssh_key_file: Path | None = Field(
        default=None, description="private key for the hosts of docker_ssh targets"
    )
    docker_ssh_key_passphrase: SecretStr | None = Field(
        default=None, description="passphrase of that key, if it has one"
    )
    docker_ssh_known_hosts: str | None = Field(
        default=None, description="keys of those hosts: a file, or its text"
    )
    vercel_api_url: str = Field(default="https://api.vercel.com", description="Vercel's REST API")
    vercel_token: SecretStr | None = Field(
        default=None, description="token of Vercel, for targets of kind vercel"
    )
    digitalocean_api_url: str = Field(
        default="https://api.digitalocean.com", description="DigitalOcean's REST API"
    )
    digitalocean_token: SecretStr | None = Field(
        default=None,
        description="token of DigitalOcean, for its App Platform, registry and backups",
    )
    pagerduty_routing_key: SecretStr | None = Field(
        default=None, description="integration key of an Events API v2 integration at PagerDuty"
    )
    pagerduty_events_url: str = Field(
        default="https://events.pagerduty.com", description="PagerDuty's Events API"
    )
    pagerduty_api_token: SecretStr | None = Field(
        default=None, description="read-only token of PagerDuty, to see who acknowledged"
    )
    pagerduty_api_url: str = Field(
        default="https://api.pagerduty.com", description="PagerDuty's REST API"
    )
    incident_io_alert_url: SecretStr | None = Field(
        default=None, description="whole address of an HTTP alert source at incident.io"
    )
    incident_io_token: SecretStr | None = Field(
        default=None, description="token of that alert source"
    )
    pager_webhook_url: SecretStr | None = Field(
        default=None, description="address that is told whom to wake, by signed webhooks"
    )
    pager_webhook_secret: SecretStr | None = Field(
        default=None, description="secret that signs them (whsec_…, or any words)"
    )
    statuspage_api_key: SecretStr | None = Field(
        default=None, description="API key of Statuspage, for a status page there"
    )
    statuspage_api_url: str = Field(
        default="https://api.statuspage.io/v1", description="Statuspage's REST API"
    )
    posthog_api_url: str = Field(
        default="https://us.posthog.com", description="PostHog's private API; eu.posthog.com"
    )
    posthog_api_key: SecretStr | None = Field(
        default=None,
        description="key with query:read for monitors, annotation:* for annotations",
    )
    sentry_api_url: str = Field(default="https://sentry.io", description="Sentry")
    sentry_token: SecretStr | None = Field(
        default=None,
        description="token with event:read for monitors, project:releases for annotations",
    )
    bugsink_api_url: str | None = Field(default=None, description="Bugsink")
    bugsink_token: SecretStr | None = Field(
        default=None, description="its token, for monitors of kind bugsink"
    )
    uptime_kuma_url: str | None = Field(
        default=None, description="where Uptime Kuma is, for monitors and a status page there"
    )
    uptime_kuma_username: str | None = Field(
        default=None, description="its administrator's name: nobody else may post"
    )
    uptime_kuma_password: SecretStr | None = Field(default=None, description="and password")
    uptime_kuma_webhook_token: SecretStr | None = Field(
        default=None,
        description="word that Uptime Kuma sends as `Authorization: Bearer …` with its webhook",
    )
    database_url: DatabaseUrl = Field(
        default="sqlite+aiosqlite:///gonogo.db",
        description="SQLite or PostgreSQL",
        repr=False,  # it may hold a password
    )
    gonogo_config: Path = Field(
        default=Path("gonogo.yaml"), description="the team's configuration file"
    )
    gonogo_clock_url: str | None = Field(
        default=None, description="the sandbox's clock; only with a loopback Slack"
    )
    port: int = Field(
        default=3000, ge=0, le=65535, description="port of webhooks, health and metrics"
    )
    host: str = Field(default="0.0.0.0", description="address to listen on")

    # Validators of fields, and not of the whole, so that they speak up beside other mistakes.
    @field_validator("slack_signing_secret")
    @classmethod
    def _one_way_to_listen(cls, secret: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        if secret is None and info.data.get("slack_app_token") is None:
            raise ValueError("set this, or SLACK_APP_TOKEN for Socket Mode")
        return secret

    @field_validator("github_app_private_key")
    @classmethod
    def _is_a_key(cls, key: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        """The key, from its file or with real line ends, which environment files cannot hold."""
        file: Path | None = info.data.get("github_app_private_key_file")
        if file is not None:
            if key is not None:
                raise ValueError("set either this or GITHUB_APP_PRIVATE_KEY_FILE, not both")
            key = private_key.read(file)
        return None if key is None else private_key.checked(key)

    @field_validator("github_token")
    @classmethod
    def _one_way_into_github(
        cls, token: SecretStr | None, info: ValidationInfo
    ) -> SecretStr | None:
        # A name that is not in `data` was given and is wrong, which is told already.
        missing = [name for name in APP if info.data.get(name, "given") is None]
        if token is not None and len(missing) < len(APP):
            raise ValueError(f"set either this or the App's {_names(APP)}, not both")
        if token is None and len(missing) == len(APP):
            raise ValueError(f"set this, or the App's {_names(APP)}")
        if token is None and missing:
            raise ValueError(f"set this, or of the App also {_names(missing)}")
        return token

    @field_validator("incident_io_token", "pager_webhook_secret")
    @classmethod
    def _address_and_secret(
        cls, secret: SecretStr | None, info: ValidationInfo
    ) -> SecretStr | None:
        name = str(info.field_name)
        address = {"incident_io_token": "incident_io_alert_url"}.get(name, "pager_webhook_url")
        if (secret is None) != (info.data.get(address, "given") is None):
            raise ValueError(f"set {name.upper()} and {address.upper()}, or neither")
        if name == "pager_webhook_secret" and secret is not None:
            _check_webhook_secret(secret.get_secret_value())
        return secret

    @field_validator("gonogo_clock_url")
    @classmethod
    def _time_moves_in_the_sandbox_only(cls, url: str | None, info: ValidationInfo) -> str | None:
        if url and urlsplit(info.data.get("slack_api_url", "")).hostname not in LOOPBACK:
            raise ValueError("refused, because SLACK_API_URL is not loopback")
        return url

    @property
    def socket_mode(self) -> bool:
        """Whether Slack is listened to by Socket Mode, which wins when both secrets are set."""
        return self.slack_app_token is not None

    def has(self, name: str) -> bool:
        """Whether a variable of that name was given."""
        return getattr(self, name.lower()) not in (None, "")

    def secrets(self) -> tuple[str, ...]:
        """The secret values, for the filter that keeps them out of every log."""
        values = (getattr(self, name) for name in type(self).model_fields)
        return tuple(value.get_secret_value() for value in values if isinstance(value, SecretStr))


def _check_webhook_secret(secret: str) -> None:
    if secret.startswith("whsec_"):
        try:
            base64.b64decode(secret.removeprefix("whsec_"), validate=True)
        except ValueError:
            raise ValueError("is not base64 behind whsec_") from None


class _Database(BaseSettings):
    """The one variable that commands on the store alone need."""

    model_config = Settings.model_config
    database_url: DatabaseUrl = Settings.model_fields["database_url"].default


class _File(BaseSettings):
    """The one variable that commands on the configuration alone need."""

    model_config = Settings.model_config
    gonogo_config: Path = Settings.model_fields["gonogo_config"].default


def database_url() -> str:
    """DATABASE_URL or its default. Raises ConfigError for a wrong one."""
    return _read(_Database).database_url


def is_given(name: str) -> bool:
    """Whether the environment has a variable, be it right or wrong; letter case is none."""
    return any(value for one, value in os.environ.items() if one.upper() == name)


def config_path() -> Path:
    """GONOGO_CONFIG or its default."""
    return _read(_File).gonogo_config


def read() -> Settings:
    """The settings of this process. Raises ConfigError that names every missing or wrong
    variable.
    """
    return _read(Settings)


def _read(kind: type[T]) -> T:
    try:
        return kind()  # the environment fills it
    except ValidationError as error:
        raise ConfigError([_sentence(problem) for problem in error.errors()]) from None


def _names(variables: Iterable[str]) -> str:
    """Them in words; the key is there as a file as well."""
    file = {"github_app_private_key": "GITHUB_APP_PRIVATE_KEY_FILE or GITHUB_APP_PRIVATE_KEY"}
    *most, last = (file.get(name, name.upper()) for name in variables)
    return f"{', '.join(most)} and {last}" if most else last


def _sentence(problem: ErrorDetails) -> str:
    name = str(problem["loc"][0]).lower()
    what = problem["msg"].removeprefix("Value error, ")
    if problem["type"] == "missing":
        what = "is missing"
    return f"{name.upper()}: {what} ({Settings.model_fields[name].description})"
