"""Pictures that are wanted, in the store."""

from dataclasses import replace
from datetime import timedelta

from bot.adapters.store import SqlStore
from bot.domain.metrics.pictures import PictureWish
from bot.ports import Tx
from tests.store.samples import START, a_picture_wish

SOON = START + timedelta(minutes=1)


async def test_a_wish_is_kept_until_it_is_fulfilled(store: SqlStore) -> None:
    def want(tx: Tx) -> None:
        tx.want_picture(a_picture_wish(due_at=SOON))
        tx.want_picture(a_picture_wish(thread_of="digest:1", channel="C0DEPLOY"))

    await store.run(want)

    assert await store.read(lambda tx: tx.pictures_due(START)) == (2,)
    assert await store.read(lambda tx: tx.pictures_due(SOON)) == (2, 1)
    kept = await store.read(lambda tx: tx.picture_wish(2))
    assert kept == a_picture_wish(id=2, thread_of="digest:1", channel="C0DEPLOY")
    await store.run(lambda tx: tx.forget_picture(2))
    assert await store.read(lambda tx: tx.picture_wish(2)) is None
    assert await store.read(lambda tx: tx.next_due()) == SOON


async def test_what_failed_is_tried_later(store: SqlStore) -> None:
    wish: PictureWish = a_picture_wish(id=1)
    await store.run(lambda tx: tx.want_picture(wish))
    await store.run(lambda tx: tx.put_off_picture(wish, SOON))

    later = replace(wish, due_at=SOON, failures=1)
    assert await store.read(lambda tx: tx.picture_wish(1)) == later
