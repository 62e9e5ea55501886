"""Stage: the sandbox's host, and docker_ssh targets on it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from bot.adapters import docker_ssh
from bot.adapters.docker_ssh import DockerSsh
from bot.adapters.docker_ssh.connection import Trust
from bot.config.targets import DockerSshTarget
from bot.domain.errors import Fault
from bot.domain.rollbacks.targets import Artifact
from bot.ports import StoredImage
from bot.settings import Settings
from sandbox.host import digest_of
from sandbox.host.server import REPOSITORY
from sandbox.world import World
from tests.docker_ssh.hostile import Tampered

OLD, NEW = "v1.2.0", "v1.2.1"
PROGRAMS = ("curl", "flock", "setsid")


@dataclass
class Clock:
    """Stands still unless it is moved."""

    time: datetime = datetime(2024, 3, 26, 10, tzinfo=UTC)

    def now(self) -> datetime:
        return self.time


@dataclass
class Shelf:
    """A registry with these images; `broken` is what it answers instead."""

    images: tuple[StoredImage, ...] = ()
    broken: Fault | None = None

    async def digests(self, repository: str) -> tuple[StoredImage, ...]:
        assert repository == REPOSITORY
        if self.broken:
            raise self.broken
        return self.images


@dataclass
class Stage:
    """The world with its host, and targets on it."""

    world: World
    clock: Clock = field(default_factory=Clock)

    def settings(self, **variables: str) -> Settings:
        given = self.world.env() | variables
        names = {
            name.lower(): given[name] for name in given if name.lower() in Settings.model_fields
        }
        return Settings.model_validate(names)

    def target(
        self,
        *,
        registry: Shelf | None = None,
        variables: dict[str, str] | None = None,
        **settings: object,
    ) -> DockerSsh:
        configured = DockerSshTarget.model_validate(self.world.host.target(**settings))
        made = self.settings(**(variables or {}))
        return docker_ssh.make(configured, made, self.clock, registry=registry)

    def tampered(self, **settings: object) -> tuple[DockerSsh, Tampered]:
        """A target, and its host, which may be told another word than the target tells it."""
        config = DockerSshTarget.model_validate(self.world.host.target(**settings))
        trust = Trust.read(self.world.host.key_file, None, self.world.host.known_hosts)
        host = Tampered(config.host, config.port, config.user, trust)
        return DockerSsh(config, host, self.clock, hide=str), host

    def log(self, operation: str) -> Path:
        return self.world.host.state / "gonogo" / "app" / operation / "log"

    def commands(self) -> list[str]:
        return [str(entry["path"]) for entry in self.world.journal.entries("ssh", "EXEC")]

    def names(self) -> list[str]:
        return sorted(one.name for one in self.world.host.engine.containers)


def wanted(version: str = NEW) -> Artifact:
    return Artifact(id=digest_of(REPOSITORY, version), version=version)
