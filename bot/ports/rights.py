"""The rights port: what GitHub lets us do in a repository, as far as looking shows it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from bot.domain.errors import Fault


@dataclass(frozen=True, slots=True, kw_only=True)
class Granted:
    """What one look at a repository showed.

    `refused` maps each right without which something could not be read, by GitHub's name for it
    ("checks"), to what GitHub said. `may_write` is whether the account behind a token may write
    there at all, and `scopes` are those of a classic token; both are None where GitHub does not
    tell them.
    """

    is_app: bool
    is_private: bool
    may_write: bool | None = None
    scopes: frozenset[str] | None = None
    refused: Mapping[str, Fault] = field(default_factory=dict)


class Rights(Protocol):
    """What we may do at GitHub, asked by reading alone."""

    async def granted(self, repo: str) -> Granted:
        """One look at everything that the bot reads there. Raises Fault where the repository itself
        cannot be read.
        """
