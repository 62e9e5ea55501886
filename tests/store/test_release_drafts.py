"""ReleaseDrafts of releases in the store."""

from datetime import timedelta

import pytest

from bot.adapters.store import SqlStore
from bot.domain.releases.release_drafts import ReleaseDraftState
from bot.ports import Stale, Tx
from tests.store.samples import START, a_release_draft


async def test_a_draft_comes_back_as_it_was(store: SqlStore) -> None:
    kept = await store.run(
        lambda tx: tx.add_release_draft(
            a_release_draft(was="Before", dry_run=True, for_incident="INC-7")
        )
    )
    assert kept.id > 0
    assert await store.read(lambda tx: tx.release_draft(kept.id)) == kept
    assert await store.read(lambda tx: tx.release_draft(10**12)) is None


async def test_of_two_changes_of_a_draft_one_counts(store: SqlStore) -> None:
    kept = await store.run(lambda tx: tx.add_release_draft(a_release_draft()))
    ready = await store.run(
        lambda tx: tx.save_release_draft(kept, kept.to(ReleaseDraftState.READY))
    )
    assert (ready.revision, ready.due_at) == (1, None)
    with pytest.raises(Stale):
        await store.run(lambda tx: tx.save_release_draft(kept, kept.with_(title="Other")))


async def test_what_is_due_comes_in_order_and_counts_for_the_clock(store: SqlStore) -> None:
    def add(tx: Tx) -> None:
        for minutes in (3, 1, 2):
            tx.add_release_draft(a_release_draft(due_at=START + timedelta(minutes=minutes)))
        tx.add_release_draft(a_release_draft(due_at=None))

    await store.run(add)

    now = START + timedelta(minutes=2)
    assert await store.read(lambda tx: tx.release_drafts_due(now)) == (2, 3)
    assert await store.read(lambda tx: tx.next_due()) == START + timedelta(minutes=1)
