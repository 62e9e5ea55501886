"""The fence: what one bot may send only for as long as it holds it is not sent after that, however
long the process was paused.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from bot.domain.errors import Fault

Holds = Callable[[], bool]
"""Whether what is about to be sent is still ours; asked right before, from any thread."""

_holds: ContextVar[Holds] = ContextVar("holds", default=lambda: True)


@contextmanager
def fenced(holds: Holds) -> Iterator[None]:
    """What changes something outside is sent inside only as long as it `holds`."""
    before = _holds.set(holds)
    try:
        yield
    finally:
        _holds.reset(before)


def fence() -> Holds:
    """The one that stands here; for whoever sends from another thread."""
    return _holds.get()


def pass_fence(system: str, holds: Holds | None = None) -> None:
    """Raise Fault where it is not ours any more: then nothing was sent."""
    if not (holds or fence())():
        raise Fault(system, "not sent: it took too long, and another bot may do it by now")
