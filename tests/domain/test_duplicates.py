"""Duplicates: which incident takes over what the monitor of one goes on to report."""

import pytest

from bot.domain.incidents.detection import heir
from bot.domain.incidents.incidents import Incident, State
from tests.domain.detecting import BAD, HOUR, MILD, MINUTE, kumas, persons, restored
from tests.domain.samples import NOON

HEIRS: dict[str, tuple[Incident, list[Incident], Incident | None]] = {
    # name: (what is closed as a duplicate, open about its service, which takes its monitor over)
    "a milder one of a person": (kumas(), [kumas(), persons(MILD)], persons(MILD)),
    "one as bad of a person takes it in anyway": (
        kumas(),
        [persons(MILD), persons()],
        None,
    ),
    "one as bad of another monitor goes on": (
        kumas(),
        [persons(MILD), kumas(2, source="kuma:2")],
        None,
    ),
    "one as bad of another monitor is restored": (
        kumas(),
        [persons(MILD), restored(5, id=2, source="kuma:2")],
        None,
    ),
    "one as bad was restored before": (
        kumas(),
        [persons(MILD), restored(-5, id=2, started_at=NOON - HOUR)],
        persons(MILD),
    ),
    "a milder one of another monitor": (kumas(), [kumas(2, severity=MILD, source="kuma:2")], None),
    "a milder one that is restored": (kumas(), [persons(MILD).to(State.RESTORED, NOON)], None),
    "nothing else": (kumas(), [kumas()], None),
    "its monitor was up since": (kumas(up_at=NOON + MINUTE), [persons(MILD)], None),
    "people said restored": (restored(), [persons(MILD)], None),
    "what no monitor reported": (persons(id=7), [persons(MILD)], None),
    "it was lowered itself": (kumas(severity=MILD), [persons(MILD)], persons(MILD)),
}


@pytest.mark.parametrize("name", HEIRS)
def test_which_one_takes_over_what_the_monitor_of_a_duplicate_reports(name: str) -> None:
    duplicate, known, takes_over = HEIRS[name]
    assert heir(duplicate, known, BAD) == takes_over
