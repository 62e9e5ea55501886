"""Promises: who is reminded when, and which were kept."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.incidents.promise import (
    Call,
    Score,
    Word,
    call,
    next_call,
    patient,
    score,
    unanswered,
)
from bot.domain.incidents.timeline import Event, What, in_order, words
from tests.domain.samples import NOON

MINUTE = timedelta(minutes=1)
DUE = NOON + 15 * MINUTE


@pytest.mark.parametrize(
    ("minute", "asked", "does"),
    [
        (11, 0, Call.NOTHING),
        (12, 0, Call.NUDGE),
        (12, 1, Call.NOTHING),
        (15, 0, Call.MENTION),
        (15, 1, Call.MENTION),
        (16, 2, Call.NOTHING),
        (17, 2, Call.SPEAK),
        (17, 0, Call.SPEAK),
        (999, 1, Call.SPEAK),
    ],
)
def test_what_is_done_when(minute: int, asked: int, does: Call) -> None:
    assert call(DUE, asked, NOON + minute * MINUTE) is does


def test_nothing_is_promised_when_it_is_over() -> None:
    assert call(None, 0, NOON) is Call.NOTHING
    assert next_call(None, 0) is None


@given(st.integers(0, 2), st.integers(0, 40))
def test_something_is_done_exactly_when_it_was_due(asked: int, minute: int) -> None:
    at = next_call(DUE, asked)
    assert at is not None
    is_due = NOON + minute * MINUTE >= at
    assert (call(DUE, asked, NOON + minute * MINUTE) is not Call.NOTHING) == is_due


def said(minute: float, due: float, *, person: bool = True, snooze: bool = False) -> Word:
    at, due_at = NOON + minute * MINUTE, NOON + due * MINUTE
    return Word(at=at, due_at=due_at, by_person=person, is_snooze=snooze)


@pytest.mark.parametrize(
    ("times", "hours"), [(0, 1), (1, 1), (2, 2), (3, 4), (5, 16), (6, 24), (99, 24)]
)
def test_what_can_wait_is_asked_about_less_and_less(times: int, hours: int) -> None:
    assert patient(timedelta(hours=1), times) == timedelta(hours=hours)
    assert patient(timedelta(hours=30), times) == timedelta(hours=30)  # as the team wants it


def test_what_nobody_answers_is_counted_from_a_persons_last_word() -> None:
    silence = [said(17, 15, person=False), said(34, 32, person=False)]
    assert unanswered([]) == unanswered([*silence, said(40, 49)]) == 0
    assert unanswered([said(14, 15), *silence]) == 2
    assert unanswered([*silence, said(40, 49, snooze=True), *silence[:1]]) == 1


@pytest.mark.parametrize(
    ("told", "found"),
    [
        ([], Score()),
        ([said(14, 15)], Score(kept=1, made=1)),
        ([said(15, 15)], Score(kept=1, made=1)),
        ([said(16, 15)], Score(made=1, late=(MINUTE,))),
        ([said(17, 15, person=False)], Score(made=1)),
        (
            # 14:46, the bot at 15:03, 15:05, 15:14, and resolved at 15:20
            [
                said(14, 15),
                said(31, 29, person=False),
                said(33, 46),
                said(42, 48),
                said(48, 57),
            ],
            Score(kept=3, made=4, late=(4 * MINUTE,)),
        ),
        (
            [said(17, 15, person=False), said(34, 32, person=False), said(35, 49)],
            Score(made=2, late=(20 * MINUTE,)),
        ),
        ([said(10, 15, snooze=True), said(20, 25)], Score(kept=1, made=1)),
        ([said(16, 15, snooze=True), said(20, 31)], Score(made=1, late=(5 * MINUTE,))),
    ],
)
def test_which_were_kept(told: list[Word], found: Score) -> None:
    assert score(told) == found


def event(number: int, minute: float, what: What = What.EVENT, **more: object) -> Event:
    facts: dict[str, object] = {
        "id": number,
        "incident": 7,
        "occurred_at": NOON + minute * MINUTE,
        "recorded_at": NOON + 60 * MINUTE,
        "what": what,
        "by": "U0ANA",
        "text": f"event {number}",
    }
    return Event(**(facts | more))  # type: ignore[arg-type]


def test_entries_stand_where_they_happened() -> None:
    found = in_order([event(1, 10), event(2, 5), event(3, 60), event(4, 10)])
    assert [e.id for e in found] == [2, 1, 4, 3]
    assert [e.is_late for e in found] == [True, True, True, False]


def test_a_message_is_followed() -> None:
    pinned = event(1, 10, What.NOTE, source="C1:1.1", text="the proxy")
    other = event(2, 11, What.NOTE, source="C1:2.2", text="the disk")
    edited = event(3, 30, What.EDITED, source="C1:1.1", text="the cache")
    deleted = event(4, 40, What.DELETED, source="C1:2.2", text="")
    stray = event(5, 41, What.EDITED, source="C1:9.9", text="?")
    first, second = in_order([pinned, other, edited, deleted, stray])
    assert (first.text, first.is_edited, first.occurred_at) == (
        "the cache",
        True,
        pinned.occurred_at,
    )
    assert (second.text, second.is_deleted) == ("the disk", True)


def test_only_what_was_said_to_people_counts() -> None:
    told = words(
        [
            event(1, 0),
            event(2, 10, What.UPDATE, due_at=DUE),
            event(3, 20, What.NO_NEWS, due_at=DUE),
            event(4, 30, What.SNOOZE, due_at=DUE),
            event(5, 40, What.UPDATE),
        ]
    )
    assert [(w.by_person, w.is_snooze) for w in told] == [
        (True, False),
        (False, False),
        (True, True),
    ]
