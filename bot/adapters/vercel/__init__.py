"""Vercel: its REST API, and a project there as a target."""

from bot.adapters.rest import TIMEOUT, Rest
from bot.adapters.vercel.answers import words
from bot.adapters.vercel.target import VercelProject
from bot.config.targets import VercelTarget
from bot.ports.clock import Clock

__all__ = ["VercelProject", "connect", "make"]


def connect(url: str, token: str, timeout: float = TIMEOUT) -> Rest:
    """The connection that all projects share; to be closed at the end."""
    return Rest("vercel", url, token, words=words, timeout=timeout)


def make(settings: VercelTarget, api: Rest, clock: Clock) -> VercelProject:
    """The target that these settings name."""
    return VercelProject(api, clock, project=settings.project, team=settings.team)
