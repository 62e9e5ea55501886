"""History in the store: taken in whole, given out the same, and read as what it was."""

from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from bot.adapters.store import SqlStore
from bot.domain.deployments.changes import Commit
from bot.domain.deployments.deployments import Deployment, Ending
from bot.domain.deployments.states import Kind, State
from bot.domain.metrics.history import CauseState, Closure, Record, Result
from bot.ports import Tx
from bot.services.knowing.exchanging import Taken, Unfit, take_in
from tests.store.samples import START, a_deployment, an_incident, an_incident_record


def add(tx: Tx, deployment: Deployment) -> Deployment:
    return tx.add(deployment)


def read(tx: Tx, service: str) -> tuple[Record, ...]:
    return tx.records(service, "production")


AUTHORED = Commit(sha="c" * 40, authored_at=START, parents=2, title="Add feature X")


def a_record(**changes: Any) -> Record:
    known: dict[str, Any] = {
        "id": "old-1",
        "service": "app",
        "environment": "production",
        "version": "v1.0.0",
        "result": Result.SUCCESS,
        "requested_at": START,
    }
    return Record(**(known | changes))


FULL = a_record(
    kind=Kind.HOTFIX,
    bad=True,
    hold=True,
    live_at=START + timedelta(minutes=1),
    healthy_at=START + timedelta(minutes=2),
    rolls_back="old-2",
    for_incident="INC-1",
    requested_by="carl",
    approved_by=("ina",),
    commits=(AUTHORED,),
)


async def test_what_was_taken_in_comes_out_the_same(store: SqlStore) -> None:
    other = a_record(id="old-2", result=Result.ABORTED)
    incident = an_incident_record(
        cause="old-1",
        cause_state=CauseState.CONFIRMED,
        closure=Closure.RESOLVED,
        detected_at=START,
        resolved_at=START + timedelta(hours=1),
    )
    deployments, incidents = [(1, FULL), (2, other)], [(3, incident)]
    assert await store.run(lambda tx: take_in(tx, deployments, incidents)) == Taken(3, 0)
    assert await store.run(lambda tx: take_in(tx, deployments, incidents)) == Taken(0, 3)
    records, found = await store.read(lambda tx: tx.all_records())
    assert set(records) == {FULL, other}
    assert found == (incident,)


@pytest.mark.parametrize("result", Result)
async def test_every_end_is_kept_apart(store: SqlStore, result: Result) -> None:
    await store.run(lambda tx: tx.bring_in([a_record(result=result)], ()))
    records = await store.read(lambda tx: tx.records("app", "production"))
    assert [record.result for record in records] == [result]


async def test_a_number_in_a_name_is_the_rows_own(store: SqlStore) -> None:
    await store.run(lambda tx: tx.bring_in([a_record(id="D7"), a_record(id="x")], ()))
    new = await store.run(lambda tx: tx.add(a_deployment(state=State.SUCCEEDED)))
    records = await store.read(lambda tx: tx.records("app", "production"))
    assert [record.id for record in records] == ["D7", "x", new.name]
    assert new.id == 9  # 8 is x


async def test_whose_number_is_taken_keeps_its_name_beside_another(store: SqlStore) -> None:
    dry = await store.run(lambda tx: tx.add(a_deployment(dry_run=True, state=State.SUCCEEDED)))
    assert dry.name == "D1"  # as docs/install.md ends
    file = [a_record(id=name) for name in ("D1", "rel", "D2", "D007", "7", "D3")]
    back = a_record(id="D9", kind=Kind.ROLLBACK, rolls_back="D1")
    first = list(enumerate([*file[:2], back], 1))
    drill = an_incident(drill=True)
    drilled = await store.run(lambda tx: tx.add_incident(drill))
    told = [(4, an_incident_record(id=drilled.name, cause="D1"))]
    assert await store.run(lambda tx: take_in(tx, first, told)) == Taken(4, 0)
    every = list(enumerate([*file, back], 1))
    assert await store.run(lambda tx: take_in(tx, every, told)) == Taken(4, 4)
    assert await store.run(lambda tx: take_in(tx, every, told)) == Taken(0, 8)
    records, incidents = await store.read(lambda tx: tx.all_records())
    assert {one.id for one in records} == {one.id for one in (*file, back)}
    assert [one.id for one in incidents] == [drilled.name]

    for name in ("D1", "D2", "D007", "7", "D9"):
        found = await store.read(partial(named, name=name))
        assert found is not None and found.in_history == name
        assert found.id != dry.id
    assert await store.read(partial(named, name="D0007")) is None


def named(tx: Tx, name: str) -> Deployment | None:
    return tx.deployment_in_history(name)


async def test_what_is_under_way_has_its_number(store: SqlStore) -> None:
    added = await store.run(lambda tx: tx.add(a_deployment(state=State.AWAITING_APPROVAL)))
    with pytest.raises(Unfit, match="line 1: D1 is another deployment here, that is under way"):
        await store.run(lambda tx: take_in(tx, [(1, a_record(id=added.name))], ()))


async def test_what_has_not_touched_its_environment_is_no_history(store: SqlStore) -> None:
    ends = {
        State.REQUESTED: (),
        State.AWAITING_APPROVAL: (),
        State.APPROVED: (),
        State.RUNNING: (None,),
        State.NEEDS_ATTENTION: (None,),
        State.DEGRADED: (Result.FAILURE,),
        State.SUCCEEDED: (Result.SUCCESS,),
    }
    for state, results in ends.items():
        service = f"of-{state}"
        added = a_deployment(service=service, state=state)
        await store.run(partial(add, deployment=added))
        records = await store.read(partial(read, service=service))
        assert tuple(record.result for record in records) == results, state


async def test_the_end_of_a_cancelled_one_is_told_by_its_reason(store: SqlStore) -> None:
    for code in ("aborted", "cancelled"):
        ending = Ending(code=code, text="Stopped")
        added = a_deployment(service=code, state=State.CANCELLED, ending=ending)
        await store.run(partial(add, deployment=added))
        records = await store.read(partial(read, service=code))
        assert [str(record.result) for record in records] == [code]


@pytest.mark.parametrize(
    ("records", "incidents", "told"),
    [
        ([a_record(rolls_back="gone")], [], "line 1: there is no deployment gone to roll back"),
        ([a_record(rolls_back="old-1")], [], "line 1: it rolls back itself"),
        ([a_record(for_incident="gone")], [], "line 1: there is no incident gone"),
        (
            [],
            [an_incident_record(cause="gone", cause_state=CauseState.CONFIRMED)],
            "line 1: there is no deployment gone to be its cause",
        ),
        (
            [a_record(), a_record(version="v2.0.0")],
            [],
            "line 2: old-1 is known already, with other content",
        ),
    ],
)
async def test_what_does_not_fit_is_refused_whole(
    store: SqlStore, records: list[Record], incidents: list[Any], told: str
) -> None:
    with pytest.raises(Unfit) as refused:
        await store.run(
            lambda tx: take_in(tx, list(enumerate(records, 1)), list(enumerate(incidents, 1)))
        )
    assert refused.value.problems == (told,)
    assert await store.read(lambda tx: tx.all_records()) == ((), ())


async def test_a_reference_may_point_at_what_is_kept_already(store: SqlStore) -> None:
    await store.run(lambda tx: take_in(tx, [(1, a_record())], ()))
    later = a_record(id="later", rolls_back="old-1", kind=Kind.ROLLBACK)
    assert (await store.run(lambda tx: take_in(tx, [(1, later)], ()))).new == 1
