"""Paging: people are woken for a bad incident, and let sleep again when it is over."""

from datetime import datetime, timedelta

import structlog

from bot.config import Config
from bot.domain.errors import Declined, Fault, Unanswered
from bot.domain.incidents.incidents import UNRESTORED, Incident
from bot.domain.incidents.pages import ALARMING_AFTER, Page, PageState, is_wanted, newest
from bot.domain.people import Role
from bot.messages.incidents import paging as messages
from bot.ports import Stale, Tx
from bot.ports.paging import Alarm, Answered, Pager, Urgency
from bot.services.desk import Desk, retry_in
from bot.services.incidents import incident_room as room

log = structlog.get_logger()

LOST_AFTER = timedelta(seconds=30)
"""A try that is under way for longer was cut off; longer than the time limit of the call."""

LOOK_SOON, LOOK_SELDOM = timedelta(seconds=10), timedelta(minutes=1)
"""How often a pager is asked who answered: at first, and after somebody has or five minutes."""

SOON = timedelta(minutes=5)

LINK_WITHIN = timedelta(seconds=1)
"""So long the first try waits for the incident's message, to carry its address."""

URGENCY: dict[str, Urgency] = {
    "outage": "critical",
    "major": "error",
    "moderate": "warning",
    "minor": "info",
}


def begin(tx: Tx, config: Config, incident: Incident, *, wake: bool | None, by: str) -> None:
    """It was opened: people are woken as its severity asks for, unless somebody decided that."""
    is_usual = is_wanted(incident, config.incidents.paging.severities)
    wakes = is_usual if wake is None else wake and not incident.drill
    if wakes is not is_usual:
        word = "Wakes people" if wakes else "Wakes nobody"
        room.note(tx, incident, f"{word}, which its severity does not ask for", by=by)
        tx.audit(by, "paging_chosen", incident.name, wakes=wakes)
    if wakes:
        _add(tx, incident)


def follow(tx: Tx, config: Config, incident: Incident, *, anew: bool = False) -> None:
    """Write down that people are to be woken, or let be, as the incident now asks for; `anew` wakes
    those as well who were woken before, whether or not they answered.
    """
    known = tx.pages(incident.id)
    if is_wanted(incident, config.incidents.paging.severities):
        if not known:
            _add(tx, incident)
        ringing = max((page.ringing for page in known), default=0) + 1
        for page in newest(known):
            if not page.is_ringing or (anew and not page.is_open):
                _ring_again(tx, page, ringing)
    elif incident.state not in UNRESTORED:
        for page in known:
            if not page.ends:
                tx.save_page(page, page.ended(tx.now))


def _ring_again(tx: Tx, page: Page, ringing: int) -> None:
    """By an alarm of its own, beside the end of the one before; a wish that no pager had has none
    to end.
    """
    if not page.pager:
        tx.save_page(page, page.anew(tx.now, ringing))
        return
    if page.is_ringing:
        tx.save_page(page, page.ended(tx.now))
    tx.add_page(page.anew(tx.now, ringing).with_(id=0, revision=0))


def _add(tx: Tx, incident: Incident) -> None:
    due_at = tx.now + LINK_WITHIN
    tx.add_page(Page(incident=incident.id, raised_at=tx.now, due_at=due_at))


async def work_off(desk: Desk, page_id: int) -> None:
    """Do what is due about one page."""
    page = await desk.store.read(lambda tx: tx.page(page_id))
    if page is None or page.due_at is None or desk.now() < page.due_at:
        return
    pager = desk.pagers.get(page.pager)
    if pager is None:
        await _assign(desk, page)
    elif page.is_open:
        await _tell(desk, page, pager)
    else:
        await _look(desk, page, pager)
    desk.wake()


async def _assign(desk: Desk, page: Page) -> None:
    """Give a wish to every pager there is; where there is none (any more), to people in Slack."""

    def assign(tx: Tx) -> None:
        incident = tx.incident(page.incident)
        first, *others = sorted(desk.pagers) or [page.pager]
        if incident is None or page.ends:
            tx.save_page(page, page.accepted(None))
        elif not desk.pagers or page.pager:
            saved = tx.save_page(page, page.failed("not set up"))
            _call_in_slack(tx, desk.config, incident, saved)
        else:
            tx.save_page(page, page.with_(pager=first))
            for name in others:
                tx.add_page(page.with_(id=0, pager=name))

    await desk.store.run(assign)


async def _tell(desk: Desk, page: Page, pager: Pager) -> None:
    """Send it once. After a lost answer it is looked for first, where that can be seen."""
    incident = await desk.store.read(lambda tx: tx.incident(page.incident))
    if incident is None:
        return
    alarm = _alarm(incident, page, await _link(desk, incident))
    if page.lost and not page.ends and pager.sees_answers:
        seen = await _ask(pager, page)
        if seen is not None and seen.at >= page.raised_at - LOOK_SOON:
            await _keep(desk, page, page.accepted(desk.now()))
            return
    claimed = await _claim(desk, page)
    if claimed is None:
        return
    try:
        await (pager.resolve(alarm) if page.ends else pager.trigger(alarm))
    except Declined as no:
        await _keep(desk, claimed, claimed.failed(no.text))
    except Fault as fault:
        due_at = desk.now() + retry_in(claimed.attempts - 1, fault.retry_after)
        lost = isinstance(fault, Unanswered)
        await _keep(desk, claimed, claimed.put_off(fault.text, due_at, lost=lost))
    else:
        look_at = _next_look(desk, page) if pager.sees_answers else None
        await _keep(desk, claimed, claimed.accepted(look_at))


async def _link(desk: Desk, incident: Incident) -> str:
    """Where its room is, if Slack says so."""
    key = room.room_key(incident.id)
    place = await desk.store.read(lambda tx: tx.sent_ts(key))
    try:
        return await desk.chat.permalink(*place) if place else ""
    except Fault:
        return ""


async def _claim(desk: Desk, page: Page) -> Page | None:
    """Note that it is being sent; None when somebody else does, or wants something else."""
    begun = page.begun(desk.now() + LOST_AFTER)
    try:
        return await desk.store.run(lambda tx: tx.save_page(page, begun))
    except Stale:
        return None


async def _look(desk: Desk, page: Page, pager: Pager) -> None:
    """Who answered? That nobody can be asked just now changes nothing that is known."""
    try:
        seen = await pager.answered(page.key)
    except Fault as fault:
        log.info("pager_not_read", pager=page.pager, error=fault.text)
        due_at = desk.now() + max(LOOK_SELDOM, retry_in(0, fault.retry_after))
        await _keep(desk, page, page.with_(due_at=due_at))
        return
    state = seen.state if seen else "triggered"
    by = seen.by if seen and state != "triggered" else ""
    match state:
        case "acknowledged":
            now, due = PageState.ACKNOWLEDGED, desk.now() + LOOK_SELDOM
            changed = page.with_(state=now, by=by, due_at=due)
        case "resolved":
            changed = page.with_(state=PageState.OVER, by=by, due_at=None)
        case _:
            due = _next_look(desk, page)
            changed = page.with_(state=PageState.ACCEPTED, by="", due_at=due)
    await _keep(desk, page, changed)


def _next_look(desk: Desk, page: Page) -> datetime:
    now = desk.now()
    return now + (LOOK_SOON if now < page.raised_at + SOON else LOOK_SELDOM)


async def _ask(pager: Pager, page: Page) -> Answered | None:
    """What the pager knows of it; nothing where it cannot be asked, so that it is sent again."""
    try:
        return await pager.answered(page.key)
    except Fault as fault:
        log.info("pager_not_read", pager=page.pager, error=fault.text)
        return None


async def _keep(desk: Desk, old: Page, new: Page) -> None:
    def keep(tx: Tx) -> None:
        now, incident = tx.page(old.id), tx.incident(old.incident)
        if now is None or incident is None:
            return
        if now != old:  # something else is wanted by now, and this try is no longer in its way
            if now.is_open:
                tx.save_page(now, now.with_(due_at=tx.now))
            return
        saved = tx.save_page(old, new)
        if (saved.state, saved.by) != (old.state, old.by):
            _note(tx, incident, saved)
        is_alarming = saved.state is PageState.RETRYING and saved.attempts >= ALARMING_AFTER
        if not saved.ends and (saved.state is PageState.FAILED or is_alarming):
            _call_in_slack(tx, desk.config, incident, saved)

    await desk.store.run(keep)


def _note(tx: Tx, incident: Incident, page: Page) -> None:
    """What matters later: who was woken when, who answered, and what went wrong."""
    told = messages.status([page])
    if page.state is not PageState.RETRYING or page.attempts == 1:
        room.note(tx, incident, told)
    tx.audit("gonogo", "paging", incident.name, pager=page.pager, state=page.state, by=page.by)


def _call_in_slack(tx: Tx, config: Config, incident: Incident, page: Page) -> None:
    """The last resort: a mention in the thread, and a letter to those who may lead."""
    paging = config.incidents.paging
    word = f"page:{page.id}:{int(page.raised_at.timestamp())}"
    told = messages.call(incident, page, paging.group, paging.by_hand)
    room.say(tx, config, incident, word, told)
    for user in tx.members(Role.LEAD):
        room.direct(tx, incident, word, user, messages.letter(incident, page))


def _alarm(incident: Incident, page: Page, url: str) -> Alarm:
    return Alarm(
        key=page.key,
        at=page.raised_at,
        summary=f"{incident.name} {incident.severity}: {incident.title}: {incident.impact}",
        urgency=URGENCY[incident.severity],
        source=incident.service,
        url=url,
        details={
            "started": incident.started_at.isoformat(),
            "suspect": incident.cause or "none",
        },
    )
