"""Silence: whoever is asked and gives no answer for a while is told to whoever listens, while it
lasts.
"""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

TELLS_AFTER = 4.0
"""Seconds of real time without an answer: longer than Slack's pause between two edits of a card,
short enough for whoever looks at one.
"""

Listener = Callable[[str], None]
"""Hears of the system that is silent, named as in a Fault."""


@dataclass(frozen=True, slots=True)
class Silence:
    """A system, named as in a Fault, that gave no answer to a step of a deployment, which was at
    this revision then.
    """

    system: str
    revision: int


_listener: ContextVar[Listener] = ContextVar("listener", default=lambda system: None)


@contextmanager
def listening(listener: Listener) -> Iterator[None]:
    """Whoever does not answer what is asked inside is told to this listener; also after the end,
    where something that was asked goes on.
    """
    before = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(before)


def tell(system: str) -> None:
    """Say that a system is silent."""
    _listener.get()(system)


@contextmanager
def awaited(system: str) -> Iterator[None]:
    """Around one question to a system, from the asking to the answer."""
    late = asyncio.get_running_loop().call_later(TELLS_AFTER, tell, system)
    try:
        yield
    finally:
        late.cancel()
