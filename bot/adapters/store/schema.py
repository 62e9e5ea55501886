"""Schema: bringing a database to the present set of tables, and telling whether it is there."""

from collections.abc import Callable
from typing import TypeVar

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from bot.adapters.store.database import Unusable, open_database

T = TypeVar("T")


async def upgrade(address: str, revision: str = "head") -> None:
    """Bring the database to `revision`, creating what is missing; all of it or nothing."""
    await _on(address, lambda connection: command.upgrade(_config(connection), revision))


async def downgrade(address: str, revision: str) -> None:
    """Take the database back to an older revision ("base" drops everything)."""
    await _on(address, lambda connection: command.downgrade(_config(connection), revision))


async def is_current(address: str) -> bool:
    """Whether the database has the tables that this version of the bot works with."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    return await _on(address, _revision, reads=True) == head


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _config(connection: Connection | None = None) -> Config:
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
