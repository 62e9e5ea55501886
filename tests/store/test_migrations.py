"""What a database held before a migration is still there after it, and after the way back."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Connection, inspect, text

from bot.adapters.store import downgrade, open_store, revisions, upgrade
from bot.adapters.store.database import Database, open_database
from bot.domain.deployments.deployments import Approval, Binding, Ending
from bot.domain.deployments.states import Kind, State
from bot.domain.rollbacks.target_steps import TargetStep
from bot.ports.silences import Silence
from tests.store.samples import START, HandClock, a_card, a_deployment, only_on_sqlite

BOUND = Binding(tag_object="a" * 40, commit="b" * 40, workflow_blob="c" * 40)

GONE = {"0045": {"deployments.baseline_ms"}, "0048": {"people.seen_at"}}
"""What a migration took from under the version before it, which then had to be stopped first."""

SINCE = "0044"


@pytest.fixture
async def database(empty: str) -> AsyncIterator[Database]:
    opened = open_database(empty)
    yield opened
    await opened.close()


def approved_once(connection: Connection) -> list[tuple[object, ...]]:
    wanted = "SELECT id, approved_by, approver_is_fresh FROM deployments ORDER BY id"
    return [tuple(row) for row in connection.execute(text(wanted))]


async def test_one_approval_becomes_the_first_of_several_and_back(
    empty: str, database: Database
) -> None:
    await upgrade(empty)
    store = open_store(empty, HandClock())
    bo = Approval(who="U0BO", at=START + timedelta(minutes=3), fresh=False, commit="b" * 40)
    dee = Approval(who="U0DEE", at=START + timedelta(minutes=4), commit="b" * 40)
    first = a_deployment(binding=BOUND, approvals=(bo, dee), approvers=2)
    second = a_deployment(environment="staging")
    one, two = await store.run(lambda tx: (tx.add(first), tx.add(second)))
    await downgrade(empty, "0001")
    rows = await database.transact(approved_once)
    assert [(i, who, bool(fresh)) for i, who, fresh in rows] == [
        (one.id, "U0BO", False),
        (two.id, None, True),
    ]
    await upgrade(empty)
    kept = await store.run(lambda tx: tx.unfinished())
    assert [(d.approvals, d.approvers) for d in kept] == [((bo,), 1), ((), 1)]
    await store.close()


async def test_what_was_pinned_before_is_found_after_it(empty: str, database: Database) -> None:
    await upgrade(empty)
    store = open_store(empty, HandClock())
    here, gone = TargetStep(target="web", pinned="undo it"), TargetStep(target="web")
    pinned = a_deployment(kind=Kind.ROLLBACK, steps=(here,))
    lifted = a_deployment(kind=Kind.ROLLBACK, steps=(gone,), environment="staging")
    one, _ = await store.run(lambda tx: (tx.add(pinned), tx.add(lifted)))
    await downgrade(empty, "0032")
    await upgrade(empty)
    assert [d.id for d in await store.run(lambda tx: tx.pinned())] == [one.id]
    await store.run(lambda tx: tx.save(one, one.with_(steps=(gone,))))
    assert await store.run(lambda tx: tx.pinned()) == ()
    await store.close()


async def test_of_the_rollbacks_before_it_only_the_newest_may_still_be_undone(
    empty: str, database: Database
) -> None:
    await upgrade(empty)
    store = open_store(empty, HandClock())
    done = a_deployment(kind=Kind.ROLLBACK, state=State.SUCCEEDED)
    one, two = [await store.run(lambda tx: tx.add(done)) for _ in range(2)]
    await downgrade(empty, "0036")
    await upgrade(empty)
    kept = await store.run(lambda tx: (tx.deployment(one.id), tx.deployment(two.id)))
    assert [d.stays for d in kept if d] == [True, False]
    await store.close()


async def test_of_several_dry_runs_before_it_the_first_of_each_person_goes_on(
    empty: str, database: Database
) -> None:
    await upgrade(empty)
    store = open_store(empty, HandClock())
    asked = [a_deployment(dry_run=True, requested_by=who) for who in ("U0ANA", "U0CY", "U0BO")]
    one, two, three, holder = await store.run(
        lambda tx: [tx.add(d) for d in (*asked, a_deployment())]
    )
    await downgrade(empty, "0038")
    hers = text("UPDATE deployments SET requested_by = 'U0ANA' WHERE requested_by = 'U0CY'")
    await database.transact(lambda connection: connection.execute(hers))
    await upgrade(empty)
    assert await store.run(lambda tx: tx.unfinished()) == (one, three, holder)
    ended = await store.run(lambda tx: tx.deployment(two.id))
    assert ended == replace(
        two,
        requested_by="U0ANA",
        revision=1,
        state=State.CANCELLED,
        settled_at=START,
        due_at=None,
        ending=Ending(code="superseded", text="Another dry run of yours goes on there"),
    )
    await store.close()


async def test_a_card_of_before_it_says_of_nobody_that_they_are_silent(
    empty: str, database: Database
) -> None:
    await upgrade(empty)
    store = open_store(empty, HandClock())
    running = await store.run(lambda tx: tx.add(a_deployment(state=State.RUNNING)))
    silent = a_card(running, silence=Silence("github", running.revision))
    await store.run(lambda tx: tx.keep_card(silent))
    await downgrade(empty, "0049")
    await upgrade(empty)
    kept = await store.run(lambda tx: (tx.deployment(running.id), tx.card(running.id)))
    assert kept == (running, replace(silent, silence=None))
    await store.close()


def must(connection: Connection) -> dict[str, bool]:
    """Every column, and whether a row has to bring a value for it."""
    look = inspect(connection)
    return {
        f"{table}.{column['name']}": not column["nullable"] and column["default"] is None
        for table in look.get_table_names()
        for column in look.get_columns(table)
    }


@only_on_sqlite
async def test_a_migration_leaves_what_the_version_before_it_reads_and_writes(
    empty: str, database: Database
) -> None:
    await upgrade(empty, SINCE)
    gone = {}
    for after in (one for one in revisions() if one > SINCE):
        old = await database.transact(must)
        await upgrade(empty, after)
        new = await database.transact(must)
        known = {name.partition(".")[0] for name in old}
        asked = {name for name, is_asked in new.items() if is_asked and not old.get(name)}
        lost = (old.keys() - new.keys()) | {n for n in asked if n.partition(".")[0] in known}
        if lost:
            gone[after] = lost
    assert gone == GONE
