"""Rooms: keep an incident's root message, and the suspect in its thread, equal to the store."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import partial

import structlog

from bot.config import Config
from bot.domain.errors import Declined, NotFound
from bot.domain.incidents.channels import ChannelState, OwnChannel
from bot.domain.incidents.incidents import Incident
from bot.domain.rollbacks.rollback_target import carriers, choose, taken_back_by
from bot.messages.blocks import Message
from bot.messages.incidents import channels, paging, publishing
from bot.messages.incidents import incident_news as news
from bot.messages.incidents import incidents as messages
from bot.ports import Post, Room, Tx
from bot.ports.channels import TakesNothing
from bot.services.board import EDIT_PAUSE, MOST_DECLINES, digest
from bot.services.desk import Desk
from bot.services.incidents import channels as own_channels
from bot.services.incidents.incident_room import PRODUCTION, room_key, suspect_key
from bot.services.incidents.suspecting import candidates_of
from bot.services.rollbacks.past import past

log = structlog.get_logger()


def furnish(tx: Tx, config: Config, incident: Incident) -> None:
    """Put the two messages of a new incident on their way."""
    faces = _faces(tx, config, incident)
    for post in faces:
        tx.post(post)
    shown = {post.key: digest(post.message) for post in faces}
    room = Room(incident=incident.id, shown=shown, shown_at=None)
    tx.show_room(incident.id, incident.revision, room)


class Rooms:
    """Edits what has changed; `edited` is told of every edit, as Slack counts them together."""

    def __init__(self, desk: Desk, edited: Callable[[], None]) -> None:
        self._desk = desk
        self._edited = edited
        self._declines: Counter[str] = Counter()

    def due(self, stale: tuple[Room, ...], now: datetime) -> list[int]:
        """Which of the changed ones may be shown now."""
        return [room.incident for room in stale if _opens(room, now) <= now]

    def next_due(self, stale: tuple[Room, ...], now: datetime) -> datetime | None:
        """When the earliest of those that have to wait may be shown."""
        return min((_opens(room, now) for room in stale), default=None)

    async def show(self, incident_id: int) -> None:
        """Bring the messages of one incident up to date."""
        read = partial(_read, self._desk.config, incident_id)
        found = await self._desk.store.read(read)
        if found is None:
            return
        incident, room, faces, shut = found
        shown = dict(room.shown)
        for post, place in faces:
            wanted = digest(post.message)
            if place is None:
                continue
            if place[0] == shut:
                await self._desk.store.run(partial(_move, incident=incident, post=post))
            elif shown.get(post.key) != wanted:
                await self._desk.store.run(partial(_doubt, room, post.key))
                await self._edit(incident, post, *place)
            shown[post.key] = wanted
        at = self._desk.now() if shown != room.shown else room.shown_at
        now_shown = replace(room, shown=shown, shown_at=at)
        await self._desk.store.run(partial(_keep, room, now_shown, incident.revision))
        self._desk.wake()

    async def _edit(self, incident: Incident, post: Post, channel: str, ts: str) -> None:
        self._edited()
        try:
            await self._desk.chat.update(channel, ts, post.message)
        except NotFound:
            await self._desk.store.run(lambda tx: _again(tx, incident, post))
        except Declined as no:
            if await self._desk.store.run(partial(_is_lost, post=post, no=no)):
                return
            self._declines[post.key] += 1
            if self._declines[post.key] < MOST_DECLINES:
                raise
            log.warning("room_not_edited", key=post.key, error=no.text)
        self._declines.pop(post.key, None)


def _doubt(room: Room, key: str, tx: Tx) -> None:
    """From the edit until all of it is kept nobody knows what that message shows: should the answer
    be lost, or the bot end, it is shown once more, also with the words that stood there before.
    """
    now = tx.room(room.incident)
    if key in now.shown:
        known = {other: shown for other, shown in now.shown.items() if other != key}
        tx.show_room(room.incident, 0, replace(now, shown=known))


def _keep(before: Room, shown: Room, revision: int, tx: Tx) -> None:
    """Where another bot showed something else since we read what was shown `before`, nobody knows
    whose edit came last: it is shown once more.
    """
    now = tx.room(shown.incident)
    if now.shown_at == before.shown_at or now.shown == shown.shown:
        tx.show_room(shown.incident, revision, shown)
    else:
        tx.show_room(shown.incident, 0, replace(shown, shown={}))


def _opens(room: Room, now: datetime) -> datetime:
    if room.shown_at is None or room.shown_at > now:  # later than now: the clock was set back
        return now
    return room.shown_at + EDIT_PAUSE


def _read(
    config: Config, incident_id: int, tx: Tx
) -> tuple[Incident, Room, list[tuple[Post, tuple[str, str] | None]], str | None] | None:
    incident = tx.incident(incident_id)
    room = next((room for room in tx.stale_rooms() if room.incident == incident_id), None)
    if incident is None or room is None:
        return None
    faces = _faces(tx, config, incident)
    places = [(post, tx.sent_ts(post.key)) for post in faces]
    return incident, room, places, _shut(tx.own_channel(incident_id))


def _faces(tx: Tx, config: Config, incident: Incident) -> tuple[Post, ...]:
    """Its two messages as they should read now."""
    channel, root = config.slack.channel, room_key(incident.id)
    posted = tx.status_post(incident.id)
    lag = config.status_page.lag if config.status_page else ""
    asides = (
        channels.status(tx.own_channel(incident.id)),
        paging.status(tx.pages(incident.id), config.incidents.paging.by_hand),
        publishing.status(posted, lag),
    )
    can_publish = config.status_page and incident.is_open and not incident.drill
    more = (publishing.button(incident, posted),) if can_publish else ()
    return (
        Post(
            key=root,
            channel=channel,
            message=messages.root(incident, config.incidents.playbook, asides, more),
        ),
        Post(
            key=suspect_key(incident.id),
            channel=channel,
            message=about_suspect(tx, incident),
            thread_of=root,
        ),
    )


def about_suspect(tx: Tx, incident: Incident) -> Message:
    """What its thread says of the suspect now, and offers to do."""
    suspected = tx.deployment_in_history(incident.cause) if incident.cause else None
    records = past(tx, incident.service, PRODUCTION, incident)
    choice = choose(records)
    undone = incident.cause and taken_back_by(records, incident.cause, choice.live)
    carried = [one.version for one in carriers(records, incident.cause or "")]
    return news.suspect(
        incident,
        suspected.version if suspected else None,
        takes_back=choice.target,
        takes_along=choice.live if choice.live in carried and choice.live != carried[0] else None,
        undone_by=choice.live if undone else None,
        had_some=bool(candidates_of(tx, incident)),
    )


def _is_lost(tx: Tx, post: Post, no: Declined) -> bool:
    """Whether it stands in a channel that takes nothing any more: the thread is the room now."""
    if post.thread_of is None or not isinstance(no, TakesNothing):
        return False
    return own_channels.lost(tx, post.thread_of, no.text)


def _shut(own: OwnChannel | None) -> str | None:
    """The channel in which nothing can be edited any more, if there is one."""
    is_shut = own is not None and own.state in (ChannelState.REFUSED, ChannelState.ARCHIVED)
    return own.channel or None if own is not None and is_shut else None


def _move(tx: Tx, incident: Incident, post: Post) -> None:
    """Post in the thread, where that is the room now, what stands in a channel that is shut."""
    own, place = tx.own_channel(incident.id), tx.sent_ts(post.key)
    is_there = own is not None and place is not None and place[0] == own.channel
    if own is not None and is_there and own.state is ChannelState.REFUSED:
        tx.post_again(post)


def _again(tx: Tx, incident: Incident, post: Post) -> None:
    """Post a root that somebody deleted anew, within a day once: who deletes it again means it."""
    if post.thread_of is None and tx.first_time(f"again:{post.key}", "rooms", "gonogo"):
        tx.audit("gonogo", "message_deleted", incident.name)
        tx.post_again(post)
