"""Own channels: an incident gets a channel as its room, where the team wants that; until there is
one, and where Slack makes none, its thread is the room.
"""

import re
from datetime import timedelta

import structlog

from bot.config import Config
from bot.domain.errors import Declined, Fault, Unanswered
from bot.domain.incidents.channels import ARCHIVED_AFTER, ChannelState, OwnChannel, names
from bot.domain.incidents.incidents import Incident, State
from bot.domain.people import Role
from bot.messages.incidents import channels as messages
from bot.ports import Stale, Tx
from bot.ports.channels import Channels, NameTaken
from bot.services.desk import Desk, retry_in
from bot.services.incidents import incident_room as room

log = structlog.get_logger()

LOST_AFTER = timedelta(seconds=15)
"""A try to make a channel that is under way for longer was cut off."""

SOON = timedelta(seconds=1)
SKEW = timedelta(minutes=5)
"""By how much Slack's clock and ours may differ."""

MOST_FAILURES = 12
"""After so many an invitation, a topic or the archiving is given up."""

_PERSON = re.compile("[UW][A-Z0-9]+")


def begin(tx: Tx, config: Config, incident: Incident) -> None:
    """It was opened: its channel is wanted, if the team has it so."""
    if config.incidents.own_channel:
        name, _ = names(incident)
        wanted = OwnChannel(incident=incident.id, name=name, wanted_at=tx.now, due_at=tx.now)
        tx.add_own_channel(wanted)


def follow(tx: Tx, incident: Incident) -> None:
    """Somebody else leads it, or it is closed: see to its channel."""
    found = tx.own_channel(incident.id)
    if found is not None and found.state in (ChannelState.WANTED, ChannelState.OPEN):
        ends = incident.state is State.CLOSED and found.state is ChannelState.OPEN
        due_at = tx.now + (ARCHIVED_AFTER if ends else timedelta(0))
        if found.lost and found.due_at is not None:  # a try is under way
            due_at = max(due_at, found.due_at)
        tx.save_own_channel(found, found.with_(failures=0, due_at=due_at))


def lost(tx: Tx, key: str, why: str) -> bool:
    """Slack does not take what is said in the channel of that root message: from now on the thread
    is the room. Whether there was such a channel.
    """
    found = tx.room_of(key)
    if found is None:
        return False
    _give_up(tx, found, why)
    return True


async def step(desk: Desk, incident_id: int) -> None:
    """Do what is due about one channel."""
    found, incident = await desk.store.read(
        lambda tx: (tx.own_channel(incident_id), tx.incident(incident_id))
    )
    if found is None or incident is None or found.due_at is None or desk.now() < found.due_at:
        return
    is_over = incident.state is State.CLOSED
    if desk.channels is None:
        await desk.store.run(lambda tx: _give_up(tx, found, "Slack is not set up"))
    elif found.state is ChannelState.WANTED and is_over:
        await desk.store.run(lambda tx: _give_up(tx, found, "it was closed before there was one"))
    elif found.state is ChannelState.WANTED:
        await _make(desk, desk.channels, incident, found)
    elif found.state is ChannelState.OPEN:
        see_to = _archive if is_over else _furnish
        await see_to(desk, desk.channels, incident, found)
    desk.wake()


async def _make(desk: Desk, channels: Channels, incident: Incident, found: OwnChannel) -> None:
    """Make it, once; after a lost answer it is looked for first."""
    claimed = found.with_(lost=True, due_at=desk.now() + LOST_AFTER)
    try:
        claimed = await desk.store.run(lambda tx: tx.save_own_channel(found, claimed))
    except Stale:
        return
    since = found.wanted_at - SKEW
    try:
        made = await channels.ours(found.name, since) if found.lost else None
        try:
            made = made or await channels.create(found.name)
        except NameTaken:
            made = await channels.ours(found.name, since)
            if made is None:
                await _rename(desk, incident, claimed)
                return
    except Declined as no:
        why = no.text
        await desk.store.run(lambda tx: _give_up(tx, claimed, why))
    except Fault as fault:
        await _put_off(desk, claimed, fault)
    else:
        await desk.store.run(lambda tx: _opened(tx, desk.config, incident, claimed, made))


async def _rename(desk: Desk, incident: Incident, claimed: OwnChannel) -> None:
    """Somebody has that name: once more with another one."""
    other = names(incident)[1]
    if claimed.name == other:
        why = f"the names #{names(incident)[0]} and #{other} are taken"
        await desk.store.run(lambda tx: _give_up(tx, claimed, why))
        return
    again = claimed.with_(name=other, lost=False, due_at=desk.now())
    await desk.store.run(lambda tx: tx.save_own_channel(claimed, again))


async def _put_off(desk: Desk, claimed: OwnChannel, fault: Fault) -> None:
    """Try again, but not so long that people wait for what is to be said there."""
    due_at = desk.now() + retry_in(claimed.failures, fault.retry_after)
    if claimed.is_late(due_at):
        await desk.store.run(lambda tx: _give_up(tx, claimed, fault.text))
        return
    is_lost, failures = isinstance(fault, Unanswered), claimed.failures + 1
    again = claimed.with_(lost=is_lost, failures=failures, due_at=due_at)
    await desk.store.run(lambda tx: tx.save_own_channel(claimed, again))


def _give_up(tx: Tx, found: OwnChannel, why: str) -> None:
    incident = tx.incident(found.incident)
    now = tx.own_channel(found.incident)
    if incident is None or now is None or now.state not in (found.state, ChannelState.WANTED):
        return
    tx.save_own_channel(now, now.refused(why))
    room.note(tx, incident, f"Its thread is its room: {why}")
    tx.audit("gonogo", "channel_refused", incident.name, name=now.name, why=why)


def _opened(tx: Tx, config: Config, incident: Incident, claimed: OwnChannel, channel: str) -> None:
    now = tx.own_channel(incident.id)
    if now is None or now.state is not ChannelState.WANTED:
        return
    tx.save_own_channel(now, now.with_(name=claimed.name).opened(channel, tx.now))
    room.note(tx, incident, f"Its room is #{claimed.name}")
    tx.audit("gonogo", "channel_opened", incident.name, name=claimed.name, channel=channel)


async def _furnish(desk: Desk, channels: Channels, incident: Incident, found: OwnChannel) -> None:
    """Invite who has to be there; once its root message stands, the topic says where."""
    root, wanted = await desk.store.read(
        lambda tx: (tx.sent_ts(room.room_key(incident.id)), _guests(tx, incident))
    )
    trouble, guests = "", list(found.guests)
    try:
        for guest in wanted:
            if guest not in guests:
                trouble = await _invite(channels, found, guest) or trouble
                guests.append(guest)
        if root is not None and not found.is_furnished:
            url = await desk.chat.permalink(*root)
            await channels.describe(found.channel, messages.topic(incident, url))
    except Declined as no:
        trouble = no.text
    except Fault as fault:
        await _later(desk, found, found.with_(guests=tuple(guests)), fault)
        return
    due_at = None if root is not None else desk.now() + SOON

    def keep(tx: Tx) -> None:
        changes = {"guests": tuple(guests), "is_furnished": root is not None, "trouble": trouble}
        tx.save_own_channel(found, found.with_(**changes, failures=0, due_at=due_at))
        if root is not None and not found.is_furnished:
            told = messages.begun(incident)
            room.say(tx, desk.config, incident, "room", told, links_to=":".join(root))

    await desk.store.run(keep)


def _guests(tx: Tx, incident: Incident) -> tuple[str, ...]:
    """Who opened it, who leads it and tells people, and whoever may lead or approve."""
    first = (incident.declared_by, incident.lead, incident.comms)
    wanted = (*filter(None, first), *tx.members(Role.LEAD), *tx.members(Role.APPROVER))
    return tuple(dict.fromkeys(one for one in wanted if _PERSON.fullmatch(one)))


async def _invite(channels: Channels, found: OwnChannel, guest: str) -> str:
    """What kept them out, if something did; the others are invited all the same."""
    try:
        await channels.invite(found.channel, guest)
    except Declined as no:
        log.warning("not_invited", channel=found.name, user=guest, error=no.text)
        return no.text
    return ""


async def _archive(desk: Desk, channels: Channels, incident: Incident, found: OwnChannel) -> None:
    """Its last words were read; a button that outlived it would have nowhere to answer."""
    trouble = ""
    try:
        await channels.settle(found.channel)
        await channels.archive(found.channel)
    except Declined as no:
        trouble = no.text
    except Fault as fault:
        await _later(desk, found, found, fault)
        return
    state = ChannelState.ARCHIVED
    over = found.with_(state=state, trouble=trouble, due_at=None)

    def keep(tx: Tx) -> None:
        tx.save_own_channel(found, over)
        tx.audit("gonogo", "channel_archived", incident.name, name=found.name, trouble=trouble)

    await desk.store.run(keep)


async def _later(desk: Desk, found: OwnChannel, so_far: OwnChannel, fault: Fault) -> None:
    """Once more from where it is so far, not for ever."""
    failures = found.failures + 1
    due_at = desk.now() + retry_in(found.failures, fault.retry_after)
    gives_up = failures > MOST_FAILURES
    again = so_far.with_(failures=failures, trouble=fault.text, due_at=None if gives_up else due_at)
    await desk.store.run(lambda tx: tx.save_own_channel(found, again))
