"""Silences: who gives no answer to a step under way, for its card to say so while it lasts.

They are kept in memory alone: a step that ends, or begins anew after a restart, saves its
deployment, and with that its card is shown once more.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from bot.domain.deployments.deployments import Deployment
from bot.ports.silences import TELLS_AFTER, listening
from bot.services.deployments.waiting import waits_for


class Silences:
    """Deployments by number, each with the system that is silent, as in a Fault."""

    def __init__(self, wake: Callable[[], None]) -> None:
        self._wake = wake
        self._silent: dict[int, str] = {}
        self._told: dict[int, str] = {}
        self.untold: frozenset[int] = frozenset()
        """The deployments whose cards do not say yet who is silent by now, or that nobody is; any
        thread may read it.
        """

    @contextmanager
    def heard(self, number: int) -> Iterator[None]:
        """Around a step of a deployment. Who was silent is told until its end: the next question
        often goes to the same system.
        """
        is_over = False

        def hear(system: str) -> None:
            if not is_over:
                self._silent[number] = system
                self._compare(number)
                self._wake()

        try:
            with listening(hear):
                yield
        finally:
            is_over = True
            self._silent.pop(number, None)
            self._compare(number)

    def of(self, number: int) -> str:
        """The system that is silent now; empty when all answer."""
        return self._silent.get(number, "")

    def told(self, number: int, system: str) -> None:
        """Note what the card says."""
        self._told[number] = system
        if not system:
            del self._told[number]
        self._compare(number)

    def _compare(self, number: int) -> None:
        is_told = self._silent.get(number) == self._told.get(number)
        self.untold = self.untold - {number} if is_told else self.untold | {number}


def with_silence(deployment: Deployment, system: str) -> Deployment:
    """The deployment as its card shows it while a system is silent. What it waits for already, and
    when that is tried again, stands there as it is.
    """
    if not system or deployment.waiting_for or deployment.is_terminal:
        return deployment
    text = waits_for(system, f"no answer for more than {TELLS_AFTER:g} s")
    return deployment.with_(waiting_for=text, failures=0)
