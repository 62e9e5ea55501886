"""Incidents that several report, close or mend at once: the later is decided on what the earlier
left.
"""

from datetime import timedelta

import pytest

from bot.adapters.store import SqlStore
from bot.domain.deployments.states import Kind, State
from bot.domain.deployments.validation import Validation
from bot.domain.incidents.incidents import Severity
from bot.domain.incidents.incidents import State as Stands
from bot.domain.metrics.history import Closure
from bot.ports import Tx
from bot.services.incidents import incident_decisions
from tests.domain.samples import an_incident
from tests.store.overtaking import ANA, CONFIG, Operation, bots, declare, open_ones, overtaken, sees
from tests.store.samples import (
    START,
    HandClock,
    a_deployment,
    only_on_postgres,
)

__all__ = ["bots"]


@only_on_postgres
@pytest.mark.parametrize("severity", [Severity.OUTAGE, Severity.MINOR])
async def test_who_declares_is_told_of_what_is_opened_at_that_moment(
    bots: list[SqlStore], severity: Severity
) -> None:
    def declares(tx: Tx) -> list[str]:
        return declare(tx, severity)

    assert await overtaken(bots, declares, by=sees("down")) == ["INC-1"]
    assert await overtaken(bots, declares, by=declares) == ["INC-1", "INC-2", "INC-3"]


@only_on_postgres
async def test_a_monitor_joins_what_is_declared_at_that_moment(bots: list[SqlStore]) -> None:
    await overtaken(bots, sees("down"), by=declare)
    assert await open_ones(bots) == [("INC-1", ["incident:1"])]


@only_on_postgres
@pytest.mark.parametrize("is_up_first", [True, False])
async def test_a_rollback_restores_what_is_up_at_the_moment_in_which_it_ends(
    bots: list[SqlStore], clock: HandClock, is_up_first: bool
) -> None:
    await bots[0].run(
        lambda tx: tx.add(
            a_deployment(
                version="v1.2.0",
                state=State.SUCCEEDED,
                live_at=START - timedelta(minutes=30),
                settled_at=START - timedelta(minutes=20),
                healthy_at=START - timedelta(minutes=25),
            )
        )
    )
    await bots[0].run(sees("down"))
    now = clock.forward(minutes=5)
    back = await bots[0].run(
        lambda tx: tx.add(
            a_deployment(
                kind=Kind.ROLLBACK,
                version="v1.1.0",
                state=State.VALIDATING,
                rolls_back="D1",
                requested_at=now,
                live_at=now,
                healthy_at=now,
                run_id=7,
                validation=Validation(started_at=now),
            )
        )
    )
    clock.forward(minutes=1)

    def end(tx: Tx) -> None:
        tx.save(back, back.end(State.SUCCEEDED, tx.now, "succeeded", "well"))

    late, first = (end, sees("up")) if is_up_first else (sees("up"), end)
    await overtaken(bots, late, by=first)
    [incident] = await bots[0].read(lambda tx: tx.open_incidents())
    assert incident.state is Stands.RESTORED


@only_on_postgres
async def test_two_incidents_never_become_duplicates_of_each_other(bots: list[SqlStore]) -> None:
    def begin(tx: Tx) -> None:
        for monitor in ("kuma:1", "kuma:2"):
            tx.add_incident(an_incident(id=0, revision=0, source=monitor))

    await bots[0].run(begin)

    def of(incident: int, original: int) -> Operation:
        duplicate = Closure.DUPLICATE
        return lambda tx: incident_decisions.close(
            tx, CONFIG, incident, duplicate, "", ANA, original
        )

    assert await overtaken(bots, of(1, 2), by=of(2, 1)) == "original_closed"
    assert [name for name, _ in await open_ones(bots)] == ["INC-1"]
