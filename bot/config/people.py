"""The people of a configuration, and the mistakes about them that are of no single setting."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from bot.config.approval import is_team

if TYPE_CHECKING:
    from bot.config import Config

Mistake = tuple[list[str], str]
"""Where it stands in the file, and what to do about it."""


def is_group(name: str) -> bool:
    """Whether a role's entry is a Slack user group id."""
    return len(name) > 2 and name[0] == "S" and name[1:].isalnum() and name.isupper()


def unknown_people(config: Config) -> Iterator[Mistake]:
    """Names that nobody has."""
    for role, names in config.roles.items():
        yield from _unknown(config, ["roles", role], names)
    for service, settings in config.services.items():
        yield from _unknown(config, ["services", service, "watch"], settings.watch)
        if settings.migrations:
            path = ["services", service, "migrations", "call"]
            yield from _unknown(config, path, settings.migrations.call)


def _unknown(config: Config, path: list[str], names: Sequence[str]) -> Iterator[Mistake]:
    for place, name in enumerate(names):
        if name not in config.people and not is_group(name) and not is_team(name):
            hint = f"“{name}” is neither under people nor a group (S…, team:a/b)"
            yield [*path, str(place)], hint


def same_people(config: Config) -> Iterator[Mistake]:
    """Two names for one account would let a person hold what they were never given."""
    first: dict[str, str] = {}
    for name, person in config.people.items():
        if first.setdefault(person.slack, name) != name:
            yield ["people", name, "slack"], f"is the account of “{first[person.slack]}” already"
