"""Instance: an SQLite database belongs to one running bot at a time."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import make_url

from bot.adapters.store.database import Unusable


class AlreadyRunning(Exception):
    """Another bot works on this database."""


@contextmanager
def only_instance(address: str) -> Iterator[None]:
    """Hold the SQLite database of this address; AlreadyRunning when another process does.

    Raises Unusable where no file can be written.

    The lock is on `FILE.lock` and ends with the process, however that ends. PostgreSQL is shared,
    and so is a database in memory with nobody.
    """
    url = make_url(address)
    if not url.drivername.startswith("sqlite") or url.database in (None, "", ":memory:"):
        yield
        return
    path = Path(f"{url.database}.lock")
    try:
        file = path.open("a")
    except OSError as error:
        raise Unusable(f"{path} cannot be written ({error.strerror})") from error
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyRunning(
                f"another gonogo works on {url.database}; stop it, or use PostgreSQL for several"
            ) from None
        yield
