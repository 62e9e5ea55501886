"""A deployment is kept as it is, changed by one at a time, and found by what it is doing."""

from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, datetime, timedelta, timezone
from enum import Enum
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.adapters.store import SqlStore, tables
from bot.domain.deployments.deployments import Deployment
from bot.domain.deployments.runs import Dispatch
from bot.domain.deployments.states import State
from bot.ports import Stale, Tx
from tests.store.samples import CHECKED, START, HandClock, Undo, a_deployment

ZONES = st.sampled_from([UTC, timezone(timedelta(hours=5, minutes=30))])
PLAIN = st.characters(exclude_categories=["Cs"], exclude_characters="\0")


def any_value(kind: Any) -> st.SearchStrategy[Any]:
    """Any value of a type that deployments are made of."""
    if is_dataclass(kind) and isinstance(kind, type):
        hints = get_type_hints(kind)
        parts = {field.name: any_value(hints[field.name]) for field in fields(kind)}
        return st.builds(kind, **parts)
    if isinstance(kind, UnionType):
        return st.one_of(*map(any_value, get_args(kind)))
    if get_origin(kind) is tuple:
        return st.lists(any_value(get_args(kind)[0]), max_size=2).map(tuple)
    if get_origin(kind) is dict:
        return st.dictionaries(*map(any_value, get_args(kind)), max_size=2)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return st.sampled_from(kind)
    return {
        type(None): st.none(),
        bool: st.booleans(),
        int: st.integers(0, 2**31 - 1),
        float: st.floats(allow_nan=False, allow_infinity=False),
        str: st.text(PLAIN, max_size=10),
        timedelta: st.timedeltas(timedelta(0), timedelta(days=2)),
        datetime: st.datetimes(datetime(1970, 1, 2), timezones=ZONES),  # noqa: DTZ001
    }[kind]


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(deployment=any_value(Deployment))
async def test_it_comes_back_as_it_was(store: SqlStore, deployment: Deployment) -> None:
    def keep_and_read(tx: Tx) -> None:
        kept = tx.add(deployment)
        assert tx.deployment(kept.id) == replace(deployment, id=kept.id)
        raise Undo

    with pytest.raises(Undo):
        await store.run(keep_and_read)


def test_every_field_has_its_column() -> None:
    columns = set(tables.deployments.columns.keys())
    beside = {"shown_revision", "silent", "silent_revision", "known_as", "pinned"}
    assert columns == {field.name for field in fields(Deployment)} | beside


async def test_times_are_told_in_utc_to_the_microsecond(store: SqlStore) -> None:
    moment = datetime(2024, 3, 26, 11, 0, 0, 1, tzinfo=timezone(timedelta(hours=1)))
    kept = await store.run(lambda tx: tx.add(a_deployment(requested_at=moment)))
    read = await store.run(lambda tx: tx.deployment(kept.id))
    assert read is not None
    assert read.requested_at.isoformat() == "2024-03-26T10:00:00.000001+00:00"


async def test_ids_count_up_and_a_github_run_id_may_be_large(store: SqlStore) -> None:
    first = await store.run(lambda tx: tx.add(a_deployment(run_id=2**40)))
    second = await store.run(lambda tx: tx.add(a_deployment(environment="staging")))
    assert (first.name, second.name) == ("D1", "D2")
    assert await store.run(lambda tx: tx.claimed_runs("acme/app")) == {2**40}


async def test_an_unknown_id_is_nothing(store: SqlStore) -> None:
    assert await store.run(lambda tx: tx.deployment(7)) is None


async def test_a_change_counts_the_revision_up(store: SqlStore) -> None:
    old = await store.run(lambda tx: tx.add(a_deployment()))
    new = await store.run(lambda tx: tx.save(old, old.to(State.CHECKING, START)))
    assert (new.revision, new.state) == (1, State.CHECKING)
    assert await store.run(lambda tx: tx.deployment(old.id)) == new


async def test_a_change_of_what_was_changed_meanwhile_keeps_nothing(store: SqlStore) -> None:
    old = await store.run(lambda tx: tx.add(a_deployment()))
    new = await store.run(lambda tx: tx.save(old, old.with_(reason="first")))

    def too_late(tx: Tx) -> None:
        tx.audit("U0BO", "changed", old.name)
        tx.save(old, old.with_(reason="second"))

    with pytest.raises(Stale):
        await store.run(too_late)
    assert await store.run(lambda tx: tx.deployment(old.id)) == new
    assert await store.run(lambda tx: tx.trail(old.name)) == ()


async def test_whatever_goes_wrong_in_an_operation_keeps_nothing(store: SqlStore) -> None:
    def breaks(tx: Tx) -> None:
        tx.first_time("Ev1", "events", "U0ANA")
        tx.add(a_deployment())
        raise Undo

    with pytest.raises(Undo):
        await store.run(breaks)
    assert await store.run(lambda tx: tx.unfinished()) == ()
    assert await store.run(lambda tx: tx.first_time("Ev1", "events", "U0ANA"))


async def test_the_slot_is_held_until_the_end(store: SqlStore) -> None:
    holder = await store.run(lambda tx: tx.add(a_deployment()))
    assert await store.run(lambda tx: tx.holder("app", "production")) == holder
    assert await store.run(lambda tx: tx.holder("app", "staging")) is None
    with pytest.raises(Stale):
        await store.run(lambda tx: tx.add(a_deployment()))
    await store.run(lambda tx: tx.save(holder, holder.end(State.CANCELLED, START, "cancelled", "")))
    assert await store.run(lambda tx: tx.holder("app", "production")) is None
    await store.run(lambda tx: tx.add(a_deployment()))


async def test_a_dry_run_neither_holds_nor_needs_the_slot(store: SqlStore) -> None:
    await store.run(lambda tx: tx.add(a_deployment(dry_run=True)))
    assert await store.run(lambda tx: tx.holder("app", "production")) is None
    await store.run(lambda tx: tx.add(a_deployment()))


async def test_of_each_person_one_dry_run_goes_on_in_a_place(store: SqlStore) -> None:
    first = await store.run(lambda tx: tx.add(a_deployment(dry_run=True)))
    assert await store.run(lambda tx: tx.dry_run("U0ANA", "app", "production")) == first
    with pytest.raises(Stale):
        await store.run(lambda tx: tx.add(a_deployment(dry_run=True)))
    others: tuple[dict[str, Any], ...] = ({"requested_by": "U0BO"}, {"environment": "staging"})
    more = [a_deployment(dry_run=True, **other) for other in others]
    await store.run(lambda tx: [tx.add(d) for d in (*more, a_deployment())])
    await store.run(lambda tx: tx.save(first, first.end(State.CANCELLED, START, "dry_run", "")))
    assert await store.run(lambda tx: tx.dry_run("U0ANA", "app", "production")) is None
    await store.run(lambda tx: tx.add(a_deployment(dry_run=True)))


@pytest.mark.parametrize("taken", [{"run_id": 7}, {"request_id": "r1"}])
async def test_a_run_and_a_request_belong_to_one_deployment(
    store: SqlStore, taken: dict[str, Any]
) -> None:
    await store.run(lambda tx: tx.add(a_deployment(**taken)))
    with pytest.raises(Stale):
        await store.run(lambda tx: tx.add(a_deployment(environment="staging", **taken)))


async def test_the_same_run_number_in_another_repository_is_another_run(store: SqlStore) -> None:
    await store.run(lambda tx: tx.add(a_deployment(run_id=7)))
    await store.run(lambda tx: tx.add(a_deployment(service="web", repo="acme/web", run_id=7)))
    assert await store.run(lambda tx: tx.claimed_runs("acme/web")) == {7}


async def test_what_is_due_comes_longest_due_first(store: SqlStore, clock: HandClock) -> None:
    minutes = [3, 1, 2, 9, None]

    def keep(tx: Tx) -> None:
        for number, minute in enumerate(minutes):
            due = None if minute is None else START + timedelta(minutes=minute)
            tx.add(a_deployment(service=f"s{number}", due_at=due))
        tx.add(a_deployment(service="done", state=State.FAILED, due_at=START))

    await store.run(keep)
    assert await store.run(lambda tx: tx.due(START + timedelta(minutes=3))) == (2, 3, 1)
    assert len(await store.run(lambda tx: tx.unfinished())) == 5


async def test_what_waits_for_github_is_due_within_a_second_when_hurried(store: SqlStore) -> None:
    later = START + timedelta(minutes=5)

    def keep(tx: Tx) -> None:
        for state in (State.RUNNING, State.VALIDATING, State.FAILED):
            tx.add(a_deployment(service=state, state=state, due_at=later))
        tx.hurry()

    await store.run(keep)
    assert await store.run(lambda tx: tx.due(START)) == ()
    assert await store.run(lambda tx: tx.due(START + timedelta(seconds=1))) == (1,)


async def test_only_what_was_turned_away_is_not_hurried(store: SqlStore) -> None:
    later = START + timedelta(minutes=5)

    def keep(tx: Tx) -> None:
        for state in (State.RUNNING, State.ABORTING, State.UNKNOWN):
            gate = "waits at a gate that is not mine"
            tx.add(a_deployment(service=state, state=state, due_at=later, waiting_for=gate))
            limited = {"waiting_for": "Waiting for GitHub (rate limit)", "failures": 1}
            tx.add(a_deployment(service=f"{state} 2", state=state, due_at=later, **limited))
        tx.hurry()

    await store.run(keep)
    assert await store.run(lambda tx: tx.due(START + timedelta(seconds=1))) == (1, 3, 5)


async def test_live_is_what_went_live_last_however_it_ended(store: SqlStore) -> None:
    def hour(number: int) -> datetime:
        return START + timedelta(hours=number)

    def keep(tx: Tx) -> None:
        for version, state, requested, live in (
            ("v1.1.0", State.SUCCEEDED, hour(0), hour(2)),
            ("v1.2.0", State.FAILED, hour(3), hour(7)),
            ("v1.3.0", State.SUCCEEDED, hour(4), hour(5)),
            ("v1.4.0", State.FAILED, hour(8), None),
        ):
            tx.add(a_deployment(version=version, state=state, requested_at=requested, live_at=live))
        tx.add(a_deployment(dry_run=True, state=State.SUCCEEDED, live_at=hour(9)))

    await store.run(keep)
    live = await store.run(lambda tx: tx.live("app", "production"))
    assert live is not None
    assert live.version == "v1.2.0"
    assert await store.run(lambda tx: tx.live("app", "staging")) is None


HISTORIES: list[tuple[str, Callable[[Tx], tuple[Deployment, ...]], list[int]]] = [
    ("all", lambda tx: tx.history(None, None, limit=9), [4, 3, 2, 1]),
    ("a service", lambda tx: tx.history("app", None, limit=9), [4, 2, 1]),
    ("an environment", lambda tx: tx.history(None, "production", limit=9), [4, 3, 1]),
    ("both", lambda tx: tx.history("app", "production", limit=9), [4, 1]),
    ("a page", lambda tx: tx.history(None, None, limit=2, offset=1), [3, 2]),
]


@pytest.mark.parametrize(("read", "ids"), [h[1:] for h in HISTORIES], ids=[h[0] for h in HISTORIES])
async def test_history_is_newest_first_without_dry_runs(
    store: SqlStore, read: Callable[[Tx], tuple[Deployment, ...]], ids: list[int]
) -> None:
    def keep(tx: Tx) -> None:
        for minute, (service, environment) in enumerate(
            [("app", "production"), ("app", "staging"), ("web", "production")]
        ):
            at = START + timedelta(minutes=minute)
            tx.add(a_deployment(service=service, environment=environment, requested_at=at))
        same_minute = START + timedelta(minutes=2)
        tx.add(a_deployment(state=State.REFUSED, requested_at=same_minute))
        tx.add(a_deployment(dry_run=True, requested_at=START + timedelta(days=1)))

    await store.run(keep)
    assert [found.id for found in await store.run(read)] == ids


async def test_sending_is_what_was_sent_and_has_no_run(store: SqlStore) -> None:
    sent = Dispatch(before_run_id=1, attempt=1, sent_at=START, carries_id=False, guarded=False)

    def keep(tx: Tx) -> None:
        tx.add(a_deployment(service="unsent", state=State.APPROVED, verdicts=CHECKED))
        tx.add(a_deployment(service="sent", state=State.DISPATCHING, dispatch=sent))
        tx.add(a_deployment(service="runs", state=State.RUNNING, dispatch=sent, run_id=7))
        tx.add(a_deployment(service="ended", state=State.FAILED, dispatch=sent))
        tx.add(a_deployment(workflow="other.yml", state=State.UNKNOWN, dispatch=sent))

    await store.run(keep)
    sending = await store.run(lambda tx: tx.sending("acme/app", "release.yml"))
    assert [deployment.service for deployment in sending] == ["sent"]


@pytest.mark.parametrize("number", [2**31, 999_999_999_999, 2**63])
async def test_a_number_that_is_too_high_names_no_deployment(store: SqlStore, number: int) -> None:
    assert await store.run(lambda tx: tx.deployment(number)) is None


@pytest.mark.parametrize("state", [State.DISPATCHING, State.SWITCHING])
async def test_after_a_start_what_was_being_sent_is_due_unless_a_replica_may_do_it(
    store: SqlStore, replica: SqlStore, kind: str, state: State
) -> None:
    sending = a_deployment(state=state, due_at=START + timedelta(seconds=30))
    sending = await store.run(lambda tx: tx.add(sending))
    await replica.run(lambda tx: tx.release_dispatching())
    due = await store.read(lambda tx: tx.due(tx.now))
    assert due == ((sending.id,) if kind == "sqlite" else ())
