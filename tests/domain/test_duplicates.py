"""Duplicates: what a monitor repeats of one counts as known while what it is one of goes on."""

import pytest

from bot.domain.incidents.detection import Beat, Means, meaning
from bot.domain.incidents.incidents import Incident, State
from bot.domain.metrics.history import Closure
from tests.domain.detecting import BAD, MILD, MINUTE, closed, kumas, persons, restored
from tests.domain.samples import NOON

DUPLICATE = closed(Closure.DUPLICATE, duplicate_of=9)
OTHERS = kumas(2, source="kuma:2")
TOOK_IN = restored(40, id=2, declared_by="U0ANA")
ELSEWHERE = persons(id=9, service="web")
DAY = 24 * 60

CASES: dict[str, tuple[float, list[Incident], Incident | None, Means, Incident | None]] = {
    # name: (minutes after noon, open about its service, what it is one of, what it means, of which)
    "it goes on": (40, [OTHERS], OTHERS, Means.IS_JUDGED, DUPLICATE),
    "it is of another service": (40, [], ELSEWHERE, Means.IS_JUDGED, DUPLICATE),
    "it is milder": (40, [persons(MILD)], persons(MILD), Means.IS_JUDGED, DUPLICATE),
    "it goes on for longer": (31 + DAY, [persons(MILD)], persons(MILD), Means.OPENS, None),
    "it is restored": (40, [], ELSEWHERE.to(State.RESTORED, NOON), Means.OPENS, None),
    "it is over, and something milder goes on": (
        40,
        [persons(MILD)],
        ELSEWHERE.to(State.RESOLVED, NOON),
        Means.OPENS,
        None,
    ),
    "it is over, and another monitor's goes on": (
        40,
        [OTHERS],
        ELSEWHERE.to(State.RESTORED, NOON),
        Means.OPENS,
        None,
    ),
    "nobody said what, and something milder goes on": (
        40,
        [persons(MILD)],
        None,
        Means.OPENS,
        None,
    ),
    "nobody said what, and another monitor's goes on": (40, [OTHERS], None, Means.OPENS, None),
    "it is as bad, and a person's": (40, [persons()], persons(), Means.JOINS, persons()),
    "it took it in, and is restored": (45, [TOOK_IN], TOOK_IN, Means.REOPENS, TOOK_IN),
    "it took it in, and was restored earlier": (55, [TOOK_IN], TOOK_IN, Means.OPENS, TOOK_IN),
    "another took it in, and is restored": (
        45,
        [TOOK_IN, OTHERS],
        OTHERS,
        Means.REOPENS,
        TOOK_IN,
    ),
}


def repeated(minutes: float) -> Beat:
    at = NOON + minutes * MINUTE
    return Beat(monitor="1", name="app", status="down", text="", at=at, repeats=True)


@pytest.mark.parametrize("name", CASES)
def test_what_is_repeated_of_a_duplicate_means(name: str) -> None:
    minutes, known, original, means, about = CASES[name]
    found = meaning(repeated(minutes), known, BAD, None, DUPLICATE, original)
    assert (found.means, found.incident) == (means, about)


def test_what_is_down_after_a_duplicate_was_up_is_news() -> None:
    was_up = closed(Closure.DUPLICATE, up_at=NOON + 35 * MINUTE)
    found = meaning(repeated(40), [], BAD, None, was_up, ELSEWHERE)
    assert found.means is Means.OPENS
