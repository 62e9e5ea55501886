"""Promise: by when the next update is due, who is reminded of it when, and whether it was kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum

NUDGE_BEFORE = timedelta(minutes=3)
SPEAK_AFTER = timedelta(minutes=2)

SELDOM = timedelta(hours=24)
"""So far apart is at most what nobody answers of an incident that can wait."""


class Call(IntEnum):
    """What is done about a promise, in the order in which it is."""

    NOTHING = 0
    NUDGE = 1
    MENTION = 2
    SPEAK = 3


def call(promised_at: datetime | None, asked: int, now: datetime) -> Call:
    """What is due now for a promise whose owner was `asked` so far.

    What is late is not caught up: a nudge after its promise, or a mention when the bot has to speak
    itself, would be one message more for nothing.
    """
    if promised_at is None:
        return Call.NOTHING
    if now >= promised_at + SPEAK_AFTER:
        return Call.SPEAK
    if now >= promised_at:
        return Call.MENTION if asked < Call.MENTION else Call.NOTHING
    if now >= promised_at - NUDGE_BEFORE:
        return Call.NUDGE if asked < Call.NUDGE else Call.NOTHING
    return Call.NOTHING


def next_call(promised_at: datetime | None, asked: int) -> datetime | None:
    """When something has to be done about it next."""
    if promised_at is None:
        return None
    if asked >= Call.MENTION:
        return promised_at + SPEAK_AFTER
    return promised_at if asked >= Call.NUDGE else promised_at - NUDGE_BEFORE


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """Something that was said, or put off, when `due_at` had been promised; by a person or by the
    bot.
    """

    at: datetime
    due_at: datetime
    by_person: bool
    is_snooze: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """How the promises of one incident fared; `late` is by how much those were that a person kept
    too late, the rest of what was not kept only the bot answered.
    """

    kept: int = 0
    made: int = 0
    late: tuple[timedelta, ...] = ()


def unanswered(words: Sequence[Word]) -> int:
    """How often in a row only the bot had a word to say, up to now."""
    count = 0
    for word in words:
        count = 0 if word.by_person else count + 1
    return count


def patient(pause: timedelta, unanswered: int) -> timedelta:
    """The pause of an incident that can wait: from the second time on that nobody answers twice as
    long as the last one, up to a day.
    """
    longer: int = 2 ** min(max(unanswered - 1, 0), 20)
    return max(pause, min(pause * longer, SELDOM))


def score(words: Sequence[Word]) -> Score:
    """Whether promises were kept, by what was said in order.

    A promise is kept by a person's update in time. One that the bot answered is answered by the
    next person's update, late; where the bot spoke again meanwhile, those are more broken promises.
    """
    kept = made = 0
    late: list[timedelta] = []
    broken: datetime | None = None  # the first one that nobody has answered yet
    for word in words:
        missed = word.at > word.due_at
        if not word.by_person or word.is_snooze:
            if missed or not word.by_person:
                made += 1
                broken = broken or word.due_at
        elif broken is not None:
            late.append(word.at - broken)
            broken = None
        else:
            made += 1
            if missed:
                late.append(word.at - word.due_at)
            else:
                kept += 1
    return Score(kept=kept, made=made, late=tuple(late))
