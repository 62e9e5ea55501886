"""Monitors in gonogo.yaml: what else is read of an environment, before and after a deployment."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from bot.config.part import Part, shape

Word = Annotated[str, shape("[A-Za-z0-9_.-]{1,80}", "one word")]
Provable = Literal["loads", "authentication", "flows", "api"]
"""The items of production's validation that only a check can prove which is about them."""

FailsFrom = Annotated[
    int,
    Field(default=3, ge=1, le=100, description="so many new issues fail it; fewer are a warning"),
]


class PostHogConfig(Part):
    """The error rate of a PostHog project: exceptions for each page view."""

    kind: Literal["posthog"]
    project: int = Field(gt=0, description="number of the project")
    environment: Word | None = Field(default=None, description="its property $environment")
    span: timedelta = Field(
        default=timedelta(minutes=1),
        ge=timedelta(minutes=1),
        description="how much of the newest past is compared with the hour before",
    )
    least: int = Field(default=50, ge=1, description="page views without which nothing is said")


class SentryConfig(Part):
    """Issues that are new with a release at Sentry."""

    kind: Literal["sentry"]
    organization: Word
    project: int = Field(gt=0, description="number of the project")
    environment: Word | None = None
    fails_from: FailsFrom


class BugsinkConfig(Part):
    """Issues that came since a deployment at Bugsink."""

    kind: Literal["bugsink"]
    project: int = Field(gt=0, description="number of the project")
    fails_from: FailsFrom


class KumaMonitorConfig(Part):
    """A monitor of Uptime Kuma, as a public status page shows it."""

    kind: Literal["uptime_kuma"]
    page: Word = Field(description="slug of the status page")
    monitor: str = Field(min_length=1, description="the monitor's name on that page")


class HttpCheckConfig(Part):
    """Any page or API that has to answer as it should."""

    kind: Literal["http_check"]
    name: Word = Field(description="what people call it")
    url: str
    status: int = Field(default=200, ge=100, le=599)
    contains: str = Field(default="", description="text that has to stand in the answer")
    json_path: str = Field(default="", description="where in a JSON answer: data.0.state")
    equals: str = Field(default="", description="what has to stand there")
    within: timedelta | None = Field(default=None, description="how long an answer may take")
    proves: tuple[Provable, ...] = Field(
        default=(), description="items of production's validation that it is about"
    )


class DockerLogsConfig(Part):
    """Lines that look like errors in the log of a container."""

    kind: Literal["docker_logs"]
    target: Word = Field(description="name of a docker_ssh target of the same environment")
    span: timedelta = Field(
        default=timedelta(minutes=1),
        ge=timedelta(minutes=1),
        le=timedelta(hours=1),
        description="how much of the newest past is counted",
    )
    fails_from: int = Field(
        default=5, ge=1, description="so many such lines fail it; fewer are a warning"
    )


MonitorConfig = Annotated[
    PostHogConfig
    | SentryConfig
    | BugsinkConfig
    | KumaMonitorConfig
    | HttpCheckConfig
    | DockerLogsConfig,
    Field(discriminator="kind"),
]
MONITOR_KINDS = frozenset(
    {"posthog", "sentry", "bugsink", "uptime_kuma", "http_check", "docker_logs"}
)


def _each_once(found: Sequence[MonitorConfig]) -> Sequence[MonitorConfig]:
    """Readings are known by their name, so two of one name would hide one another."""
    names = [reading_of(one) for one in found]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise ValueError(f"two monitors give “{twice[0].replace('_', ' ')}”")
    return found


def reading_of(config: MonitorConfig) -> str:
    """The name of the readings of a monitor."""
    match config:
        case PostHogConfig():
            return "error_rate"
        case SentryConfig() | BugsinkConfig():
            return "issues"
        case KumaMonitorConfig():
            return "uptime_kuma"
        case HttpCheckConfig():
            return f"check_{config.name}"
        case DockerLogsConfig():
            return "logs"


Monitors = Annotated[tuple[MonitorConfig, ...], AfterValidator(_each_once)]
