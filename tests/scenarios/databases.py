"""Databases for scenarios: each its own, of today's form."""

from pathlib import Path

from bot.adapters.store import upgrade

_EMPTY: list[bytes] = []


async def database_at(address: str) -> None:
    """See to a database of today's form; the first of this process is copied for all others."""
    file = Path(address.removeprefix("sqlite:///"))
    if not address.startswith("sqlite:///"):
        await upgrade(address)
    elif file.exists():
        return
    elif _EMPTY:
        file.write_bytes(_EMPTY[0])
    else:
        await upgrade(address)
        _EMPTY.append(file.read_bytes())
