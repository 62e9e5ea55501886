"""The settings of the gates: what a service asks of a version before it may be deployed."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from bot.config.databases import DatabaseImage
from bot.config.part import Part
from bot.domain.deployments.migrations import MigrationRule
from bot.domain.gates import CheckRules, Gate, Policy, Rules

if TYPE_CHECKING:
    from bot.config import Config


def _a_pattern(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(f"is no regular expression ({error})") from error
    return text


class ChecksConfig(Part):
    """Which checks of the commit count, by name; `*` stands for anything."""

    require: tuple[str, ...] = Field(default=(), description="have to be there and green")
    ignore: tuple[str, ...] = Field(default=(), description="do not count at all")
    allow_failure: tuple[str, ...] = Field(default=(), description="may fail")

    def rules(self) -> CheckRules:
        """The same for the gate."""
        return CheckRules(
            require=self.require, ignore=self.ignore, allow_failure=self.allow_failure
        )


class BugsConfig(Part):
    """How known critical bugs are recognised."""

    labels: tuple[str, ...] = Field(default=("critical",), description="labels of open issues")


class MigrationsConfig(Part):
    """Where database migrations lie, and how they are known to be safe."""

    paths: tuple[str, ...] = Field(min_length=1, description="migrations/*.sql")
    down: Annotated[str, AfterValidator(_a_pattern)] | None = Field(
        default=None,
        description="where the way down begins in the file, or, with {name}, its own file",
    )
    tested_by: str | None = Field(default=None, description="the check that tries them")
    workflow: str | None = Field(
        default=None, description="the workflow that looks at the database, and takes it back"
    )
    job: str = Field(default="migrate", description="its job that does so")
    image: DatabaseImage | None = Field(
        default=None, description="instead of the workflow: docker run on the host of a target"
    )
    deadline: timedelta = Field(
        default=timedelta(minutes=45),
        gt=timedelta(0),
        description="how long a step of it may take, or wait at GitHub",
    )
    call: tuple[str, ...] = Field(
        default=(), description="whom to call about the database, from `people` or groups"
    )

    @model_validator(mode="after")
    def _asked_in_one_way(self) -> Self:
        if self.workflow is not None and self.image is not None:
            raise ValueError("the database is asked by `workflow` or by `image`, not by both")
        return self

    @property
    def can_ask(self) -> bool:
        """Whether anything can look at the database, and take it back."""
        return self.workflow is not None or self.image is not None

    def rule(self) -> MigrationRule:
        """The same for the gate."""
        return MigrationRule(paths=self.paths, down=self.down)


def _as_said(word: object) -> object:
    """YAML reads the bare word off as false."""
    return Policy.OFF if word is False else word


Policies = dict[Gate, Annotated[Policy, BeforeValidator(_as_said)]]


def gate_rules(config: Config, service: str, environment: str) -> Rules:
    """What the gates ask of a version before it comes there."""
    is_production = environment == "production"
    settings = config.services.get(service)
    if settings is None:
        return Rules(is_production=is_production)
    return Rules(
        is_production=is_production,
        policies=settings.gates,
        checks=settings.checks.rules(),
        tested_by=settings.migrations.tested_by if settings.migrations else None,
        labels=settings.bugs.labels,
        oldest_backup=settings.backups.within if settings.backups else timedelta(0),
    )
