"""Directory: people with their roles, and the versions of each repository, as last read."""

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import RowMapping, bindparam, delete, func, insert, select

from bot.adapters.store import tables
from bot.adapters.store.rows import Rows
from bot.domain.grammar.words import same_name
from bot.domain.people import Actor, Deed, Grant, Role, Standing
from bot.domain.versions import Version
from bot.ports import Tag

_PEOPLE = tables.people
_TAGS = tables.tags
NEVER = datetime.fromtimestamp(0, UTC)
"""When somebody was read who stands in line for it."""

_PERSON = select(_PEOPLE).where(_PEOPLE.c.slack_id == bindparam("slack_id"))
_EVERYBODY = select(_PEOPLE).order_by(_PEOPLE.c.slack_id)
_NAMES = select(_PEOPLE.c.slack_id, _PEOPLE.c.name)
_IDS = select(_PEOPLE.c.slack_id)
_READ = select(_PEOPLE.c.slack_id, _PEOPLE.c.read_at)
_SEEN = _READ.where(_PEOPLE.c.read_at > NEVER)
_TAGS_OF = select(_TAGS).where(_TAGS.c.repo == bindparam("repo"))


class Directory(Rows):
    """What is known about people and tags, within one transaction."""

    def actor(self, slack_id: str) -> tuple[Actor, datetime | None]:
        row = self.connection.execute(_PERSON, {"slack_id": slack_id}).mappings().first()
        if row is None:
            return Actor(slack_id=slack_id), None
        return as_actor(row), row["read_at"]

    def name_of(self, slack_id: str) -> str:
        row = self.connection.execute(_PERSON, {"slack_id": slack_id}).mappings().first()
        return slack_id if row is None else str(row["name"])

    def called(self, name: str) -> set[str]:
        rows = self.connection.execute(_NAMES)  # of letters but ASCII, SQLite knows one case
        return {row.slack_id for row in rows if row.slack_id == name or same_name(row.name, name)}

    def people(self) -> tuple[Actor, ...]:
        return tuple(map(as_actor, self.connection.execute(_EVERYBODY).mappings()))

    def keep_people(
        self, people: Sequence[tuple[Actor, str]], *, others: Collection[str] = ()
    ) -> None:
        before = set(self.connection.scalars(_IDS))
        read = [_row(actor, name, self.now) for actor, name in people]
        waiting = set(others).difference(row["slack_id"] for row in read)
        self.connection.execute(delete(_PEOPLE).where(_PEOPLE.c.slack_id.in_(before - waiting)))
        new = sorted(waiting - before)
        rows = read + [_row(Actor(slack_id=who), who, NEVER) for who in new]
        if rows:
            self.connection.execute(insert(_PEOPLE), rows)

    def people_seen(self) -> Mapping[str, datetime]:
        return {row.slack_id: row.read_at for row in self.connection.execute(_SEEN)}

    def members(self, role: str) -> tuple[str, ...]:
        known = (actor.doing(Deed.ENDS, self.now) for actor in self.people())
        return tuple(actor.slack_id for actor in known if actor.holds(Role(role)))

    def people_seen_at(self) -> datetime | None:
        newest: datetime | None = self.connection.scalar(select(func.max(_PEOPLE.c.read_at)))
        return None if newest == NEVER else newest

    def tags(self, repo: str) -> tuple[Tag, ...]:
        rows = self.connection.execute(_TAGS_OF, {"repo": repo}).mappings()
        return tuple(sorted(map(_tag, rows), key=_precedence, reverse=True))

    def keep_tags(self, repo: str, tags: Sequence[Tag]) -> None:
        rows = [
            {
                "repo": repo,
                "name": tag.name,
                "object_sha": tag.object_sha,
                "commit": tag.commit,
                "dated": tag.dated,
                "seen_at": self.now,
            }
            for tag in tags
        ]
        self.connection.execute(delete(_TAGS).where(_TAGS.c.repo == repo))
        if rows:
            self.connection.execute(insert(_TAGS), rows)


def _row(actor: Actor, name: str, read_at: datetime) -> dict[str, Any]:
    return {
        "slack_id": actor.slack_id,
        "name": name,
        "github": actor.github,
        "standing": actor.standing,
        "roles": sorted(actor.roles),
        "grants": [[one.role, one.source, one.at.isoformat()] for one in actor.grants],
        "read_at": read_at,
    }


def as_actor(row: RowMapping) -> Actor:
    """The person in a row of the directory."""
    return Actor(
        slack_id=row["slack_id"],
        github=row["github"],
        standing=Standing(row["standing"]),
        roles=frozenset(map(Role, row["roles"])),
        grants=tuple(
            Grant(role=Role(role), source=source, at=datetime.fromisoformat(at))
            for role, source, at in row["grants"]
        ),
    )


def _tag(row: RowMapping) -> Tag:
    return Tag(
        name=row["name"],
        object_sha=row["object_sha"],
        commit=row["commit"],
        dated=row["dated"],
    )


def _precedence(tag: Tag) -> tuple[Any, ...]:
    """Newest version first when reversed; what is no version comes last."""
    version = Version.parse(tag.name)
    return (False, tag.name) if version is None else (True, version, tag.name)
