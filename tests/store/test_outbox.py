"""A message is claimed before it is sent, so that what became of it is never guessed."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.adapters.store import SqlStore
from bot.messages.blocks import Message, section
from bot.ports import Post, Stale
from tests.store.samples import START, HandClock, a_post

SOON = START + timedelta(seconds=30)
LATER = START + timedelta(hours=1)


async def the_post(store: SqlStore, post: Post) -> Post:
    """Keep a post and read it back."""
    await store.run(lambda tx: tx.post(post))
    posts = await store.run(lambda tx: tx.posts_due(LATER))
    return next(found for found in posts if found.key == post.key)


async def due_keys(store: SqlStore) -> list[str]:
    return [post.key for post in await store.run(lambda tx: tx.posts_due(tx.now))]


async def test_a_post_comes_back_as_it_was(store: SqlStore) -> None:
    message = Message("*Ready* & waiting", (section("*Ready*", block_id="b1"),))
    post = Post(key="k", channel="C1", message=message, user="U0BO", response_url="http://r/1")
    read = await the_post(store, post)
    assert read == replace(post, id=1, created_at=START, due_at=START)


async def test_the_same_key_changes_nothing(store: SqlStore) -> None:
    first = await the_post(store, a_post("card:1"))
    await store.run(lambda tx: tx.post(replace(a_post("card:1"), message=Message("other"))))
    assert await store.run(lambda tx: tx.posts_due(LATER)) == (first,)


async def test_posts_come_in_order_and_not_before_their_time(
    store: SqlStore, clock: HandClock
) -> None:
    await store.run(lambda tx: tx.post(a_post("a")))
    await store.run(lambda tx: tx.post(a_post("b", due_at=SOON)))
    await store.run(lambda tx: tx.post(a_post("c", due_at=START)))
    assert await due_keys(store) == ["a", "c"]
    assert [post.key for post in await store.run(lambda tx: tx.posts_due(LATER, limit=1))] == ["a"]
    clock.forward(seconds=30)
    assert await due_keys(store) == ["a", "b", "c"]


async def test_a_reply_waits_for_the_message_it_belongs_to(store: SqlStore) -> None:
    await store.run(lambda tx: tx.post(a_post("reply:1", thread_of="card:1")))
    root = await the_post(store, a_post("card:1"))
    assert await due_keys(store) == ["card:1"]
    await store.run(lambda tx: tx.mark_sent(root, "C0DEPLOY", "17.1"))
    assert await due_keys(store) == ["reply:1"]


async def test_a_claimed_post_is_due_again_only_when_it_counts_as_lost(
    store: SqlStore, clock: HandClock
) -> None:
    post = await the_post(store, a_post("card:1"))
    claimed = await store.run(lambda tx: tx.mark_sending(post, START, SOON))
    assert (claimed.attempts, claimed.sending_since) == (1, START)
    assert await due_keys(store) == []
    clock.forward(seconds=30)
    (lost,) = await store.run(lambda tx: tx.posts_due(tx.now))
    assert lost == claimed


async def test_a_second_claim_remembers_since_when_an_answer_is_missing(store: SqlStore) -> None:
    post = await the_post(store, a_post("card:1"))
    lost = await store.run(lambda tx: tx.mark_sending(post, START, SOON))
    again = await store.run(lambda tx: tx.mark_sending(lost, SOON, LATER))
    assert (again.attempts, again.sending_since, again.due_at) == (2, START, LATER)


async def test_a_post_is_claimed_by_one(store: SqlStore) -> None:
    post = await the_post(store, a_post("card:1"))
    await store.run(lambda tx: tx.mark_sending(post, START, SOON))
    with pytest.raises(Stale):
        await store.run(lambda tx: tx.mark_sending(post, START, SOON))
    with pytest.raises(Stale):
        await store.run(lambda tx: tx.put_off(post, LATER, clear=True))
    with pytest.raises(Stale):
        await store.run(lambda tx: tx.drop(post, "channel_not_found"))


@pytest.mark.parametrize("clear", [True, False])
async def test_a_post_put_off_remembers_whether_it_may_have_gone_out(
    store: SqlStore, clock: HandClock, clear: bool
) -> None:
    post = await the_post(store, a_post("card:1"))
    claimed = await store.run(lambda tx: tx.mark_sending(post, START, SOON))
    await store.run(lambda tx: tx.put_off(claimed, LATER, clear=clear))
    clock.forward(minutes=59)
    assert await due_keys(store) == []
    clock.forward(minutes=1)
    (again,) = await store.run(lambda tx: tx.posts_due(tx.now))
    assert again == replace(claimed, due_at=LATER, sending_since=None if clear else START)


async def test_where_a_message_went_is_known_for_good(store: SqlStore, clock: HandClock) -> None:
    post = await the_post(store, a_post("card:1"))
    assert await store.run(lambda tx: tx.sent_ts("card:1")) is None
    await store.run(lambda tx: tx.mark_sent(post, "C0DEPLOY", "17.1"))
    clock.forward(days=400)
    assert await due_keys(store) == []
    assert await store.run(lambda tx: tx.sent_ts("card:1")) == ("C0DEPLOY", "17.1")
    assert await store.run(lambda tx: tx.sent_ts("other")) is None


async def test_a_whisper_has_gone_out_without_a_place(store: SqlStore) -> None:
    post = await the_post(store, a_post("tell:1", user="U0BO"))
    await store.run(lambda tx: tx.mark_sent(post, "C0DEPLOY", None))
    assert await due_keys(store) == []
    assert await store.run(lambda tx: tx.sent_ts("tell:1")) is None


async def test_a_dropped_post_is_done_with(store: SqlStore) -> None:
    post = await the_post(store, a_post("card:1"))
    await store.run(lambda tx: tx.drop(post, "channel_not_found"))
    assert await due_keys(store) == []
    with pytest.raises(Stale):
        await store.run(lambda tx: tx.mark_sending(post, START, SOON))


async def test_after_a_restart_what_was_under_way_is_due_at_once(store: SqlStore) -> None:
    await store.run(lambda tx: tx.post(a_post("later", due_at=LATER)))
    post = await the_post(store, a_post("card:1"))
    await store.run(lambda tx: tx.mark_sending(post, START, SOON))
    await store.run(lambda tx: tx.release_sending())
    (lost,) = await store.run(lambda tx: tx.posts_due(tx.now))
    assert (lost.key, lost.sending_since) == ("card:1", START)
