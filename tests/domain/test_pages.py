"""Pages: who is woken, and what becomes of a page."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.incidents.incidents import Incident, Severity, State
from bot.domain.incidents.pages import Page, PageState, is_wanted, newest

NOW = datetime(2024, 3, 26, 14, 32, tzinfo=UTC)
LATER = NOW + timedelta(minutes=1)
BAD = (Severity.OUTAGE, Severity.MAJOR)
PAGE = Page(incident=7, pager="PagerDuty", raised_at=NOW, due_at=NOW)


def an_incident(severity: Severity = Severity.OUTAGE, drill: bool = False) -> Incident:
    return Incident(
        service="app",
        severity=severity,
        title="Down",
        impact="All",
        drill=drill,
        declared_by="U0ANA",
        declared_at=NOW,
        started_at=NOW,
    )


@pytest.mark.parametrize(
    ("incident", "wakes"),
    [
        (an_incident(), True),
        (an_incident(Severity.MAJOR), True),
        (an_incident(Severity.MODERATE), False),
        (an_incident(Severity.MINOR), False),
        (an_incident(drill=True), False),
        (an_incident().to(State.RESTORED, NOW), False),
        (an_incident().to(State.RESOLVED, NOW), False),
        (an_incident().to(State.CLOSED, NOW), False),
    ],
)
def test_who_is_woken(incident: Incident, wakes: bool) -> None:
    assert is_wanted(incident, BAD) is wakes


def test_the_key_is_the_same_for_every_pager_and_try_of_a_ringing() -> None:
    assert PAGE.begun(LATER).with_(pager="incident.io").key == PAGE.key == "incident:7"
    assert PAGE.anew(LATER, 2).key == "incident:7:2"


def test_a_try_may_have_arrived_until_it_is_known() -> None:
    begun = PAGE.begun(LATER)
    assert (begun.attempts, begun.lost, begun.due_at, begun.is_open) == (1, True, LATER, True)
    put_off = begun.put_off("503", LATER, lost=False)
    assert (put_off.state, put_off.lost) == (PageState.RETRYING, False)
    assert put_off.is_open and put_off.last_error == "503"
    failed = begun.failed("400")
    assert (failed.state, failed.due_at, failed.is_open) == (PageState.FAILED, None, False)


def test_what_was_accepted_is_watched_or_over() -> None:
    paged = PAGE.begun(LATER).accepted(LATER)
    assert (paged.state, paged.due_at, paged.lost) == (PageState.ACCEPTED, LATER, False)
    ended = paged.ended(LATER)
    assert (ended.state, ended.due_at, ended.raised_at) == (PageState.WAITING, LATER, NOW)
    over = ended.begun(LATER).accepted(LATER)
    assert (over.state, over.due_at) == (PageState.OVER, None)


def test_a_new_alarm_begins_anew() -> None:
    seen = PAGE.with_(state=PageState.ACKNOWLEDGED, by="bo", attempts=3, last_error="x")
    anew = seen.anew(LATER, 2)
    assert anew == PAGE.with_(raised_at=LATER, due_at=LATER, ringing=2)


def test_the_end_does_not_overtake_a_try_that_is_under_way() -> None:
    sent = PAGE.begun(LATER)
    assert sent.ended(NOW).due_at == LATER
    known = sent.put_off("503", LATER, lost=False)
    assert known.ended(NOW).due_at == NOW


def test_what_counts_is_the_last_ringing_of_each_pager() -> None:
    first, other = PAGE.with_(id=1), PAGE.with_(id=2, pager="incident.io")
    again = PAGE.anew(LATER, 2).with_(id=3)
    assert newest([again, first, other]) == (other, again)
