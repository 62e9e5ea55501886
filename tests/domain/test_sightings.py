"""When an environment has drifted, and when a difference proves nothing."""

from datetime import timedelta

import pytest

from bot.domain.deployments.sightings import Sighting, after
from tests.domain.samples import NOON

BEFORE = Sighting(service="app", environment="production", at=NOON, told="v1.2.0", differs=2)


@pytest.mark.parametrize(
    ("told", "live", "is_busy", "differs"),
    [
        ("v1.1.0", "v1.2.0", False, 3),
        ("v1.2.0", "v1.2.0", False, 0),
        ("v1.1.0", "v1.2.0", True, 0),
        (None, "v1.2.0", False, 2),
        (None, "v1.2.0", True, 0),
        ("v1.1.0", "", False, 0),
    ],
)
def test_only_what_differs_with_nothing_under_way_counts(
    told: str | None, live: str, is_busy: bool, differs: int
) -> None:
    seen = after(BEFORE, told, live, is_busy=is_busy, at=NOON)
    assert seen.differs == differs
    assert seen.told == (told or "v1.2.0")
    assert seen.is_drift is (differs == 3)


SEEN = Sighting(
    service="app", environment="production", at=NOON, told="v1.2.0", samples=(90.0,) * 49 + (80.0,)
)


@pytest.mark.parametrize(
    ("told", "ms", "is_busy", "minutes", "samples"),
    [
        ("v1.2.0", 70.0, False, 1, (90.0,) * 48 + (80.0, 70.0)),
        (None, 70.0, False, 1, (90.0,) * 48 + (80.0, 70.0)),  # which tells no version
        (None, None, False, 1, SEEN.samples),
        ("v1.2.1", 70.0, False, 1, (70.0,)),
        ("v1.2.0", 70.0, True, 1, ()),
        ("v1.2.0", 70.0, False, 6, (70.0,)),
        ("v1.2.0", 70.0, False, -1, (70.0,)),
    ],
)
def test_how_fast_one_version_answers_with_nothing_under_way(
    told: str | None, ms: float | None, is_busy: bool, minutes: int, samples: tuple[float, ...]
) -> None:
    at = NOON + timedelta(minutes=minutes)
    assert after(SEEN, told, "v1.2.0", is_busy=is_busy, at=at, ms=ms).samples == samples
