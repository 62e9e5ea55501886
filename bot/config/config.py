"""Config: the whole of gonogo.yaml as typed, frozen values."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta, tzinfo
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field, model_validator

from bot.config.incidents import IncidentConfig
from bot.config.paging import StatusPageConfig
from bot.config.part import Part, shape
from bot.config.services import AdoptConfig, EnvironmentConfig, ServiceConfig, Span
from bot.domain.closures.windows import Calendar
from bot.domain.grammar import KEYWORDS
from bot.domain.metrics.pictures import Theme
from bot.domain.people import Role
from bot.domain.versions import Version


def _can_be_typed(name: str) -> str:
    if name.lower() in KEYWORDS or Version.parse(name):
        raise ValueError("is a word of the commands already")
    return name


ServiceName = Annotated[
    str,
    shape("[A-Za-z0-9][A-Za-z0-9_.-]{0,39}", "one word of letters, digits, “-”, “_” and “.”"),
    AfterValidator(_can_be_typed),
]
CommandName = Annotated[str, shape("/[a-z0-9_-]{1,31}", "a slash and small letters: /deploy")]
LinkName = Annotated[str, Field(min_length=1, max_length=80)]
WebAddress = Annotated[str, shape("https?://[^\\s]{1,2000}", "an address: https://…")]
UserId = Annotated[str, shape("[UW][A-Z0-9]+", "a Slack user id: U012AB3CD")]


def _is_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise ValueError("must be a time zone: Europe/Berlin") from None
    return name


class DigestConfig(Part):
    """When the channel reads how the week went."""

    day: Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"] = "mon"
    at: time = time(9)
    tz: Annotated[str, AfterValidator(_is_zone)] = "UTC"


class SlackConfig(Part):
    """Where the bot speaks."""

    channel: str = Field(
        default="deployments", description="name or id of the channel for cards and announcements"
    )
    digest: DigestConfig | None = Field(
        default=DigestConfig(), description="once a week; null for none"
    )
    pictures: Theme = Field(default=Theme.LIGHT, description="light or dark: charts of the metrics")


class Commands(Part):
    """The names of the slash commands, for workspaces that use one of them already."""

    deploy: CommandName = "/deploy"
    rollback: CommandName = "/rollback"
    deployments: CommandName = "/deployments"
    incident: CommandName = "/incident"

    @model_validator(mode="after")
    def _each_is_another(self) -> Self:
        """Slack knows a command by its name alone, and so do the listeners."""
        names: dict[str, list[str]] = {}
        for setting, name in self:
            names.setdefault(name, []).append(setting)
        if shared := [
            f"{' and '.join(those)} are {name}" for name, those in names.items() if those[1:]
        ]:
            raise ValueError(f"{', '.join(shared)}: each command needs a name of its own")
        return self


class PersonConfig(Part):
    """One person: the Slack user id and, if linked, the GitHub login."""

    slack: UserId
    github: str | None = None


class ApprovalConfig(Part):
    """How long a request waits for a decision."""

    expires: Span = timedelta(minutes=60)


class NetworkConfig(Part):
    """Private or loopback hosts that health URLs may name."""

    allow: tuple[str, ...] = ()


class Config(Part):
    """The whole of gonogo.yaml."""

    slack: SlackConfig = SlackConfig()
    services: dict[ServiceName, ServiceConfig] = Field(min_length=1)
    people: dict[str, PersonConfig] = Field(default_factory=dict)
    roles: dict[Role, tuple[str, ...]] = Field(default_factory=dict)
    commands: Commands = Commands()
    approval: ApprovalConfig = ApprovalConfig()
    incidents: IncidentConfig = IncidentConfig()
    status_page: StatusPageConfig | None = None
    network: NetworkConfig = NetworkConfig()
    links: dict[LinkName, WebAddress] = Field(
        default_factory=dict, description="shown on the App Home: dashboards, playbook, workflows"
    )

    @property
    def zone(self) -> tzinfo:
        """The team's time zone, in which days and weeks of the metrics begin: the digest's."""
        return ZoneInfo(self.slack.digest.tz) if self.slack.digest else UTC

    def environment(self, service: str, environment: str) -> EnvironmentConfig | None:
        """The settings of one environment of one service, or None where it is not configured."""
        found = self.services.get(service)
        return (
            next((e for name, e in found.environments.items() if name == environment), None)
            if found
            else None
        )

    def workflow(self, service: str, environment: str) -> str | None:
        """The workflow that deploys there; only production falls back to the service's own."""
        settings = self.environment(service, environment)
        if settings is None:
            return None
        return settings.workflow or (
            self.services[service].workflow if environment == "production" else None
        )

    def approvers(self, service: str, environment: str) -> int:
        """How many different people have to approve."""
        settings = self.environment(service, environment)
        needed = settings.approval.needed if settings else None
        usual = 1 if environment == "production" else 0
        return usual if needed is None else needed

    def approvers_back(self, service: str, environment: str) -> int:
        """How many others than who asks for it have to approve a rollback there."""
        settings = self.environment(service, environment)
        return settings.approval.rollback if settings else 0

    def calendar(self, service: str, environment: str, at: datetime) -> Calendar | None:
        """What is known from `at` on about when that may change; None where nothing limits it."""
        windows = self.services[service].windows if service in self.services else {}
        found = next((w for name, w in windows.items() if name == environment), None)
        return found.calendar(at) if found else None

    def workflows_of(self, repo: str) -> frozenset[str]:
        """The files there that the bot starts: what deploys, goes back, and asks the database."""
        files = {file for *_, one, _, file in self.pipelines() if one.repo == repo}
        for service in self.services.values():
            if service.repo != repo:
                continue
            files.add(service.rollback_workflow)
            if service.migrations and service.migrations.workflow:
                files.add(service.migrations.workflow)
            for place in service.environments.values():
                files |= {one.workflow for one in place.targets if one.kind == "github_workflow"}
        return frozenset(files)

    def merge_jobs_of(self, repo: str) -> frozenset[tuple[str, str]]:
        """(file, job in small letters) of what merges there deploy by, and of its smoke tests."""
        found = (adopt for *_, one, adopt in self.merges() if one.repo == repo)
        return frozenset(
            (adopt.workflow, job.casefold())
            for adopt in found
            for job in (adopt.deploy_job, adopt.smoke)
            if job
        )

    def merges(self) -> Iterator[tuple[str, str, ServiceConfig, AdoptConfig]]:
        """(service, environment, its settings, the workflow) of all that merges deploy."""
        for name, service in self.services.items():
            for environment, settings in service.environments.items():
                if settings.adopt:
                    yield name, environment, service, settings.adopt

    def pipelines(self) -> Iterator[tuple[str, str, ServiceConfig, EnvironmentConfig, str]]:
        """(service, environment, its settings, the environment's, workflow file) of all that can
        be deployed.
        """
        for name, service in self.services.items():
            for environment, settings in service.environments.items():
                if workflow := self.workflow(name, environment):
                    yield name, environment, service, settings, workflow
