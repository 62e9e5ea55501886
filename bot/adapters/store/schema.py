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

    await _on(address, lambda connection: command.upgrade(_config(connection), revision))


async def downgrade(address: str, revision: str) -> None:
    """Take the database back to an older revision ("base" drops everything)."""
    from alembic import command

    await _on(address, lambda connection: command.downgrade(_config(connection), revision))


async def is_current(address: str) -> bool:
    """Whether the database has the tables that this version of the bot works with."""
    return await _on(address, _revision, reads=True) == newest()


def newest() -> str:
    """The revision of the newest migration: they are numbered, and follow one another."""
    versions = files("bot") / "migrations" / "versions"
    return max(one.name for one in versions.iterdir() if one.name.endswith(".py"))[:4]


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
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
