"""Schema: bringing a database to the present set of tables, and telling whether it is there."""

from __future__ import annotations

from collections.abc import Callable
from importlib.resources import files
from typing import TYPE_CHECKING, TypeVar

from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import DBAPIError

from bot.adapters.store.database import Unusable, open_database

if TYPE_CHECKING:
    from alembic.config import Config

T = TypeVar("T")


async def upgrade(address: str, revision: str = "head") -> None:
    """Bring the database to `revision`, creating what is missing; all of it or nothing."""
    from alembic import command  # late: a start that finds all in place does without

    def work(connection: Connection) -> None:
        _revision(connection)
        command.upgrade(_config(connection), revision)

    await _on(address, work)


async def downgrade(address: str, revision: str) -> None:
    """Take the database back to an older revision ("base" drops everything), with what only the
    newer tables hold; all of it or nothing. Unusable where it is older already.
    """
    from alembic import command

    def work(connection: Connection) -> None:
        found = _revision(connection)
        if revision in revisions() and (found or "") < revision:
            raise Unusable(f"its tables are those of {found or 'nobody'}, older than {revision}")
        command.downgrade(_config(connection), revision)

    await _on(address, work)


async def is_current(address: str) -> bool:
    """Whether the database has the tables that this version of the bot works with.

    Every use of a database raises Unusable where a newer version has made its tables.
    """
    return await _on(address, _revision, reads=True) == revisions()[-1]


async def make_current(address: str) -> None:
    """Upgrade the database unless it has these tables already, as it has at most starts."""
    if not await is_current(address):
        await upgrade(address)


def revisions() -> tuple[str, ...]:
    """The revisions of all migrations: they are numbered, and follow one another."""
    versions = files("bot") / "migrations" / "versions"
    return tuple(sorted(one.name[:4] for one in versions.iterdir() if one.name.endswith(".py")))


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    if found is not None and found not in (known := revisions()):
        raise Unusable(
            f"a newer gonogo made its tables ({found}; this one knows {known[-1]}): start that "
            f"one, or stop it and let its `gonogo db downgrade {known[-1]}` take them back"
        )
    return found


def _config(connection: Connection) -> Config:
    from alembic.config import Config

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", "bot:migrations")
    return config


async def _on(address: str, work: Callable[[Connection], T], *, reads: bool = False) -> T:
    database = open_database(address, answers_within=None)  # a migration takes as long as it takes
    try:
        return await database.transact(work, reads=reads)
    except DBAPIError as error:
        raise Unusable(str(error.orig)) from error
    finally:
        await database.close()
