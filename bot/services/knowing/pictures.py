"""Pictures: drawn and uploaded by the tick, then posted like every other message.

The upload may happen twice and leaves a file that nobody sees; what counts is the post, which the
outbox sends once.
"""

import asyncio
from datetime import tzinfo

from bot.domain.errors import Declined, Fault
from bot.domain.metrics.metrics import Window
from bot.domain.metrics.pictures import PictureWish
from bot.domain.metrics.trends import Trend, trend
from bot.messages.blocks import Message
from bot.messages.knowing import pictures
from bot.ports import Post, Tx
from bot.services.desk import Desk, retry_in

MOST_FAILURES = 12


async def draw(desk: Desk, wish_id: int) -> None:
    """One wanted picture, as far as the outside lets us."""
    wish = await desk.store.read(lambda tx: tx.picture_wish(wish_id))
    if wish is None:
        return
    try:
        message = await _drawn(desk, wish)
    except Declined as no:
        message = pictures.none(wish.service, wish.environment, no.text)
    except Fault as fault:
        if wish.failures < MOST_FAILURES:
            due = desk.now() + retry_in(wish.failures, fault.retry_after)
            await desk.store.run(lambda tx: tx.put_off_picture(wish, due))
            return
        message = pictures.none(wish.service, wish.environment, fault.text)
    post = Post(
        key=f"picture:{wish.id}", channel=wish.channel, message=message, thread_of=wish.thread_of
    )

    def hand_over(tx: Tx) -> None:
        tx.post(post)
        tx.forget_picture(wish.id)

    await desk.store.run(hand_over)
    desk.wake()


async def _drawn(desk: Desk, wish: PictureWish) -> Message:
    found = await desk.store.read(lambda tx: _trend(tx, wish, desk.config.zone))
    picture = pictures.picture(found)
    theme = desk.config.slack.pictures
    content = await asyncio.to_thread(desk.painter.paint, picture, theme)
    name = f"metrics-{wish.service}-{wish.environment}.png"
    file = await desk.chat.upload(name, content, pictures.aloud(picture))
    return pictures.posted(picture, file)


def _trend(tx: Tx, wish: PictureWish, zone: tzinfo) -> Trend:
    place = (wish.service, wish.environment)
    window = Window(start=wish.start, end=wish.end, as_of=wish.as_of, zone=zone)
    return trend(tx.records(*place), tx.incident_records(wish.service), place, window)
