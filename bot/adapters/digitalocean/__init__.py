"""DigitalOcean: its REST API, an app there as a target, its registry and its database backups."""

from bot.adapters.digitalocean.app_platform import AppPlatform
from bot.adapters.digitalocean.backups import DigitalOceanBackups
from bot.adapters.digitalocean.registry import DigitalOceanRegistry
from bot.adapters.digitalocean.words import words
from bot.adapters.rest import TIMEOUT, Rest
from bot.config.targets import AppPlatformTarget
from bot.ports.clock import Clock

__all__ = ["AppPlatform", "DigitalOceanBackups", "DigitalOceanRegistry", "connect", "make"]


def connect(url: str, token: str, timeout: float = TIMEOUT) -> Rest:
    """The connection that apps, registry and backups share; to be closed at the end."""
    return Rest("digitalocean", url, token, words=words, timeout=timeout)


def make(settings: AppPlatformTarget, api: Rest, clock: Clock) -> AppPlatform:
    """The target that these settings name."""
    return AppPlatform(api, clock, app=settings.app)
