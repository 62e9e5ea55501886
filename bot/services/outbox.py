"""Outbox: every message leaves once; a post whose answer was lost is looked for before it is sent
again.
"""

from datetime import timedelta

import structlog

from bot.domain.errors import Declined, Fault, NotFound, Unanswered
from bot.messages.blocks import Message, linking
from bot.ports import Post, Stale, Tx
from bot.ports.channels import TakesNothing
from bot.services.desk import Desk, retry_in
from bot.services.incidents import channels

log = structlog.get_logger()

LOST_AFTER = timedelta(seconds=30)
"""A post that is under way for longer was cut off; longer than the time limit of the call."""

MOST_ATTEMPTS = 12
"""After so many tries what only one person would see is given up."""

KEPT = timedelta(hours=24)
"""How long a message that is declined is tried: somebody may yet invite the bot."""


async def deliver(desk: Desk, posts: tuple[Post, ...]) -> None:
    """Send these messages, all of one place, one after another; the first that fails holds the
    rest, now and until it has gone out (`Tx.posts_due`).
    """
    for post in posts:
        if not await _send(desk, post):
            return


async def _send(desk: Desk, post: Post) -> bool:
    lost = post.sending_since is not None
    try:
        claimed = await desk.store.run(
            lambda tx: tx.mark_sending(post, tx.now, tx.now + LOST_AFTER)
        )
    except Stale:
        return False
    try:
        found = await _find(desk, post) if lost else None
        lost = False  # a look that failed says nothing, and the next try has to look as well
        channel, ts = found or await _post(desk, claimed)
    except (Declined, NotFound) as no:
        await _declined(desk, claimed, no, lost=lost)
        return True
    except Fault as fault:
        await _put_off(desk, claimed, fault, lost=lost or isinstance(fault, Unanswered))
        return False
    await desk.store.run(lambda tx: tx.mark_sent(claimed, channel, ts))
    desk.wake()
    return True


async def _find(desk: Desk, post: Post) -> tuple[str, str] | None:
    """Where a message went whose answer was lost; whispers cannot be looked for, and do no harm
    twice.
    """
    if post.user is not None or post.sending_since is None:
        return None
    thread = await _thread(desk, post)
    channel = thread[0] if thread else post.channel
    since = (post.created_at or post.sending_since) - timedelta(seconds=5)
    return await desk.chat.find(channel, post.key, since, thread_ts=thread[1] if thread else None)


async def _post(desk: Desk, post: Post) -> tuple[str, str | None]:
    if post.user is not None:
        await desk.chat.whisper(
            post.channel,
            post.user,
            post.message,
            thread_ts=post.thread_ts,
            response_url=post.response_url,
        )
        return post.channel, None
    thread = await _thread(desk, post)
    channel = thread[0] if thread else post.channel
    message = await _linked(desk, post)
    return await desk.chat.post(
        channel, message, key=post.key, thread_ts=thread[1] if thread else None
    )


async def _linked(desk: Desk, post: Post) -> Message:
    """The message with the address of the one that it links to, if Slack tells us that."""
    channel, _, ts = (post.links_to or "").partition(":")
    if not ts:
        return post.message
    try:
        return linking(post.message, await desk.chat.permalink(channel, ts))
    except (Declined, NotFound) as no:  # it was deleted, or stands where the bot is not
        log.info("message_not_linked", key=post.key, error=no.text)
        return post.message


async def _thread(desk: Desk, post: Post) -> tuple[str, str | None] | None:
    """Where it belongs: a thread, or the channel that is the room of an incident."""
    parent = post.thread_of
    return await desk.store.read(lambda tx: _room(tx, parent)) if parent else None


def _room(tx: Tx, parent: str) -> tuple[str, str | None] | None:
    own = tx.room_of(parent)
    return (own.channel, None) if own else tx.sent_ts(parent)


async def _declined(desk: Desk, post: Post, no: Fault, *, lost: bool) -> None:
    """A definite no. A person may mend it (invite the bot, say), so what is for all is kept."""
    log.warning("post_declined", key=post.key, error=no.text)
    now = desk.now()
    if isinstance(no, TakesNothing | NotFound) and await desk.store.run(
        lambda tx: _said_in_thread(tx, post, no.text)
    ):
        return
    if post.user is None and now - (post.created_at or now) < KEPT:
        due = now + retry_in(post.attempts, None)
        await desk.store.run(lambda tx: tx.put_off(post, due, clear=not lost, declined=no.text))
    else:
        await desk.store.run(lambda tx: _give_up(tx, post, no.text))


def _said_in_thread(tx: Tx, post: Post, why: str) -> bool:
    """What an incident's own channel does not take goes into the thread, now and from now on."""
    is_lost = post.thread_of is not None and channels.lost(tx, post.thread_of, why)
    if is_lost:
        tx.put_off(post, tx.now, clear=True)
    return is_lost


async def _put_off(desk: Desk, post: Post, fault: Fault, *, lost: bool) -> None:
    if post.attempts >= MOST_ATTEMPTS and post.user is not None:
        await desk.store.run(lambda tx: _give_up(tx, post, fault.text))
        return
    log.info("post_put_off", key=post.key, error=fault.text, attempts=post.attempts)
    due = desk.now() + retry_in(post.attempts, fault.retry_after)
    await desk.store.run(lambda tx: tx.put_off(post, due, clear=not lost))


def _give_up(tx: Tx, post: Post, why: str) -> None:
    tx.drop(post, why)
    tx.audit("gonogo", "post_refused", post.key, why=why)
