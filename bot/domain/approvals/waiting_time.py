"""Waiting time: the gate of a run that its approvers were asked about, and when it stands at
another one, which has a waiting time of its own.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What a run shows while it is held at this deployment's gates, but for jobs that are known to
    be at others'.

    `held` are the jobs that stand at a gate, none where GitHub leaves them out of its list; for
    those in `sure` it is known that the gate is this deployment's. `begun` are those that were
    begun or have ended, and stand at none.
    """

    held: tuple[str, ...] = ()
    begun: tuple[str, ...] = ()
    sure: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The gate that approvers were asked about: `jobs` are those that stood there, by name, none
    where GitHub told none; `begun` are all those of the run that had begun when it was last looked
    at there.
    """

    jobs: tuple[str, ...] = ()
    begun: tuple[str, ...] = ()

    def let_in(self, begun: Iterable[str]) -> frozenset[str]:
        """Which of its jobs were let in, as they have begun; where none is known, it may be any
        that has begun since.
        """
        return frozenset(self.jobs).intersection(begun) if self.jobs else self._since(begun)

    def is_over(self, look: Look) -> bool:
        """Whether the run stands at another gate now: a job was let in, and none of the others
        stands there still.
        """
        let_in = self.let_in(look.begun)
        if not let_in:  # one that is missing, or queued, was not let in by that
            return False
        left = set(self.jobs) - let_in
        if not look.held:  # it may be any that is left
            return not left
        # What may as well stand at somebody else's gate uses up the time of none that comes.
        return left.isdisjoint(set(look.held) & set(look.sure)) and not left.issuperset(look.held)

    def is_late(self, look: Look) -> bool:
        """Whether a job has begun since: a time that ended meanwhile ended while nobody could
        answer.
        """
        return bool(self._since(look.begun))

    def has_news(self, look: Look) -> bool:
        """Whether one of its jobs was let in since it was last looked at there."""
        return bool(self._since(self.let_in(look.begun)))

    def seen(self, look: Look) -> Self:
        """The same gate after this look; its jobs are kept as soon as they are known."""
        return type(self)(jobs=self.jobs or look.held, begun=look.begun)

    def _since(self, begun: Iterable[str]) -> frozenset[str]:
        return frozenset(begun).difference(self.begun)
