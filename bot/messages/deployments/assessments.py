"""Assessments: in one line what all that was read amounts to."""

from collections.abc import Sequence

from bot.domain.deployments.assessments import Word, assess
from bot.domain.deployments.validation import TITLES, Reading, Validation
from bot.messages import blocks as b


def line(found: Validation) -> str:
    """The word, what it rests on, and what nobody knows."""
    judged = assess(found)
    text = f"Judgement: *{judged.word}*"
    if judged.word is Word.INSUFFICIENT:
        text += ", nothing could be compared"
    else:
        text += f" by {_named(judged.because)}"
    return f"{text}; not known: {_named(judged.unread)}" if judged.unread else text


def of(reading: Reading) -> str:
    """What a reading is about, as people read it."""
    return b.line(TITLES.get(reading.what) or reading.what.replace("_", " ").capitalize(), 80)


def _named(readings: Sequence[Reading]) -> str:
    return ", ".join(map(of, readings))
