"""Silences: who gives no answer to a step under way, for its card to say so while it lasts.

They are kept in memory alone: a step that begins anew after a restart saves its deployment, and
with that its card is shown once more.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from bot.domain.deployments.deployments import Deployment
from bot.ports import Card
from bot.ports.silences import TELLS_AFTER, listening
from bot.services.deployments.waiting import waits_for

SOON = timedelta(seconds=30)
"""Whose next step follows so soon keeps its words till then: a system that is slow is so with each
step, and a card is not edited twice for each.
"""


class Silences:
    """Deployments by number, each with the system that is silent, as in a Fault."""

    def __init__(self, wake: Callable[[], None]) -> None:
        self._wake = wake
        self._silent: dict[int, str] = {}
        self._under_way: set[int] = set()
        self._heard_at: dict[int, int] = {}
        self._told: dict[int, tuple[str, str]] = {}
        self.known: frozenset[int] = frozenset()
        """The deployments whose cards may have to say something else than the store knows; any
        thread may read it.
        """

    @contextmanager
    def heard(self, number: int) -> Iterator[None]:
        """Around a step of a deployment. Who was silent is told until it is saved, and till the
        next step where that follows soon: the next question often goes to the same system.
        """
        is_over = was_silent = False

        def hear(system: str) -> None:
            nonlocal was_silent
            if not is_over:
                was_silent = True
                self._silent[number] = system
                self._heard_at.pop(number, None)
                self._note()
                self._wake()

        self._under_way.add(number)
        try:
            with listening(hear):
                yield
        finally:
            is_over = True
            self._under_way.discard(number)
            if not was_silent or number not in self._told:
                self._silent.pop(number, None)
                self._heard_at.pop(number, None)
            self._note()

    def of(self, deployment: Deployment, now: datetime) -> str:
        """The system whose silence its card has to tell now; empty when there is none."""
        number = deployment.id
        is_asked = number in self._under_way
        if is_asked and self._heard_at.get(number, deployment.revision) == deployment.revision:
            return self._silent.get(number, "")
        follows = deployment.due_at is not None and deployment.due_at <= now + SOON
        return self._silent.get(number, "") if follows else ""

    def are_told(self, deployment: Deployment, card: Card, now: datetime) -> bool:
        """Whether the card tells of it what it has to; not where another bot edited it since."""
        system, shown = self._told.get(deployment.id, ("", card.shown))
        return (system, shown) == (self.of(deployment, now), card.shown)

    def told(self, deployment: Deployment, system: str, shown: str) -> None:
        """Note what the card says, and the digest of all that it shows."""
        number = deployment.id
        if system:
            self._told[number] = system, shown
            self._heard_at.setdefault(number, deployment.revision)
        else:
            self._told.pop(number, None)
            if number not in self._under_way:
                self._silent.pop(number, None)
                self._heard_at.pop(number, None)
        self._note()

    def _note(self) -> None:
        self.known = frozenset((*self._silent, *self._told))


def with_silence(deployment: Deployment, system: str) -> Deployment:
    """The deployment as its card shows it while a system is silent. What it waits for already, and
    when that is tried again, stands there as it is.
    """
    if not system or deployment.waiting_for or deployment.is_terminal:
        return deployment
    text = waits_for(system, f"no answer for more than {TELLS_AFTER:g} s")
    return deployment.with_(waiting_for=text, failures=0)
