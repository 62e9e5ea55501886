"""gonogo.yaml: services, people and rules as typed, frozen values; every mistake told at once."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Literal, get_args

import yaml
from pydantic import (
    AfterValidator,
    Field,
    ValidationError,
)
from pydantic_core import ErrorDetails

from bot.approval_config import EnvironmentApproval
from bot.calendars import WindowConfig
from bot.config_people import same_people, unknown_people
from bot.domain.grammar import KEYWORDS
from bot.domain.people import Role
from bot.domain.versions import Version
from bot.domain.windows import Calendar
from bot.gate_config import BugsConfig, ChecksConfig, MigrationsConfig, Policies
from bot.incident_config import IncidentConfig
from bot.paging_config import StatusPageConfig
from bot.part import Part, shape
from bot.target_config import KINDS, Targets

EnvironmentName = Literal["production", "staging"]
ENVIRONMENTS: tuple[EnvironmentName, ...] = get_args(EnvironmentName)
CheckItem = Literal[
    "loads",
    "authentication",
    "flows",
    "api",
    "migrations",
    "integrations",
    "console",
    "performance",
]
"""The items of the process's staging validation, as `bot.domain.staging` has them."""

Guarded = Literal["production"]
"""Where windows and freezes apply; any other environment may change at any time."""
GUARDED: tuple[Guarded, ...] = get_args(Guarded)


class ConfigError(Exception):
    """The configuration cannot be used; `problems` has one sentence for each mistake."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


def _not_negative(span: timedelta) -> timedelta:
    if span < timedelta(0):
        raise ValueError("must not be negative")
    return span


def _can_be_typed(name: str) -> str:
    if name.lower() in KEYWORDS or Version.parse(name):
        raise ValueError("is a word of the commands already")
    return name


Span = Annotated[timedelta, AfterValidator(_not_negative)]
ServiceName = Annotated[
    str,
    shape("[A-Za-z0-9][A-Za-z0-9_.-]{0,39}", "one word of letters, digits, “-”, “_” and “.”"),
    AfterValidator(_can_be_typed),
]
CommandName = Annotated[str, shape("/[a-z0-9_-]{1,31}", "a slash and small letters: /deploy")]
UserId = Annotated[str, shape("[UW][A-Z0-9]+", "a Slack user id: U012AB3CD")]
Repository = Annotated[str, shape("[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+", "owner/name at GitHub")]


class SlackConfig(Part):
    """Where the bot speaks."""

    channel: str = Field(
        default="deployments", description="name or id of the channel for cards and announcements"
    )


class Commands(Part):
    """The names of the slash commands, for workspaces that use one of them already."""

    deploy: CommandName = "/deploy"
    rollback: CommandName = "/rollback"
    deployments: CommandName = "/deployments"
    incident: CommandName = "/incident"


class PersonConfig(Part):
    """One person: the Slack user id and, if linked, the GitHub login."""

    slack: UserId
    github: str | None = None


class CheckConfig(Part):
    """A page that has to answer as it should."""

    url: str
    status: int = Field(default=200, ge=100, le=599)
    contains: str = Field(default="", description="text that has to stand in the answer")


class AdoptConfig(Part):
    """The workflow that a merge starts and that deploys by itself."""

    workflow: str = "ci.yml"
    branch: str = Field(default="main", description="the branch whose merges are deployed")
    deploy_job: str = Field(default="deploy", description="its job that deploys")
    smoke: str | None = Field(default=None, description="its job or step that is the smoke test")


class EnvironmentConfig(Part):
    """One environment of a service, who approves there, and what its validation asks for."""

    health: str | None = Field(default=None, description="URL that answers 200 when healthy")
    smoke: str | None = Field(
        default=None, description="job or step of the run that is the smoke test"
    )
    passes: int = Field(default=3, ge=1, le=20, description="healthy answers in a row")
    deadline: Span = Field(
        default=timedelta(minutes=5), description="how long it may take to get healthy"
    )
    bake: Span = Field(
        default=timedelta(minutes=10), description="how long it is watched before ✅"
    )
    workflow: str | None = Field(default=None, description="another workflow than the service's")
    adopt: AdoptConfig | None = Field(default=None, description="what merges deploy there")
    checks: dict[CheckItem, CheckConfig] = Field(
        default_factory=dict, description="items of staging's validation that a machine can check"
    )
    approval: EnvironmentApproval = EnvironmentApproval()
    targets: Targets = Field(default=(), description="where it runs, in the order of a way back")
    stop_on_failure: bool = Field(
        default=True, description="whether a rollback that failed on one target leaves the next"
    )


class ServiceConfig(Part):
    """One service: its repository, its release workflow, its environments."""

    repo: Repository
    workflow: str = "release.yml"
    rollback_workflow: str = Field(
        default="rollback.yml", description="where the repository has none, `workflow` is used"
    )
    component: str | None = Field(default=None, description="id of its part at Statuspage")
    deploy_job: str = Field(default="deploy", description="the job that changes the environment")
    environments: dict[EnvironmentName, EnvironmentConfig] = Field(
        default={"production": EnvironmentConfig()}
    )
    windows: dict[Guarded, WindowConfig] = Field(default_factory=dict)
    gates: Policies = Field(default_factory=dict, description="block, warn or off, by gate")
    checks: ChecksConfig = ChecksConfig()
    bugs: BugsConfig = BugsConfig()
    migrations: MigrationsConfig | None = None
    watch: tuple[str, ...] = Field(default=(), description="who watches after a deployment")


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

    def calendar(self, service: str, environment: str, at: datetime) -> Calendar | None:
        """What is known from `at` on about when that may change; None where nothing limits it."""
        windows = self.services[service].windows if service in self.services else {}
        found = next((w for name, w in windows.items() if name == environment), None)
        return found.calendar(at) if found else None

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


def load(path: Path) -> Config:
    """The configuration in that file. Raises ConfigError with every mistake, line and hint."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigError(
            [
                f"{path}: cannot be read ({error.strerror}); "
                "set GONOGO_CONFIG or copy gonogo.example.yaml"
            ]
        ) from error
    return parse(text, str(path))


def parse(text: str, name: str = "gonogo.yaml") -> Config:
    """The configuration in that text. Raises ConfigError with every mistake, line and hint."""
    try:
        tree = yaml.compose(text, Loader=yaml.SafeLoader)
        data = yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f" line {mark.line + 1}" if mark else ""
        raise ConfigError(
            [f"{name}{where}: not valid YAML ({getattr(error, 'problem', error)})"]
        ) from error
    try:
        config = Config.model_validate(data)
    except ValidationError as error:
        found = [(_path(e["loc"]), _problem(e)) for e in error.errors()]
    else:
        found = [
            *_said_twice(tree, []),
            *unknown_people(config),
            *same_people(config),
            *_without_approver(config),
        ]
    if found:
        told = sorted((_line(tree, path), ".".join(path) or "file", hint) for path, hint in found)
        raise ConfigError([f"{name} line {line}: {where}: {hint}" for line, where, hint in told])
    return config


def _said_twice(node: yaml.Node | None, path: list[str]) -> Iterator[tuple[list[str], str]]:
    """YAML itself would let the last one win."""
    seen = set()
    for key, value in node.value if isinstance(node, yaml.MappingNode) else ():
        here = [*path, str(key.value)]
        if key.value in seen:
            yield here, "is said twice"
        seen.add(key.value)
        yield from _said_twice(value, here)


def _without_approver(config: Config) -> Iterator[tuple[list[str], str]]:
    for name in config.services:
        if config.environment(name, "production") and not config.approvers(name, "production"):
            path = ["services", name, "environments", "production", "approval", "needed"]
            yield path, "production needs a second person: at least 1"


def _problem(error: ErrorDetails) -> str:
    if error["type"] == "missing":
        return "is missing"
    if error["type"] != "extra_forbidden":
        return error["msg"].removeprefix("Value error, ").replace("Input should", "must")
    close = get_close_matches(str(error["loc"][-1]), SETTINGS, n=1)
    return "unknown setting" + (f"; did you mean “{close[0]}”?" if close else "")


def _path(loc: tuple[int | str, ...]) -> list[str]:
    """Where that stands in the file, which knows neither marks nor the kinds of a list's items."""
    pairs = zip((None, *loc), loc, strict=False)
    told = (p for before, p in pairs if not (isinstance(before, int) and p in KINDS))
    return [str(part) for part in told if part != "[key]"]


def _line(node: yaml.Node | None, path: list[str]) -> int:
    line = node.start_mark.line + 1 if node else 1
    for part in path:
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                if key.value == part:
                    line, node = key.start_mark.line + 1, value
                    break
        elif isinstance(node, yaml.SequenceNode) and part.isdigit() and int(part) < len(node.value):
            node = node.value[int(part)]
            line = node.start_mark.line + 1
    return line


SETTINGS = sorted({name for model in Part.__subclasses__() for name in model.model_fields})
"""The name of every setting at any depth, to guess what an unknown one was meant to be."""
