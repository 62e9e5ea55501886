"""The digest promises charts only where there will be some."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.metrics.measures import measure
from bot.domain.metrics.metrics import Window
from bot.messages.knowing.metrics import Measured, digest

END = datetime(2024, 4, 1, tzinfo=UTC)
WEEK = Window(start=END - timedelta(days=7), end=END, as_of=END)


@pytest.mark.parametrize(
    ("environments", "small"),
    [
        (("production", "staging"), "charts in the thread · audit trail sealed up to `5f3c`"),
        (("staging",), "audit trail sealed up to `5f3c`"),
    ],
)
def test_charts_are_of_production(environments: tuple[str, ...], small: str) -> None:
    histories = {"production": (), "staging": ()}
    measured = [
        Measured(service="app", environment=one, found=measure(histories, (), one, WEEK))
        for one in environments
    ]
    told = digest(measured, "5f3c", 0).blocks[-1]
    assert told["elements"][0]["text"] == small
    assert (digest(measured, "", 0).blocks[-1]["type"] == "context") is (len(environments) == 2)
