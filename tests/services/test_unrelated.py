"""What belongs to another service changes none of a service's numbers."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.adapters.clocks import SystemClock
from bot.adapters.store import SqlStore
from bot.domain.deployments.states import Kind
from bot.domain.metrics.history import CauseState, IncidentRecord, Record, Result
from bot.domain.metrics.metrics import Window
from bot.messages.knowing.figures import as_plain
from bot.ports import Tx
from bot.services.knowing.measuring import measure
from tests.services.database import Memory

MARCH = datetime(2024, 3, 1, tzinfo=UTC)
WINDOW = Window(
    start=MARCH, end=MARCH + timedelta(days=31), as_of=MARCH + timedelta(days=31, hours=1)
)

Known = tuple[list[Record], list[IncidentRecord]]


def at(day: float, minutes: float = 0) -> datetime:
    return MARCH + timedelta(days=day, minutes=minutes)


@st.composite
def histories(draw: st.DrawFn, service: str) -> Known:
    """Deployments and incidents of one service; its versions and times may be those of others."""
    names = [f"{service}-{number}" for number in range(draw(st.integers(1, 6)))]
    records = []
    for name in names:
        live = draw(st.none() | st.floats(-3, 34))
        records.append(
            Record(
                id=name,
                service=service,
                environment=draw(st.sampled_from(["production", "staging"])),
                version=draw(st.sampled_from(["v1.0.0", "v1.1.0", "v1.2.0"])),
                kind=draw(st.sampled_from(Kind)),
                result=draw(st.sampled_from(Result)),
                requested_at=at(live or 0, -5),
                live_at=None if live is None else at(live),
                healthy_at=None if live is None else at(live, 2),
                rolls_back=draw(st.none() | st.sampled_from(names)),
            )
        )
    incidents = []
    for number in range(draw(st.integers(0, 3))):
        started = draw(st.floats(-2, 33))
        cause = draw(st.none() | st.sampled_from(names))
        state = draw(st.sampled_from([CauseState.CONFIRMED, CauseState.SUSPECTED]))
        incidents.append(
            IncidentRecord(
                id=f"INC-{service}-{number}",
                service=service,
                severity="outage",
                title="down",
                started_at=at(started),
                declared_at=at(started, 2),
                restored_at=draw(st.none() | st.just(at(started, draw(st.integers(2, 300))))),
                cause=cause,
                cause_state=state if cause else CauseState.NONE,
            )
        )
    return records, incidents


@settings(max_examples=40, deadline=None)
@given(ours=histories("app"), others=histories("web"))
def test_what_is_of_another_service_changes_no_number(
    migrated: Path, ours: Known, others: Known
) -> None:
    asyncio.run(_compare(migrated, ours, others))


async def _compare(migrated: Path, ours: Known, others: Known) -> None:
    store = SqlStore(Memory(migrated), SystemClock())

    def numbers(tx: Tx) -> list[Any]:
        return [as_plain(measure(tx, "app", one, WINDOW)) for one in ("production", "staging")]

    try:
        await store.run(lambda tx: tx.bring_in(*ours))
        before = await store.read(numbers)
        await store.run(lambda tx: tx.bring_in(*others))
        assert await store.read(numbers) == before
    finally:
        await store.close()
