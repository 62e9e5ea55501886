"""Assigning: the post-mortem's issue goes to whoever leads the incident now; what GitHub thinks of
that stands on the incident's message.
"""

from datetime import timedelta

import structlog

from bot.domain.errors import Declined, Fault
from bot.domain.gates import Issue
from bot.domain.incidents.incidents import Incident, State
from bot.messages.incidents import postmortems as messages
from bot.ports import Tx
from bot.services.desk import Desk, retry_in
from bot.services.incidents import incident_room as room

log = structlog.get_logger()

DECLINED = timedelta(hours=1)
"""GitHub said no; somebody may give us the right."""


def wanted(tx: Tx, incident: Incident) -> Incident:
    """A copy of one that has another lead: while its issue is a draft, the tick sees to it."""
    found = incident.postmortem
    if found is None or found.number is None or found.published_at is not None:
        return incident
    return incident.with_(draft_due_at=tx.now)


async def follow(desk: Desk, incident: Incident, repo: str) -> None:
    """Assign its owner, then take off whom the bot had assigned before; both may be repeated."""
    begun = await desk.store.run(lambda tx: _begin(tx, incident.id))
    if begun is None:
        return
    incident, login = begun
    found = incident.postmortem
    assert found is not None and found.number is not None
    try:
        issue = await desk.github.assign(repo, found.number, login)
        for other in found.assigned if issue.is_assigned(login) else ():
            if other != login:
                issue = await desk.github.unassign(repo, found.number, other)
    except Declined as no:
        log.warning("owner_not_assigned", incident=incident.name, login=login, why=no.text)
        trouble = messages.not_assigned(login, no.text)
        await desk.store.run(lambda tx: _put_off(tx, incident.id, trouble, DECLINED))
    except Fault as fault:
        log.info("owner_not_assigned", incident=incident.name, login=login, why=fault.text)
        trouble = messages.not_assigned_yet(login, fault.text)
        pause = retry_in(0, fault.retry_after) if fault.retry_after else None
        await desk.store.run(lambda tx: _put_off(tx, incident.id, trouble, pause))
    else:
        await desk.store.run(lambda tx: _assigned(tx, incident, login, issue))


def _begin(tx: Tx, incident_id: int) -> tuple[Incident, str] | None:
    """Who is to be assigned, written down before GitHub is told, so that they can be taken off."""
    incident = tx.incident(incident_id)
    if incident is None or incident.postmortem is None:
        return None
    found, login = incident.postmortem, tx.actor(incident.owner)[0].github
    if login is None:
        told = found.with_(trouble=messages.NO_LOGIN)
        room.keep(tx, incident, incident.with_(postmortem=told, draft_due_at=None))
        return None
    if login not in found.assigned:
        found = found.with_(assigned=(*found.assigned, login))
        incident = room.keep(tx, incident, incident.with_(postmortem=found))
    return incident, login


def _put_off(tx: Tx, incident_id: int, trouble: str, pause: timedelta | None) -> None:
    """Say so, and try again; without a pause when this try is given up as lost."""
    now = tx.incident(incident_id)
    if now is None or now.postmortem is None or now.state is State.CLOSED:
        return
    due_at = tx.now + pause if pause and now.draft_due_at else now.draft_due_at
    told = now.postmortem.with_(trouble=trouble)
    room.keep(tx, now, now.with_(postmortem=told, draft_due_at=due_at))


def _assigned(tx: Tx, before: Incident, login: str, issue: Issue) -> None:
    now = tx.incident(before.id)
    if now is None or now.postmortem is None:
        return
    is_assigned = issue.is_assigned(login)
    if is_assigned:
        room.note(tx, now, f"Post-mortem #{issue.number} assigned to {login}")
        tx.audit("gonogo", "postmortem_assigned", now.name, issue=issue.number, login=login)
    found = now.postmortem.with_(
        assigned=tuple(filter(issue.is_assigned, now.postmortem.assigned)),
        trouble="" if is_assigned else messages.not_assigned(login, "see their access"),
    )
    is_same = now.owner == before.owner and now.state is not State.CLOSED
    due_at = None if is_same or now.draft_due_at is None else tx.now
    room.keep(tx, now, now.with_(postmortem=found, draft_due_at=due_at))
