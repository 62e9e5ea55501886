"""Needs: the settings that the configuration asks for, told all at once where they are missing."""

from collections.abc import Callable, Iterator

from bot.config import Config, ConfigError
from bot.config.targets import DockerSshTarget
from bot.settings import Settings

SSH = ("DOCKER_SSH_KEY_FILE", "DOCKER_SSH_KNOWN_HOSTS")
KINDS: dict[str, tuple[str, ...]] = {
    "bugsink": ("BUGSINK_API_URL", "BUGSINK_TOKEN"),
    "do_app_platform": ("DIGITALOCEAN_TOKEN",),
    "docker_logs": (),
    "docker_ssh": SSH,
    "github_workflow": (),
    "http_check": (),
    "pagerduty": ("PAGERDUTY_ROUTING_KEY",),
    "posthog": ("POSTHOG_API_KEY",),
    "sentry": ("SENTRY_TOKEN",),
    "uptime_kuma": ("UPTIME_KUMA_URL",),
    "vercel": ("VERCEL_TOKEN",),
}
"""What a target, monitor or annotation of each kind needs."""

PAGES: dict[str, tuple[str, ...]] = {
    "statuspage": ("STATUSPAGE_API_KEY",),
    "uptime_kuma": ("UPTIME_KUMA_URL", "UPTIME_KUMA_USERNAME", "UPTIME_KUMA_PASSWORD"),
}
"""The same for a status page."""


def missing(config: Config, has: Callable[[str], bool]) -> list[str]:
    """A sentence for each variable that is not there, with what asks for it."""
    asked: dict[str, list[str]] = {}
    for name, why in _asked(config):
        reasons = asked.setdefault(name, [])
        if why not in reasons:
            reasons.append(why)
    return [
        f"{name}: is missing ({', '.join(reasons)})"
        for name, reasons in asked.items()
        if not has(name)
    ]


def problems(settings: Settings, config: Config) -> list[str]:
    """What is missing, and a key for hosts that cannot be used."""
    found = missing(config, settings.has)
    if all(map(settings.has, SSH)) and _has_hosts(config):
        from bot.adapters import docker_ssh  # its library is large, and most teams have no host

        try:
            docker_ssh.trust(settings)
        except ConfigError as error:
            found += error.problems
    return found


def _asked(config: Config) -> Iterator[tuple[str, str]]:
    """(variable, what asks for it), in the order of the configuration."""
    for name, service in config.services.items():
        for environment in service.environments.values():
            for target in environment.targets:
                yield from ((one, f"target {target.name}") for one in KINDS[target.kind])
            for monitor in environment.monitors:
                yield from (
                    (one, f"monitors of kind {monitor.kind}") for one in KINDS[monitor.kind]
                )
            for annotation in environment.annotations:
                kind = annotation.kind
                yield from ((one, f"annotations of kind {kind}") for one in KINDS[kind])
        if service.backups:
            yield "DIGITALOCEAN_TOKEN", f"backups of {name}"
    if page := config.status_page:
        yield from ((one, f"status_page of kind {page.kind}") for one in PAGES[page.kind])


def _has_hosts(config: Config) -> bool:
    environments = (e for s in config.services.values() for e in s.environments.values())
    return any(isinstance(t, DockerSshTarget) for e in environments for t in e.targets)
