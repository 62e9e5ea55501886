"""Whatever people press and tell about two incidents, their monitors report and a rollback does, in
whatever order, however late and by whatever clock: the rules of `outages.py` hold.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.domain.incidents.incidents import Severity
from bot.domain.metrics.history import Closure
from tests.services.incidents import a_team
from tests.services.outage_rules import CLOCKS, GOES_ON
from tests.services.outages import SERVICES, Act, Outages
from tests.services.team import PEOPLE

SERVICE = st.sampled_from(SERVICES)
PERSON = st.sampled_from(["dee", "dee", "dee", *sorted(PEOPLE)])  # she may do all of it
FIELDS = st.dictionaries(st.sampled_from(CLOCKS), st.integers(-300, 5), min_size=1, max_size=2)
EDIT = st.tuples(FIELDS, st.none() | st.sampled_from(Severity))


def acts(what: str, detail: st.SearchStrategy[Any] | None = None) -> st.SearchStrategy[Act]:
    return st.tuples(st.just(what), SERVICE, PERSON, st.none() if detail is None else detail)


ACTS = st.one_of(
    acts("passes", st.integers(1, 200)),
    acts("set back", st.integers(1, 9)),
    acts("set back", st.integers(10, 90)),
    acts("tells", st.sampled_from(GOES_ON)),
    *(acts(what) for what in ("restored", "restored", "resolve", "resolve", "reopen")),
    acts("snooze"),
    acts("assign"),
    acts("close", st.sampled_from(Closure)),
    acts("edit", EDIT),
    acts("down"),
    acts("up"),
    acts("repeats"),
    acts("comes twice"),
    acts("comes late", st.integers(1, 40)),
    acts("rolls back", st.booleans()),
)


def dees(*told: str | tuple[str, Any]) -> list[Act]:
    """What she does about app, and what its monitor reports."""
    each = ((one, None) if isinstance(one, str) else one for one in told)
    return [(what, "app", "dee", detail) for what, detail in each]


FALSE = ("close", Closure.FALSE_POSITIVE)
TWIN_GOES_ON = dees("restored", "down", ("close", Closure.DUPLICATE), "repeats")
REAL_AFTER_FALSE = dees("down", FALSE, "down", "restored", ("passes", 5), "repeats")
REAL_AFTER_UP = dees("down", FALSE, "repeats", "up", ("passes", 200), "repeats")
JUDGED_AFTER_UP = dees("down", "resolve", "up", FALSE, ("passes", 200), "repeats")


@settings(max_examples=30)
@example(TWIN_GOES_ON)
@example(REAL_AFTER_FALSE)
@example(REAL_AFTER_UP)
@example(JUDGED_AFTER_UP)
@given(st.lists(ACTS, min_size=8, max_size=30))
def test_any_order_of_clicks_reports_and_rollbacks(migrated: Path, told: list[Act]) -> None:
    asyncio.run(_told(migrated, told))


async def _told(migrated: Path, told: list[Act]) -> None:
    async with a_team(migrated) as team:
        outages = Outages(team)
        await outages.begin()
        for act in told:
            await outages.does(act)
