"""The directory's part of the store port: people with their roles, and the tags of repositories."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from bot.domain.people import Actor
from bot.ports.github import Tag


class DirectoryTx(Protocol):
    """People and tags within one transaction, as last read."""

    def actor(self, slack_id: str) -> tuple[Actor, datetime | None]:
        """The person as the directory knows them, and when their account was read; None for a
        stranger.
        """

    def people(self) -> tuple[Actor, ...]:
        """Everybody in the directory."""

    def name_of(self, slack_id: str) -> str:
        """What Slack shows this person as; the id of somebody unknown."""

    def called(self, name: str) -> set[str]:
        """The ids of those whom Slack shows as that, or who have it as their id."""

    def keep_people(
        self, people: Sequence[tuple[Actor, str]], *, others: Collection[str] = ()
    ) -> None:
        """Replace the directory by these people with their display names, and by `others`, who were
        not read this time: they keep the row that they have, or get one that says so.
        """

    def people_seen(self) -> Mapping[str, datetime]:
        """When each account was read last; those are left out that never were."""

    def people_seen_at(self) -> datetime | None:
        """When any account was read last; None when none was."""

    def members(self, role: str) -> tuple[str, ...]:
        """Who holds that role, as far as is known: also by what does not answer now."""

    def acted(self, since: datetime) -> frozenset[str]:
        """Who asked for anything since then."""

    def tags(self, repo: str) -> tuple[Tag, ...]: ...
    def keep_tags(self, repo: str, tags: Sequence[Tag]) -> None: ...
