"""A rehearsal is open only where every place said yes, and is asked for again in time."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.deployments.migrations import Migration
from bot.domain.rollbacks.rehearsal import ASKS_AGAIN, KEEPS, Place, Rehearsal
from tests.domain.samples import NOON

YES = Place(name="web", kind="vercel", possible=True, takes=timedelta(seconds=20))
NO = Place(name="api", kind="do_app_platform", possible=False, text="its app is pinned")
SILENT = Place(name="web-1", kind="docker_ssh", possible=None, text="no answer within 10 s")
FOUND = Rehearsal(at=NOON, version="v1.2.0", ran_as="D1", places=(YES,))


@pytest.mark.parametrize(
    ("places", "is_open"),
    [((YES,), True), ((YES, NO), False), ((YES, SILENT), False), ((), True)],
)
def test_one_place_that_cannot_or_says_nothing_closes_the_way(
    places: tuple[Place, ...], is_open: bool
) -> None:
    found = replace(FOUND, places=places)
    assert found.is_open is is_open
    assert not replace(found, version="").is_open
    assert set(found.closed) | set(found.silent) == {p for p in places if not p.possible}


@pytest.mark.parametrize(
    ("found", "pause"),
    [
        (FOUND, KEEPS),
        (replace(FOUND, places=(NO,)), ASKS_AGAIN),
        (replace(FOUND, places=(SILENT,)), ASKS_AGAIN),
        (replace(FOUND, unread="github: HTTP 502"), ASKS_AGAIN),
        (Rehearsal(at=NOON), ASKS_AGAIN),
    ],
)
def test_what_is_not_sure_is_asked_sooner(found: Rehearsal, pause: timedelta) -> None:
    assert found.due_at == NOON + pause


def test_what_has_no_way_down_or_may_have_none_is_not_reversible() -> None:
    down, none, unknown = (
        Migration(path=f"migrations/{number}.sql", has_down=has_down)
        for number, has_down in enumerate((True, False, None))
    )
    assert replace(FOUND, migrations=(down, none, unknown)).irreversible == (none, unknown)
    assert replace(FOUND, migrations=None).irreversible == ()


def test_the_time_is_the_sum_of_all_places_or_not_known() -> None:
    second = replace(YES, name="api", takes=timedelta(seconds=30))
    assert replace(FOUND, places=(YES, second)).takes == timedelta(seconds=50)
    assert replace(FOUND, places=(YES, NO)).takes is None
    assert replace(FOUND, places=()).takes is None
