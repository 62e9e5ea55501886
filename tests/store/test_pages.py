"""Pages in the store: one for each pager of an incident, and a message that is to be shown anew."""

from datetime import timedelta

import pytest

from bot.adapters.store import SqlStore
from bot.domain.incidents.pages import PageState
from bot.ports import Stale, Tx
from tests.store.samples import START, a_page, an_incident

MINUTE = timedelta(minutes=1)


def begin(tx: Tx) -> None:
    """Two incidents whose messages are shown as they are."""
    for _ in range(2):
        saved = tx.add_incident(an_incident())
        [room] = [room for room in tx.stale_rooms() if room.incident == saved.id]
        tx.show_room(saved.id, saved.revision, room)


async def test_a_page_comes_back_as_it_was(store: SqlStore) -> None:
    await store.run(begin)
    wanted = a_page(1, state=PageState.RETRYING, attempts=2, lost=True, last_error="503")
    saved = await store.run(lambda tx: tx.add_page(wanted))
    assert saved == wanted.with_(id=1)
    assert await store.run(lambda tx: tx.page(1)) == saved
    assert await store.run(lambda tx: tx.page(2)) is None
    assert await store.run(lambda tx: tx.pages(1)) == (saved,)
    assert await store.run(lambda tx: tx.pages(2)) == ()


async def test_an_incident_has_one_page_for_each_pager_and_ringing(store: SqlStore) -> None:
    await store.run(begin)
    await store.run(lambda tx: tx.add_page(a_page(1)))
    with pytest.raises(Stale):
        await store.run(lambda tx: tx.add_page(a_page(1)))
    await store.run(lambda tx: tx.add_page(a_page(1, pager="incident.io")))
    await store.run(lambda tx: tx.add_page(a_page(1, ringing=2)))
    await store.run(lambda tx: tx.add_page(a_page(2)))


async def test_only_one_of_two_who_saw_the_same_may_change_it(store: SqlStore) -> None:
    await store.run(begin)
    seen = await store.run(lambda tx: tx.add_page(a_page(1)))
    await store.run(lambda tx: tx.save_page(seen, seen.begun(START + MINUTE)))
    with pytest.raises(Stale):
        await store.run(lambda tx: tx.save_page(seen, seen.begun(START + MINUTE)))


async def test_what_is_due_and_when(store: SqlStore) -> None:
    await store.run(begin)
    await store.run(lambda tx: tx.add_page(a_page(1, due_at=START + MINUTE)))
    await store.run(lambda tx: tx.add_page(a_page(2, due_at=None)))
    assert await store.run(lambda tx: tx.pages_due(START)) == ()
    assert await store.run(lambda tx: tx.pages_due(START + MINUTE)) == (1,)
    assert await store.run(lambda tx: tx.next_due()) == START + MINUTE


async def test_each_change_makes_the_message_of_its_incident_stale(store: SqlStore) -> None:
    await store.run(begin)
    assert await store.run(lambda tx: tx.stale_rooms()) == ()
    saved = await store.run(lambda tx: tx.add_page(a_page(2)))
    [seen] = await store.run(lambda tx: tx.stale_rooms())
    assert seen.incident == 2
    await store.run(lambda tx: tx.save_page(saved, saved.accepted(None)))
    await store.run(lambda tx: tx.show_room(2, 1, seen))  # of before the last change
    [again] = await store.run(lambda tx: tx.stale_rooms())
    await store.run(lambda tx: tx.show_room(2, 1, again))
    assert await store.run(lambda tx: tx.stale_rooms()) == ()
