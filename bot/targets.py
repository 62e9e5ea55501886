"""Targets of this installation, and what the databases there could be restored from: the configured
ones, made with what they need to be let in.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from bot.adapters.rest import Rest
from bot.config import Config, ConfigError
from bot.config.services import ServiceConfig
from bot.config.targets import (
    AppPlatformTarget,
    DockerSshTarget,
    GithubWorkflowTarget,
    TargetConfig,
    VercelTarget,
)
from bot.ports import Backups, Clock, GitHub, Registry, Target
from bot.services.rollbacks.workflow_target import WorkflowTarget
from bot.settings import Settings

if TYPE_CHECKING:
    from bot.adapters.docker_ssh import DockerSsh

Made = dict[tuple[str, str], Sequence[tuple[str, Target]]]


class Targets:
    """Every configured target, by service and environment; the connections are shared."""

    def __init__(self, settings: Settings, config: Config, clock: Clock, github: GitHub) -> None:
        self._settings = settings
        self._github = github
        self._clock = clock
        self._connections: dict[str, Rest] = {}
        self._hosts: list[DockerSsh] = []
        self.made: Made = {
            (name, environment): tuple(
                (one.name, self._make(one, service)) for one in found.targets
            )
            for name, service in config.services.items()
            for environment, found in service.environments.items()
            if found.targets
        }
        self.backups = self._backups(config)

    async def close(self) -> None:
        """Give every connection back."""
        for connection in self._connections.values():
            await connection.close()
        for host in self._hosts:
            host.close()

    def _make(self, config: TargetConfig, service: ServiceConfig) -> Target:
        """Raises ConfigError when the settings lack what it needs."""
        # Each is imported late: most teams have one kind, and the libraries are large.
        match config:
            case DockerSshTarget():
                from bot.adapters import docker_ssh

                host = docker_ssh.make(
                    config, self._settings, self._clock, registry=self._registry()
                )
                self._hosts.append(host)
                return host
            case VercelTarget():
                from bot.adapters import vercel

                return vercel.make(config, self._vercel(config), self._clock)
            case AppPlatformTarget():
                from bot.adapters import digitalocean

                return digitalocean.make(
                    config, self._digitalocean(f"target {config.name}"), self._clock
                )

            case GithubWorkflowTarget():
                return WorkflowTarget(
                    github=self._github,
                    clock=self._clock,
                    repo=service.repo,
                    file=config.workflow,
                    job=config.job,
                    brings=service.workflow,
                )

    def _backups(self, config: Config) -> Backups | None:
        """Raises ConfigError when a service has some, and the settings no token."""
        named = [name for name, service in config.services.items() if service.backups]
        if not named:
            return None
        from bot.adapters.digitalocean import DigitalOceanBackups

        return DigitalOceanBackups(self._digitalocean(f"backups of {named[0]}"))

    def _registry(self) -> Registry | None:
        if self._settings.digitalocean_token is None:
            return None
        from bot.adapters.digitalocean import DigitalOceanRegistry

        return DigitalOceanRegistry(self._digitalocean("registry"))

    def _vercel(self, config: VercelTarget) -> Rest:
        from bot.adapters import vercel

        token = self._settings.vercel_token
        if token is None:
            raise ConfigError([f"VERCEL_TOKEN: is missing (target {config.name})"])
        if "vercel" not in self._connections:
            self._connections["vercel"] = vercel.connect(
                self._settings.vercel_api_url, token.get_secret_value()
            )
        return self._connections["vercel"]

    def _digitalocean(self, needed_by: str) -> Rest:
        from bot.adapters import digitalocean

        token = self._settings.digitalocean_token
        if token is None:
            raise ConfigError([f"DIGITALOCEAN_TOKEN: is missing ({needed_by})"])
        if "digitalocean" not in self._connections:
            self._connections["digitalocean"] = digitalocean.connect(
                self._settings.digitalocean_api_url, token.get_secret_value()
            )
        return self._connections["digitalocean"]
