"""Staging: what runs there, and the eight items of the process by which it is validated."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType

ITEMS: Mapping[str, str] = MappingProxyType(
    {
        "loads": "Application loads successfully",
        "authentication": "Authentication works",
        "flows": "Key user flows function correctly",
        "api": "API endpoints respond as expected",
        "migrations": "Database migrations applied successfully",
        "integrations": "External integrations working",
        "console": "No console errors or warnings",
        "performance": "Performance acceptable",
    }
)
"""The process's items by name, in its order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StagingCheck:
    """One item for one commit: a person's sign-off, or what a configured check found.

    `by` is a Slack user id, empty for a check by machine; `text` says what that one saw.
    """

    service: str
    commit: str
    item: str
    passed: bool
    at: datetime
    by: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OnStaging:
    """What runs on staging, and how far this very commit is validated.

    `deployment` is the number of the deployment that brought it, None where it was only seen.
    A newer commit has no checks yet, so nothing is valid for longer than it runs there.
    """

    service: str
    version: str
    commit: str
    since: datetime
    deployment: int | None = None
    checks: tuple[StagingCheck, ...] = ()

    def checked(self, checks: Iterable[StagingCheck]) -> "OnStaging":
        """The same with what was found about its commit."""
        return replace(self, checks=tuple(checks))

    def check(self, item: str) -> StagingCheck | None:
        """What is known of one item."""
        return next((one for one in self.checks if one.item == item), None)

    @property
    def open_items(self) -> tuple[str, ...]:
        """The items that nobody and nothing has found good."""
        good = {one.item for one in self.checks if one.passed}
        return tuple(item for item in ITEMS if item not in good)

    @property
    def is_validated(self) -> bool:
        """Whether all items were found good for this commit."""
        return bool(self.commit) and not self.open_items

    @property
    def signed_by(self) -> tuple[str, ...]:
        """The people who signed items off, each once."""
        return tuple(dict.fromkeys(one.by for one in self.checks if one.passed and one.by))

    @property
    def validated_at(self) -> datetime | None:
        """When the last item was found good; None while one is open."""
        return max(one.at for one in self.checks if one.passed) if self.is_validated else None
