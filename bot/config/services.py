"""Services: where each one runs, who approves there, and what its validation asks for."""

from datetime import timedelta
from typing import Annotated, Literal, Self, get_args

from pydantic import AfterValidator, Field, model_validator

from bot.config.aftercare import AftercareConfig
from bot.config.annotations import Annotations
from bot.config.approval import EnvironmentApproval
from bot.config.calendars import WindowConfig
from bot.config.gates import BugsConfig, ChecksConfig, MigrationsConfig, Policies
from bot.config.monitors import Monitors, Provable
from bot.config.part import Part, shape
from bot.config.targets import DigitalOceanId, Targets

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
"""The items of the process's staging validation, as `bot.domain.deployments.staging` has them."""

Guarded = Literal["production"]
"""Where windows and freezes apply; any other environment may change at any time."""
GUARDED: tuple[Guarded, ...] = get_args(Guarded)


def _not_negative(span: timedelta) -> timedelta:
    if span < timedelta(0):
        raise ValueError("must not be negative")
    return span


Span = Annotated[timedelta, AfterValidator(_not_negative)]
Repository = Annotated[str, shape("[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+", "owner/name at GitHub")]


class CheckConfig(Part):
    """A page that has to answer as it should."""

    url: str
    status: int = Field(default=200, ge=100, le=599)
    contains: str = Field(default="", description="text that has to stand in the answer")


class BackupsConfig(Part):
    """The database at DigitalOcean whose backups are read before its migrations run."""

    database: DigitalOceanId = Field(description="id of its cluster, as its URL shows it")
    within: Span = Field(default=timedelta(hours=26), description="how old the newest may be")


class AdoptConfig(Part):
    """The workflow that a merge starts and that deploys by itself."""

    workflow: str = "ci.yml"
    branch: str = Field(default="main", description="the branch whose merges are deployed")
    deploy_job: str = Field(default="deploy", description="its job that deploys")
    smoke: str | None = Field(default=None, description="its job or step that is the smoke test")


class EnvironmentConfig(Part):
    """One environment of a service, who approves there, and what its validation asks for."""

    url: str | None = Field(default=None, description="address that people open")
    health: str | None = Field(default=None, description="URL that answers 200 when healthy")
    smoke: str | None = Field(
        default=None, description="job or step of the run that is the smoke test"
    )
    smoke_proves: tuple[Provable, ...] = Field(
        default=(), description="items of production's validation that it is about"
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
    monitors: Monitors = Field(default=(), description="what else is read, before and after")
    annotations: Annotations = Field(
        default=(), description="who else is told when a version went live"
    )
    targets: Targets = Field(default=(), description="where it runs, in the order of a way back")
    automatic_rollback: bool = Field(
        default=False, description="whether what fails its validation is rolled back by itself"
    )
    stop_on_failure: bool = Field(
        default=True, description="whether a rollback that failed on one target leaves the next"
    )

    @model_validator(mode="after")
    def _logs_are_of_a_target(self) -> Self:
        hosts = {one.name for one in self.targets if one.kind == "docker_ssh"}
        for monitor in self.monitors:
            if monitor.kind == "docker_logs" and monitor.target not in hosts:
                raise ValueError(f"docker_logs: there is no docker_ssh target {monitor.target}")
        return self


class ServiceConfig(Part):
    """One service: its repository, its release workflow, its environments."""

    repo: Repository
    workflow: str = "release.yml"
    rollback_workflow: str = Field(
        default="rollback.yml", description="where the repository has none, `workflow` is used"
    )
    rollback_takes: Span = Field(
        default=timedelta(minutes=3),
        description="how long that is expected to take where there are no targets, until timed",
    )
    component: str | None = Field(default=None, description="id of its part at Statuspage")
    deploy_job: str = Field(default="deploy", description="the job that changes the environment")
    github_deployments: bool = Field(
        default=True, description="whether GitHub's own page shows the deployments"
    )
    environments: dict[EnvironmentName, EnvironmentConfig] = Field(
        default={"production": EnvironmentConfig()}
    )
    windows: dict[Guarded, WindowConfig] = Field(default_factory=dict)
    gates: Policies = Field(default_factory=dict, description="block, warn or off, by gate")
    checks: ChecksConfig = ChecksConfig()
    bugs: BugsConfig = BugsConfig()
    migrations: MigrationsConfig | None = None
    aftercare: AftercareConfig = AftercareConfig()
    backups: BackupsConfig | None = None
    watch: tuple[str, ...] = Field(default=(), description="who watches after a deployment")

    @model_validator(mode="after")
    def _the_database_is_asked_on_a_host(self) -> Self:
        image = self.migrations.image if self.migrations else None
        production = self.environments.get("production")
        targets = production.targets if production else ()
        hosts = {one.name for one in targets if one.kind == "docker_ssh"}
        if image is not None and image.target not in hosts:
            raise ValueError(f"migrations: production has no docker_ssh target {image.target}")
        return self
