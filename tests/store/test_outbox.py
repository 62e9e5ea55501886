"""A message is claimed before it is sent, so that what became of it is never guessed."""

from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from bot.adapters.store import SqlStore
from bot.adapters.store.outbox import PATIENCE
from bot.messages.blocks import Message, section
from bot.ports import Post, Stale, Tx
from tests.store.samples import START, HandClock, a_post, only_on_postgres, only_on_sqlite

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


async def test_what_went_out_is_not_taken_for_what_came_in_its_place(store: SqlStore) -> None:
    """SQLite gives the number of a message that was withdrawn to the next one."""
    nudge = await the_post(store, a_post("incident:1:promise:1"))
    claimed = await store.run(lambda tx: tx.mark_sending(nudge, START, SOON))

    def overtakes(tx: Tx) -> None:
        tx.withdraw("incident:1:promise")
        tx.post(a_post("incident:1:update:1"))

    await store.run(overtakes)
    await store.run(lambda tx: tx.mark_sent(claimed, "D1", "1.0"))
    assert await due_keys(store) == ["incident:1:update:1"]


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


@only_on_sqlite
async def test_after_a_restart_what_was_under_way_is_due_at_once(store: SqlStore) -> None:
    await store.run(lambda tx: tx.post(a_post("later", due_at=LATER)))
    post = await the_post(store, a_post("card:1"))
    await store.run(lambda tx: tx.mark_sending(post, START, SOON))
    await store.run(lambda tx: tx.release_sending())
    (lost,) = await store.run(lambda tx: tx.posts_due(tx.now))
    assert (lost.key, lost.sending_since) == ("card:1", START)


@only_on_postgres
async def test_a_replica_that_starts_leaves_alone_what_another_one_sends(
    store: SqlStore, replica: SqlStore, clock: HandClock
) -> None:
    post = await the_post(store, a_post("card:1"))
    claimed = await store.run(lambda tx: tx.mark_sending(post, START, SOON))
    await replica.run(lambda tx: tx.release_sending())
    assert await due_keys(replica) == []
    clock.forward(seconds=30)
    assert await replica.run(lambda tx: tx.posts_due(tx.now)) == (claimed,)


async def put_off(store: SqlStore, key: str, declined: str | None = None) -> None:
    """The post was tried once, in vain, and is to be tried again in 30 s."""
    post = await the_post(store, a_post(key))
    claimed = await store.run(lambda tx: tx.mark_sending(post, START, SOON))
    await store.run(lambda tx: tx.put_off(claimed, SOON, clear=True, declined=declined))


async def test_what_has_to_be_tried_again_holds_up_what_comes_after_it_there(
    store: SqlStore, clock: HandClock
) -> None:
    await put_off(store, "a")
    await store.run(lambda tx: tx.post(a_post("b")))
    await store.run(lambda tx: tx.post(a_post("whisper", user="U0BO")))
    await store.run(lambda tx: tx.post(replace(a_post("elsewhere"), channel="C0GENERAL")))
    assert await due_keys(store) == ["whisper", "elsewhere"]
    assert await store.run(lambda tx: tx.next_due()) == START
    clock.forward(seconds=30)
    assert await due_keys(store) == ["a", "b", "whisper", "elsewhere"]


async def test_while_only_those_held_up_are_left_nothing_is_due(store: SqlStore) -> None:
    await put_off(store, "a")
    await store.run(lambda tx: tx.post(a_post("b")))
    assert await store.run(lambda tx: tx.next_due()) == SOON


async def test_what_slack_declined_holds_up_nothing(store: SqlStore, clock: HandClock) -> None:
    await put_off(store, "a", declined="msg_too_long")
    await store.run(lambda tx: tx.post(a_post("b")))
    assert await due_keys(store) == ["b"]
    clock.forward(seconds=30)
    assert await due_keys(store) == ["a", "b"]


async def test_what_fails_for_long_holds_up_nothing_any_more(store: SqlStore) -> None:
    post = await the_post(store, a_post("a"))
    await store.run(lambda tx: tx.post(a_post("b")))
    for attempts in range(1, PATIENCE + 2):
        post = await store.run(partial(claim, post))
        assert await due_keys(store) == ([] if attempts <= PATIENCE else ["b"])


def claim(post: Post, tx: Tx) -> Post:
    return tx.mark_sending(post, START, LATER)


async def test_a_message_that_is_gone_goes_out_once_more_under_its_key(
    store: SqlStore, clock: HandClock
) -> None:
    post = await the_post(store, a_post("card:1"))
    await store.run(lambda tx: tx.mark_sent(post, "C0DEPLOY", "17.1"))
    now = clock.forward(hours=1)
    anew = replace(a_post("card:1"), message=Message("anew"))
    await store.run(lambda tx: tx.post_again(anew))
    (again,) = await store.run(lambda tx: tx.posts_due(tx.now))
    assert (again.message, again.created_at, again.attempts) == (Message("anew"), now, 0)
    assert await store.run(lambda tx: tx.sent_ts("card:1")) is None


async def test_it_is_known_which_messages_were_given_up(store: SqlStore) -> None:
    post = await the_post(store, a_post("card:1"))
    assert not await store.run(lambda tx: tx.is_dropped("card:1"))
    await store.run(lambda tx: tx.drop(post, "channel_not_found"))
    assert await store.run(lambda tx: tx.is_dropped("card:1"))
    await store.run(lambda tx: tx.post_again(a_post("card:1")))
    assert not await store.run(lambda tx: tx.is_dropped("card:1"))


async def test_old_messages_are_forgotten_but_not_where_a_card_is(
    store: SqlStore, clock: HandClock
) -> None:
    for key in ("card:1", "sent", "dropped", "open"):
        await store.run(lambda tx, key=key: tx.post(a_post(key)))  # type: ignore[misc]
    card, sent, dropped, _ = await store.run(lambda tx: tx.posts_due(LATER))
    await store.run(lambda tx: tx.mark_sent(card, "C0DEPLOY", "17.1"))
    await store.run(lambda tx: tx.mark_sent(sent, "C0DEPLOY", "17.2"))
    await store.run(lambda tx: tx.drop(dropped, "no"))
    await store.run(lambda tx: tx.forget_posts(START))
    assert await store.run(lambda tx: tx.message_of("sent")) is not None
    clock.forward(days=1)
    await store.run(lambda tx: tx.forget_posts(tx.now))
    kept = {key: await message_of(store, key) for key in ("card:1", "sent", "dropped", "open")}
    assert {key for key, message in kept.items() if message} == {"card:1", "open"}
    assert await store.run(lambda tx: tx.sent_ts("card:1")) == ("C0DEPLOY", "17.1")


async def message_of(store: SqlStore, key: str) -> Message | None:
    return await store.run(lambda tx: tx.message_of(key))


async def test_a_message_that_was_edited_is_kept_as_it_reads_now(store: SqlStore) -> None:
    sent = await the_post(store, a_post("reply:1:checklist"))
    await store.run(lambda tx: tx.mark_sent(sent, "C0DEPLOY", "17.1"))
    anew = Message("Checklist of D1", (section("all done"),))
    await store.run(lambda tx: tx.forget_message("reply:1:checklist"))
    assert await store.run(lambda tx: tx.keep_message("reply:1:checklist", anew))
    assert await store.run(lambda tx: tx.message_of("reply:1:checklist")) == anew


async def test_what_a_message_says_is_kept_only_where_nothing_else_was_kept_since(
    store: SqlStore,
) -> None:
    sent = await the_post(store, a_post("sent"))
    await store.run(lambda tx: tx.mark_sent(sent, "C0DEPLOY", "17.1"))
    await store.run(lambda tx: tx.forget_message("sent"))
    one, other = (Message("Checklist of D1", (section(said),)) for said in ("one", "other"))

    assert await store.run(lambda tx: tx.keep_message("sent", one))
    assert await store.run(lambda tx: tx.keep_message("sent", one))
    assert not await store.run(lambda tx: tx.keep_message("sent", other))
    assert not await store.run(lambda tx: tx.keep_message("nothing", one))

    assert await message_of(store, "sent") == one


async def test_what_a_message_says_is_forgotten_only_where_it_went_out(store: SqlStore) -> None:
    sent = await the_post(store, a_post("sent"))
    await store.run(lambda tx: tx.mark_sent(sent, "C0DEPLOY", "17.1"))
    await store.run(lambda tx: tx.post(a_post("open")))
    dropped = await the_post(store, a_post("dropped"))
    await store.run(lambda tx: tx.drop(dropped, "no"))
    for key in ("sent", "open", "dropped", "nothing"):
        await store.run(lambda tx, key=key: tx.forget_message(key))  # type: ignore[misc]
    assert await message_of(store, "sent") == Message("")
    assert await store.run(lambda tx: tx.sent_ts("sent")) == ("C0DEPLOY", "17.1")
    assert await message_of(store, "open") == a_post("open").message
    assert await message_of(store, "dropped") == a_post("dropped").message
    assert await message_of(store, "nothing") is None
