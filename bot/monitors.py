"""Monitors of this installation: the configured ones, made with what they need to be let in."""

from collections.abc import Mapping, Sequence

from pydantic import SecretStr

from bot.adapters import bugsink, posthog, sentry
from bot.adapters.docker_logs import DockerLogs
from bot.adapters.health import HealthProbe
from bot.adapters.http_check import HttpCheck
from bot.adapters.uptime_kuma import monitor as uptime_kuma
from bot.config import Config
from bot.config.monitors import (
    BugsinkConfig,
    DockerLogsConfig,
    HttpCheckConfig,
    KumaMonitorConfig,
    MonitorConfig,
    PostHogConfig,
    SentryConfig,
)
from bot.ports import Logs, Monitor, Target
from bot.services.gates.monitoring import PATIENCE
from bot.settings import Settings
from bot.targets import Made


class Monitors:
    """Every configured monitor, by service and environment. The settings have what they need, as
    `bot.needs` sees to.
    """

    def __init__(
        self, settings: Settings, config: Config, probe: HealthProbe, targets: Made
    ) -> None:
        self._settings = settings
        self._probe = probe
        self.made: dict[tuple[str, str], Sequence[Monitor]] = {
            (name, environment): tuple(
                self._make(one, dict(targets.get((name, environment), ())))
                for one in found.monitors
            )
            for name, service in config.services.items()
            for environment, found in service.environments.items()
            if found.monitors
        }

    async def close(self) -> None:
        """Give every connection back."""
        for monitors in self.made.values():
            for monitor in monitors:
                await monitor.close()

    def _make(self, config: MonitorConfig, targets: Mapping[str, Target]) -> Monitor:
        """With the targets of its environment."""
        settings = self._settings
        match config:
            case PostHogConfig():
                key = _secret(settings.posthog_api_key)
                return posthog.connect(
                    settings.posthog_api_url,
                    key,
                    config.project,
                    environment=config.environment,
                    least=config.least,
                    span=config.span,
                    timeout=PATIENCE,
                )
            case SentryConfig():
                token = _secret(settings.sentry_token)
                return sentry.connect(
                    settings.sentry_api_url,
                    token,
                    config.organization,
                    config.project,
                    environment=config.environment,
                    fails_from=config.fails_from,
                    timeout=PATIENCE,
                )
            case BugsinkConfig():
                token = _secret(settings.bugsink_token)
                url = _given(settings.bugsink_api_url)
                return bugsink.connect(
                    url, token, config.project, fails_from=config.fails_from, timeout=PATIENCE
                )
            case KumaMonitorConfig():
                url = _given(settings.uptime_kuma_url)
                return uptime_kuma.connect(url, config.page, config.monitor, PATIENCE)
            case HttpCheckConfig():
                return HttpCheck(
                    self._probe,
                    config.name,
                    config.url,
                    status=config.status,
                    contains=config.contains,
                    json_path=config.json_path,
                    equals=config.equals,
                    within=config.within,
                    proves=config.proves,
                )
            case DockerLogsConfig():
                target = targets[config.target]
                assert isinstance(target, Logs)  # the configuration says that it is a docker_ssh
                return DockerLogs(
                    target, config.target, span=config.span, fails_from=config.fails_from
                )


def _given(value: str | None) -> str:
    assert value is not None
    return value


def _secret(value: SecretStr | None) -> str:
    assert value is not None
    return value.get_secret_value()
