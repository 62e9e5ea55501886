"""Ending: how a command says what is wrong, and with which status it ends."""

import contextlib
import sys
from collections.abc import Iterator
from typing import NoReturn

import typer

from bot.adapters.store import AWAY, AlreadyRunning, Unusable
from bot.config import ConfigError

CLEAN, NEGATIVE, WRONG_CONFIGURATION, BUSY = 0, 1, 2, 75


def stop(status: int, *lines: str) -> NoReturn:
    """End the process, a sentence a line on stderr."""
    for line in lines:
        typer.echo(f"gonogo: {line}", err=True)
    sys.exit(status)


@contextlib.contextmanager
def database_errors() -> Iterator[None]:
    """A database that cannot be worked with is said in a sentence."""
    try:
        yield
    except ConfigError as error:
        stop(WRONG_CONFIGURATION, *error.problems)
    except Unusable as error:
        stop(WRONG_CONFIGURATION, f"DATABASE_URL: {error}")
    except AlreadyRunning as error:
        stop(BUSY, str(error))
    except AWAY as error:
        stop(NEGATIVE, f"the database does not answer: {str(error) or type(error).__name__}")
