"""What was read amounts to pass, warn, fail, or too little to say."""

import pytest

from bot.domain.deployments.assessments import assess
from bot.domain.deployments.validation import Outcome, Reading, Validation
from tests.domain.samples import NOON

OK, WARN, BAD = Outcome.OK, Outcome.DEGRADED, Outcome.BAD
NO_DATA, UNKNOWN = Outcome.NO_DATA, Outcome.UNKNOWN


@pytest.mark.parametrize(
    ("read", "word", "because", "unread"),
    [
        ({}, "insufficient", "", ""),
        ({"health": OK, "smoke": OK}, "insufficient", "", ""),
        ({"health": OK, "response_times": OK}, "pass", "response_times", ""),
        ({"check_login": OK}, "pass", "check_login", ""),
        ({"error_rate": NO_DATA, "health": OK}, "insufficient", "", "error_rate"),
        ({"error_rate": UNKNOWN, "issues": OK}, "pass", "issues", "error_rate"),
        ({"error_rate": WARN, "issues": OK}, "warn", "error_rate", ""),
        ({"error_rate": WARN, "issues": BAD, "logs": UNKNOWN}, "fail", "issues", "logs"),
        ({"health": BAD, "response_times": OK}, "fail", "health", ""),
    ],
)
def test_the_worst_counts_and_what_was_not_read_never_passes(
    read: dict[str, Outcome], word: str, because: str, unread: str
) -> None:
    readings = tuple(Reading(what=w, outcome=o, text="x", at=NOON) for w, o in read.items())
    found = assess(Validation(started_at=NOON, readings=readings))
    assert found.word == word
    assert " ".join(r.what for r in found.because) == because
    assert " ".join(r.what for r in found.unread) == unread
