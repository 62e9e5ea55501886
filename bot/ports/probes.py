"""The probes port: looks at production."""

from typing import Protocol

from bot.domain.validation import Probe


class Probes(Protocol):
    """Looks at production."""

    async def health(self, url: str) -> Probe:
        """One GET of a configured health URL; a failure is a Probe with its problem, never an
        exception.
        """
