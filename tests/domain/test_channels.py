"""The channel of an incident: what it is called, and how long people wait for it."""

from datetime import timedelta

import pytest

from bot.domain.incidents.channels import OwnChannel, names
from tests.domain.samples import NOON, an_incident


@pytest.mark.parametrize(
    ("title", "first", "second"),
    [
        (
            "Service outage detected",
            "inc-7-service-outage-detected",
            "inc-7-service-outage-detected-20240326-1200",
        ),
        ("Müller & Söhne: 500!", "inc-7-muller-sohne-500", "inc-7-muller-sohne-500-20240326-1200"),
        ("大規模障害", "inc-7", "inc-7-20240326-1200"),
        ("x" * 200, f"inc-7-{'x' * 74}", f"inc-7-{'x' * 60}-20240326-1200"),
        ("-" * 90 + "end", "inc-7-end", "inc-7-end-20240326-1200"),
    ],
)
def test_its_name_is_one_that_slack_takes(title: str, first: str, second: str) -> None:
    assert names(an_incident(title=title)) == (first, second)
    assert len(second) <= 80


@pytest.mark.parametrize(("seconds", "late"), [(0, False), (29, False), (30, True), (-1, True)])
def test_nobody_waits_for_it_longer_than_half_a_minute(seconds: int, late: bool) -> None:
    wanted = OwnChannel(incident=7, name="inc-7", wanted_at=NOON, due_at=NOON)
    assert wanted.is_late(NOON + timedelta(seconds=seconds)) is late
