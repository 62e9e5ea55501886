"""Homes: shown when somebody looks, and kept up to date for a while after that."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import structlog

from bot.config import GUARDED, Config
from bot.domain.closures import windows
from bot.domain.deployments.deployments import Deployment
from bot.domain.errors import Declined, Fault, NotFound, Refusal
from bot.domain.metrics import homes
from bot.domain.metrics.homes import WATCHED_FOR, Home
from bot.domain.people import Deed, require_member
from bot.messages.knowing import home as messages
from bot.messages.knowing import reports as lines
from bot.ports import Tx
from bot.services.board import digest_of
from bot.services.closures.closures import with_freezes
from bot.services.desk import Desk, retry_in
from bot.services.knowing import reports

log = structlog.get_logger()
PACE = timedelta(seconds=15)
NEWEST = 5


async def show(desk: Desk, slack_id: str) -> None:
    """Bring one Home up to date, if there is anything new to see."""
    home, facts, why = await desk.store.read(lambda tx: read(tx, desk.config, slack_id))
    if home is None:
        return
    view = messages.view(await _with_links(desk, facts)) if facts else messages.nothing(why)
    shown = digest_of(view)
    try:
        if shown != home.shown or desk.now() - home.opened_at < PACE:
            await desk.chat.publish(slack_id, view)
    except (Declined, NotFound) as no:
        log.warning("home_not_shown", user=slack_id, error=no.text)
        await _keep(desk, replace(home, due_at=None))
    except Fault as fault:
        pause = retry_in(home.failures, fault.retry_after)
        later = replace(home, due_at=desk.now() + pause, failures=home.failures + 1)
        await _keep(desk, later)
    else:
        is_watched = desk.now() - home.opened_at < WATCHED_FOR
        due = desk.now() + PACE if is_watched else None
        await _keep(desk, replace(home, due_at=due, shown=shown, failures=0))


async def _keep(desk: Desk, home: Home) -> None:
    await desk.store.run(lambda tx: tx.keep_home(home))


async def _with_links(desk: Desk, facts: messages.Facts) -> messages.Facts:
    """The facts with the address of each card that somebody has to decide about."""
    waiting = []
    for deployment, _ in facts.waiting:
        card = await desk.store.read(lambda tx, number=deployment.id: tx.card(number))  # type: ignore[misc]
        url = None
        if card:
            with suppress(Fault):  # for one, somebody deleted it: the rest of the Home stands
                url = await desk.chat.permalink(card.channel, card.ts)
        waiting.append((deployment, url))
    return replace(facts, waiting=waiting)


def read(tx: Tx, config: Config, slack_id: str) -> tuple[Home | None, messages.Facts | None, str]:
    """Somebody's Home, and what it is made of, or why they may see nothing."""
    home = tx.home(slack_id)
    actor = tx.actor(slack_id)[0].doing(Deed.ENDS, tx.now)
    try:
        require_member(actor)
    except Refusal as refusal:
        return home, None, str(refusal)
    open_incidents = tx.open_incidents()
    unsettled = (*open_incidents, *tx.resolved_incidents())
    unfinished: Iterable[Deployment] = [d for d in tx.unfinished() if not d.dry_run]
    signing = ((d, homes.to_sign(d, actor)) for d in unfinished)
    found = messages.Facts(
        waiting=[(d, None) for d in unfinished if homes.waits_for(d, actor)],
        watching=[d for d in unfinished if homes.is_asked_to_watch(d, actor)],
        signing=[(d, items) for d, items in signing if items],
        news=[one for one in open_incidents if homes.owes_news(one, actor)],
        suspects=[one for one in unsettled if homes.has_suspect(one, actor)],
        postmortems=[one for one in unsettled if homes.owes_postmortem(one, actor)],
        places=[lines.place(one) for one in reports.places(tx, config)],
        closed=reports.closed(tx, config),
        incidents=open_incidents,
        windows=_windows(tx, config),
        newest=[lines.entry(d) for d in tx.history(None, None, limit=NEWEST)],
        figures=tx.figures(),
        links=_links(config),
        letters=tx.wants_letters(slack_id),
        commands=config.commands.model_dump(),
    )
    return home, found, ""


def _windows(tx: Tx, config: Config) -> list[tuple[str, str]]:
    """What the calendar of each service says now."""
    known, place = tx.freezes(), GUARDED[0]
    calendars = (
        (name, with_freezes(known, config, name, place, tx.now)) for name in config.services
    )
    return [(name, windows.in_words(found, tx.now)) for name, found in calendars if found]


def _links(config: Config) -> dict[str, str]:
    playbook = {"Incident playbook": config.incidents.playbook} if config.incidents.playbook else {}
    return playbook | config.links
