"""Assessment: what all that was read of a deployment amounts to."""

from dataclasses import dataclass
from enum import StrEnum

from bot.domain.deployments.response_times import WHAT as RESPONSE_TIMES
from bot.domain.deployments.validation import CHECK, UNREAD, Outcome, Reading, Validation

COMPARED = frozenset({"error_rate", "issues", "logs", "uptime_kuma", RESPONSE_TIMES})
"""The readings that tell how the version does, besides pages; health tells that it is there."""


class Word(StrEnum):
    """One word for all of it."""

    PASS = "pass"
    WARN = "warn"
    FAIL = "fail"
    INSUFFICIENT = "insufficient"


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """The word, the readings that it rests on, and those of which nothing is known."""

    word: Word
    because: tuple[Reading, ...] = ()
    unread: tuple[Reading, ...] = ()


def assess(found: Validation) -> Assessment:
    """The worst reading counts; what was not read is never taken for good, and where nothing was
    compared the good ones are not enough.
    """
    unread = tuple(r for r in found.readings if r.outcome in UNREAD)
    for outcome, word in ((Outcome.BAD, Word.FAIL), (Outcome.DEGRADED, Word.WARN)):
        if because := tuple(r for r in found.readings if r.outcome is outcome):
            return Assessment(word=word, because=because, unread=unread)
    good = tuple(r for r in found.readings if _is_compared(r) and r.outcome is Outcome.OK)
    word = Word.PASS if good else Word.INSUFFICIENT
    return Assessment(word=word, because=good, unread=unread)


def _is_compared(reading: Reading) -> bool:
    return reading.what in COMPARED or reading.what.startswith(CHECK)
