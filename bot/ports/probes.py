"""The probes port: looks at production."""

from typing import Protocol

from bot.domain.deployments.validation import Probe


class Probes(Protocol):
    """Looks at production."""

    async def health(self, url: str) -> Probe:
        """One GET of a configured health URL; a failure is a Probe with its problem, never an
        exception.
        """

    async def page(self, url: str, status: int, contains: str) -> str:
        """What is wrong with a page that has to answer with this status and text; empty when
        nothing is.
        """
