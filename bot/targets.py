"""Targets of this installation, and what the databases there could be restored from: the configured
ones, made with what they need to be let in.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from bot.adapters.rest import Rest
from bot.config import Config
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
    """Every configured target, by service and environment; the connections are shared. The
    settings have what they need, as `bot.needs` sees to.
    """

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

                return vercel.make(config, self._vercel(), self._clock)
            case AppPlatformTarget():
                from bot.adapters import digitalocean

                return digitalocean.make(config, self._digitalocean(), self._clock)

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
        if not any(service.backups for service in config.services.values()):
            return None
        from bot.adapters.digitalocean import DigitalOceanBackups

        return DigitalOceanBackups(self._digitalocean())

    def _registry(self) -> Registry | None:
        if self._settings.digitalocean_token is None:
            return None
        from bot.adapters.digitalocean import DigitalOceanRegistry

        return DigitalOceanRegistry(self._digitalocean())

    def _vercel(self) -> Rest:
        from bot.adapters import vercel

        token = self._settings.vercel_token
        assert token is not None
        if "vercel" not in self._connections:
            self._connections["vercel"] = vercel.connect(
                self._settings.vercel_api_url, token.get_secret_value()
            )
        return self._connections["vercel"]

    def _digitalocean(self) -> Rest:
        from bot.adapters import digitalocean

        token = self._settings.digitalocean_token
        assert token is not None
        if "digitalocean" not in self._connections:
            self._connections["digitalocean"] = digitalocean.connect(
                self._settings.digitalocean_api_url, token.get_secret_value()
            )
        return self._connections["digitalocean"]
