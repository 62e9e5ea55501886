"""Aftercare in gonogo.yaml: who reviews a hotfix, and who answers for the findings."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from pydantic import Field

from bot.config.approval import is_team
from bot.config.part import Part

if TYPE_CHECKING:
    from bot.config import Config


class AftercareConfig(Part):
    """What is made at GitHub after a rollback of production."""

    label: str = Field(default="hotfix", min_length=1, max_length=50, description="of a hotfix")
    reviewers: tuple[str, ...] = Field(
        default=(), description="who is asked to review a hotfix, from `people` or GitHub teams"
    )
    findings: bool = Field(
        default=True, description="whether a rollback without an incident gets an issue"
    )
    owner: str | None = Field(
        default=None, description="who owns that issue; without, who rolled back"
    )


def unknown_in_aftercare(config: Config) -> Iterator[tuple[list[str], str]]:
    """Names that nobody has, and reviewers whom GitHub does not know."""
    for service, settings in config.services.items():
        path, found = ["services", service, "aftercare"], settings.aftercare
        for place, name in enumerate(found.reviewers):
            person = config.people.get(name)
            if not is_team(name) and (person is None or not person.github):
                hint = f"“{name}” is neither under people, with a GitHub login, nor a team:a/b"
                yield [*path, "reviewers", str(place)], hint
        if found.owner is not None and found.owner not in config.people:
            yield [*path, "owner"], f"“{found.owner}” is not under people"
