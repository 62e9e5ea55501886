"""The newest reading of a kind counts, and what was bad never passes unread."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.deployments.validation import (
    KUMA,
    Judgement,
    Outcome,
    Reading,
    Rule,
    Validation,
)
from tests.domain.samples import NOON
from tests.domain.validations import GOING_ON, GOOD, MINUTE, PASSED, RULE, after, judged, smoke


def test_the_newest_reading_of_a_kind_is_the_one_that_counts() -> None:
    found = Validation(started_at=NOON).having(smoke(Outcome.BAD)).having(smoke(Outcome.OK))
    assert found.readings == (replace(smoke(Outcome.OK), since=NOON),)
    assert found.reading("smoke") == found.readings[0]


def test_since_when_it_is_well_is_known() -> None:
    def kuma(minute: int, outcome: Outcome) -> Reading:
        return Reading(what=KUMA, outcome=outcome, text="", at=NOON + minute * MINUTE)

    found = Validation(started_at=NOON)
    times = []
    for minute, outcome in enumerate(
        [Outcome.NO_DATA, Outcome.OK, Outcome.UNKNOWN, Outcome.OK, Outcome.BAD, Outcome.OK]
    ):
        found = found.having(kuma(minute, outcome))
        times.append(found.readings[0].since)
    assert times == [None, *[NOON + MINUTE] * 3, None, NOON + 5 * MINUTE]
    assert found.reading("health") is None


def test_what_is_bad_counts_the_second_time_in_a_row() -> None:
    def read(outcome: Outcome) -> Reading:
        return Reading(what="error_rate", outcome=outcome, text="3.2 %", at=NOON)

    first = read(Outcome.BAD).confirmed(None)
    assert (first.outcome, first.text) == (Outcome.DEGRADED, "3.2 %, looking again")
    assert read(Outcome.BAD).confirmed(first) == read(Outcome.BAD)
    good = read(Outcome.OK).confirmed(first)
    assert good == read(Outcome.OK)
    assert read(Outcome.BAD).confirmed(good) == first
    assert read(Outcome.BAD).confirmed(read(Outcome.BAD)) == read(Outcome.BAD)
    assert read(Outcome.BAD).sentence == "Error rate: 3.2 %"


@pytest.mark.parametrize(
    "rule", [RULE, Rule(has_health=True, bake=timedelta()), Rule(has_health=False)]
)
def test_what_was_bad_in_the_last_look_is_looked_at_again_before_it_passes(rule: Rule) -> None:
    def read(outcome: Outcome) -> Reading:
        return Reading(what="error_rate", outcome=outcome, text="3.2 %", at=NOON + 11 * MINUTE)

    first = read(Outcome.BAD).confirmed(None)
    found = after(*(GOOD,) * 3).having(first)
    assert judged(found, 11, rule) == judged(found, 12, rule) == GOING_ON
    assert judged(found.having(read(Outcome.OK).confirmed(first)), 12, rule) == PASSED
    bad = found.having(read(Outcome.BAD).confirmed(first))
    assert judged(bad, 12, rule) == (Judgement.FAILED, "Error rate: 3.2 %")


@pytest.mark.parametrize("unread", [Outcome.UNKNOWN, Outcome.NO_DATA])
@pytest.mark.parametrize("rule", [RULE, Rule(has_health=True, bake=timedelta())])
def test_what_was_bad_and_cannot_be_read_since_never_passes(unread: Outcome, rule: Rule) -> None:
    def read(outcome: Outcome, minute: float, text: str) -> Reading:
        return Reading(what="error_rate", outcome=outcome, text=text, at=NOON + minute * MINUTE)

    bad = read(Outcome.BAD, 11, "3.2 %").confirmed(None)
    once, twice = (read(unread, minute, "no answer").confirmed(bad) for minute in (12, 13))
    for kept in (once, twice, twice.confirmed(once)):
        assert (kept.outcome, kept.text) == (Outcome.DEGRADED, "3.2 %, looking again (no answer)")
    found = after(*(GOOD,) * 3)
    assert judged(found.having(twice), 15, rule) == GOING_ON
    why = "Error rate: 3.2 %, and nothing is known of the 5 min since"
    assert judged(found.having(twice), 16, rule) == (Judgement.FAILED, f"{why} (no answer)")
    assert judged(found.having(bad), 16, rule) == (Judgement.FAILED, why)
    assert judged(found.having(read(Outcome.OK, 14, "0.4 %").confirmed(twice)), 15, rule) == PASSED
    assert read(Outcome.BAD, 14, "3 %").confirmed(twice) == read(Outcome.BAD, 14, "3 %")


@pytest.mark.parametrize(
    ("logs", "issues", "told"),
    [
        (None, None, None),
        (Outcome.OK, None, "logs"),
        (None, Outcome.OK, "issues"),
        (Outcome.OK, Outcome.OK, "logs"),
        (Outcome.OK, Outcome.DEGRADED, "issues"),
        (Outcome.OK, Outcome.UNKNOWN, "issues"),
        (Outcome.DEGRADED, Outcome.BAD, "logs"),
    ],
)
def test_no_errors_is_said_only_where_neither_log_nor_tracker_is_against_it(
    logs: Outcome | None, issues: Outcome | None, told: str | None
) -> None:
    read = [
        Reading(what=what, outcome=outcome, text="", at=NOON)
        for what, outcome in (("logs", logs), ("issues", issues))
        if outcome is not None
    ]
    found = Validation(started_at=NOON).having(*read).errors
    assert (found.what if found else None) == told
