"""Detection: what DOWN and UP of a monitor mean for the incidents that are open."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.domain.incidents.detection import FLAPPING, Beat, Means, meaning
from bot.domain.incidents.incidents import Incident, State
from bot.domain.metrics.history import Closure
from tests.domain.detecting import BAD, HOUR, MILD, MINUTE, closed, kumas, persons, restored
from tests.domain.samples import NOON


def down(minutes: float) -> Beat:
    return Beat(monitor="1", name="app", status="down", text="", at=NOON + minutes * MINUTE)


GOES_ON = kumas()
WAS_UP = kumas(up_at=NOON + 30 * MINUTE)
LOWERED = kumas(severity=MILD)
LOWERED_UP = kumas(severity=MILD, up_at=NOON + 30 * MINUTE)
RESTORED = restored()

UP_BEFORE = restored(up_at=NOON + 28 * MINUTE)


def resolved(minutes: int = 30, later: int = 10, **more: Any) -> Incident:
    """Restored so long after noon, and resolved so much later."""
    return restored(minutes, **more).to(State.RESOLVED, NOON + (minutes + later) * MINUTE)


FALSE = closed(Closure.FALSE_POSITIVE)
DAY = 24 * 60

CASES: dict[str, tuple[float, list[Incident], float | None, Means, Incident | None]] = {
    # name: (minutes after noon, open, something new live then, what it means, about which)
    "nothing is open": (40, [], None, Means.OPENS, None),
    "another monitor's is": (40, [kumas(source="kuma:2")], None, Means.OPENS, None),
    "a milder one of a person is": (40, [persons(MILD)], None, Means.OPENS, None),
    "one as bad of a person is": (40, [persons()], None, Means.JOINS, persons()),
    "a person's is restored": (
        40,
        [persons().to(State.RESTORED, NOON)],
        None,
        Means.OPENS,
        None,
    ),
    "it goes on": (40, [GOES_ON], None, Means.COUNTS, GOES_ON),
    "it goes on for days": (4000, [GOES_ON], None, Means.COUNTS, GOES_ON),
    "it goes on beside a person's": (40, [persons(), GOES_ON], None, Means.COUNTS, GOES_ON),
    "it flaps": (40, [WAS_UP], None, Means.COUNTS, WAS_UP),
    "it was up for longer": (40.1, [WAS_UP], None, Means.RINGS, WAS_UP),
    "it was up for days": (4000, [WAS_UP], None, Means.RINGS, WAS_UP),
    "seen before UP": (29, [WAS_UP], None, Means.COUNTS, WAS_UP),
    "lowered": (40, [LOWERED], None, Means.IS_MILD, LOWERED),
    "lowered, and up since": (31, [LOWERED_UP], None, Means.RINGS, LOWERED_UP),
    "lowered, seen before UP": (29, [LOWERED_UP], None, Means.IS_MILD, LOWERED_UP),
    "just restored": (40, [RESTORED], None, Means.REOPENS, RESTORED),
    "just restored, new long live": (40, [RESTORED], -5, Means.REOPENS, RESTORED),
    "restored a while ago": (40.1, [RESTORED], None, Means.OPENS, RESTORED),
    "new since restored": (40, [RESTORED], 35, Means.OPENS, RESTORED),
    "restored by something new": (40, [RESTORED], 20, Means.OPENS, RESTORED),
    "what was new is known since it broke again": (
        40,
        [restored(again_at=NOON + 25 * MINUTE)],
        20,
        Means.REOPENS,
        restored(again_at=NOON + 25 * MINUTE),
    ),
    "seen before it was restored": (29, [RESTORED], None, Means.IS_LATE, RESTORED),
    "seen when it was restored": (30, [RESTORED], None, Means.IS_LATE, RESTORED),
    "restored, and a person's goes on": (40, [RESTORED, persons()], None, Means.JOINS, persons()),
    "restored, and a milder one goes on": (
        40,
        [RESTORED, persons(MILD)],
        None,
        Means.REOPENS,
        RESTORED,
    ),
    "seen after UP, and before it was restored": (29, [UP_BEFORE], None, Means.REOPENS, UP_BEFORE),
    "seen before UP, and before it was restored": (27, [UP_BEFORE], None, Means.IS_LATE, UP_BEFORE),
    "late, and a person's goes on": (29, [RESTORED, persons()], None, Means.IS_LATE, RESTORED),
    "restored, and another of it goes on": (
        400,
        [RESTORED, kumas(2)],
        None,
        Means.COUNTS,
        kumas(2),
    ),
    "two are restored": (
        100,
        [restored(60, id=3), restored(95, id=4), restored(50, id=9)],
        None,
        Means.REOPENS,
        restored(95, id=4),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_what_down_means(name: str) -> None:
    minutes, known, live, means, about = CASES[name]
    changed_at = None if live is None else NOON + live * MINUTE
    found = meaning(down(minutes), known, BAD, changed_at)
    assert (found.means, found.incident) == (means, about)


OVER: dict[str, tuple[float, bool, Incident, list[Incident], Means, Incident | None]] = {
    # name: (minutes after noon, repeated, the last that is over, open, what it means, about which)
    "seen before the end": (29, False, resolved(), [], Means.IS_LATE, resolved()),
    "seen at the end": (30, False, resolved(), [], Means.IS_LATE, resolved()),
    "between restored and resolved": (35, False, resolved(), [], Means.OPENS, None),
    "after it was resolved": (45, False, resolved(), [], Means.OPENS, None),
    "seen after UP, and before the end": (
        29,
        False,
        resolved(up_at=NOON + 28 * MINUTE),
        [],
        Means.OPENS,
        None,
    ),
    "late, while another of it goes on": (
        29,
        False,
        resolved(),
        [kumas(2)],
        Means.COUNTS,
        kumas(2),
    ),
    "late, while another of it is restored": (
        40,
        False,
        resolved(50),
        [restored(20, id=3)],
        Means.IS_LATE,
        resolved(50),
    ),
    "seen before it was closed": (29, False, FALSE, [], Means.IS_LATE, FALSE),
    "a false alarm goes on": (40, True, FALSE, [], Means.IS_JUDGED, FALSE),
    "an older one is restored": (40, True, FALSE, [restored(20, id=2)], Means.IS_JUDGED, FALSE),
    "a later one is restored": (
        45,
        True,
        FALSE,
        [restored(40, id=2)],
        Means.REOPENS,
        restored(40, id=2),
    ),
    "it goes on in what a person opened": (40, True, FALSE, [persons()], Means.JOINS, persons()),
    "it goes on for a day": (30 + DAY, True, FALSE, [], Means.IS_JUDGED, FALSE),
    "it goes on for longer": (31 + DAY, True, FALSE, [], Means.OPENS, None),
    "it is down anew after a false alarm": (40, False, FALSE, [], Means.OPENS, None),
    "it was up before the false alarm was closed": (
        40,
        True,
        closed(Closure.FALSE_POSITIVE, up_at=NOON + 20 * MINUTE),
        [],
        Means.OPENS,
        None,
    ),
    "it was seen before an UP that was heard first": (
        38,
        True,
        closed(Closure.FALSE_POSITIVE, up_at=NOON + 40 * MINUTE),
        [],
        Means.IS_JUDGED,
        closed(Closure.FALSE_POSITIVE, up_at=NOON + 40 * MINUTE),
    ),
    "what was real goes on": (45, True, closed(Closure.RESOLVED), [], Means.OPENS, None),
    "what was resolved goes on": (45, True, resolved(), [], Means.OPENS, None),
}


@pytest.mark.parametrize("name", OVER)
def test_what_down_means_after_the_end(name: str) -> None:
    minutes, repeats, over, known, means, about = OVER[name]
    found = meaning(replace(down(minutes), repeats=repeats), known, BAD, None, over)
    assert (found.means, found.incident) == (means, about)


def test_where_the_clock_was_set_back_the_end_that_is_to_come_hides_nothing() -> None:
    early = NOON + 20 * MINUTE
    for known, over in (([restored()], None), ([], resolved())):
        told = meaning(replace(down(20), heard_at=early), known, BAD, None, over)
        assert told.means in (Means.REOPENS, Means.OPENS)


def test_whoever_hears_of_it_hears_what_else_is_open() -> None:
    mild = persons(MILD)
    opened = meaning(down(4000), [RESTORED, mild], BAD, None)
    assert (opened.means, opened.incident, opened.others) == (Means.OPENS, RESTORED, (mild,))
    again = meaning(down(4000), [mild, WAS_UP], BAD, None)
    assert (again.means, again.others) == (Means.RINGS, (mild,))


@pytest.mark.parametrize(
    ("known", "means", "about"),
    [
        ([], Means.NOTHING, None),
        ([persons()], Means.NOTHING, None),
        ([GOES_ON], Means.PROPOSES, GOES_ON),
        ([RESTORED], Means.PROPOSES, RESTORED),
        ([RESTORED, kumas(2)], Means.PROPOSES, kumas(2)),
    ],
)
def test_what_up_means(known: list[Incident], means: Means, about: Incident | None) -> None:
    up = Beat(monitor="1", name="app", status="up", text="", at=NOON + HOUR)
    found = meaning(up, known, BAD, None)
    assert (found.means, found.incident) == (means, about)


@pytest.mark.parametrize(
    ("minutes", "known", "over", "is_kept"),
    [
        (40, [], FALSE, True),
        (40, [], closed(Closure.DUPLICATE), True),
        (29, [], FALSE, True),  # it was closed meanwhile
        (-1, [], FALSE, False),  # of before it broke
        (40, [], resolved(later=5), True),
        (40, [], closed(Closure.RESOLVED), False),
        (40, [], closed(Closure.EXTERNAL, up_at=NOON + MINUTE), False),
        (40, [kumas(2)], FALSE, False),
        (40, [restored(20, id=2)], FALSE, True),
    ],
)
def test_up_after_the_end_is_kept(
    minutes: float, known: list[Incident], over: Incident, is_kept: bool
) -> None:
    up = replace(down(minutes), status="up")
    assert meaning(up, known, BAD, None, over).is_up == (over if is_kept else None)


def test_up_is_kept_where_the_clock_was_set_back_since_it_broke() -> None:
    early = NOON - 20 * MINUTE
    up = replace(down(-20), status="up", heard_at=early)
    assert meaning(up, [], BAD, None, FALSE).is_up == FALSE


def test_the_documents_say_how_long_it_flaps() -> None:
    told = Path("docs/paging.md").read_text()
    assert told.count(f"{FLAPPING // MINUTE} minutes") == 2
