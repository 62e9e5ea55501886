"""Post-mortems: the draft at GitHub, made once from what is known when the service is restored and
assigned to its owner, and a person's word that it is published.
"""

from datetime import timedelta

import structlog

from bot.domain.errors import Declined, Fault, Refusal
from bot.domain.gates import Issue
from bot.domain.incidents import incident_rules as rules
from bot.domain.incidents.incidents import Incident, State
from bot.domain.incidents.timeline import in_order
from bot.messages.blocks import Message
from bot.messages.incidents import incident_news as news
from bot.messages.incidents import postmortems as messages
from bot.ports import Tx
from bot.services.deployments.requests import as_before
from bot.services.desk import Desk, retry_in
from bot.services.incidents import assigning
from bot.services.incidents import incident_room as room
from bot.services.incidents.incidents import load

log = structlog.get_logger()

LOST_AFTER = timedelta(seconds=60)
"""A request for an issue whose answer has not come by then is lost, and the issue looked for."""

SKEW = timedelta(minutes=10)
"""By how much GitHub's clock and ours may differ."""

DECLINED = timedelta(hours=1)
"""GitHub said no; somebody may give us the right."""


async def draft(desk: Desk, incident_id: int) -> None:
    """Make the draft, unless it is there: a lost answer may have made it. Where we know that it is,
    its owner has changed.
    """
    incident = await desk.store.run(lambda tx: _claim(tx, incident_id))
    if incident is None:
        return
    service = desk.config.services.get(incident.service)
    if service is None:
        await _note(desk, incident, "its service is no longer in gonogo.yaml", None)
        return
    if incident.postmortem and incident.postmortem.number is not None:
        await assigning.follow(desk, incident, service.repo)
        return
    repo, mark = service.repo, messages.mark(incident)
    try:
        found = await desk.github.find_issue(repo, mark, incident.declared_at - SKEW)
        made = found or await _open(desk, incident, repo)
    except Declined as no:
        await _note(desk, incident, f"GitHub refuses the draft ({no.text})", DECLINED)
        return
    except Fault as fault:
        pause = max(LOST_AFTER, retry_in(0, fault.retry_after))
        await _note(desk, incident, f"waiting for GitHub ({fault.text})", pause)
        return
    await desk.store.run(lambda tx: _made(desk, tx, incident_id, made))


async def _open(desk: Desk, incident: Incident, repo: str) -> Issue:
    """The issue, assigned to its owner; to nobody where GitHub declines that."""
    login, body = await desk.store.read(lambda tx: _text(tx, incident))
    title = messages.title(incident)
    if login:
        try:
            return await desk.github.create_issue(repo, title, body, (login,))
        except Declined as no:
            log.info("owner_not_assigned", incident=incident.name, login=login, why=no.text)
    return await desk.github.create_issue(repo, title, body)


def _claim(tx: Tx, incident_id: int) -> Incident | None:
    """Nobody else makes it meanwhile."""
    incident = tx.incident(incident_id)
    if incident is None or incident.draft_due_at is None or tx.now < incident.draft_due_at:
        return None
    if incident.postmortem is None:
        room.keep(tx, incident, incident.with_(draft_due_at=None))
        return None
    return room.keep(tx, incident, incident.with_(draft_due_at=tx.now + LOST_AFTER))


def _text(tx: Tx, incident: Incident) -> tuple[str | None, str]:
    """The login of its owner at GitHub, if that is known, and what the issue says."""
    cause = tx.deployment_in_history(incident.cause) if incident.cause else None
    login = tx.actor(incident.owner)[0].github
    events = in_order(tx.events(incident.id))
    return login, messages.draft(incident, events, cause, login, tx.name_of)


async def _note(desk: Desk, incident: Incident, trouble: str, pause: timedelta | None) -> None:
    """Say on its message why there is no draft, and try again."""
    log.warning("no_draft", incident=incident.name, why=trouble)

    def keep(tx: Tx) -> None:
        now = tx.incident(incident.id)
        if now is None or now.postmortem is None or now.state is State.CLOSED:
            return
        due_at = tx.now + pause if pause else None
        waits = now.with_(postmortem=now.postmortem.with_(trouble=trouble), draft_due_at=due_at)
        room.keep(tx, now, waits)

    await desk.store.run(keep)


def _made(desk: Desk, tx: Tx, incident_id: int, issue: Issue) -> None:
    incident = tx.incident(incident_id)
    if incident is None or incident.postmortem is None:
        return
    login = tx.actor(incident.owner)[0].github
    is_assigned = login is not None and issue.is_assigned(login)
    found = incident.postmortem.with_(
        number=issue.number, url=issue.url, assigned=issue.assignees, trouble=""
    )
    drafted = incident.with_(postmortem=found, draft_due_at=None)
    if issue.assignees and not is_assigned:  # somebody else leads it since it was sent
        drafted = assigning.wanted(tx, drafted)
    saved = room.keep(tx, incident, drafted)
    room.note(tx, saved, f"Post-mortem drafted: #{issue.number}")
    tx.audit("gonogo", "postmortem_drafted", saved.name, issue=issue.number, url=issue.url)
    told = messages.drafted(saved, login, is_assigned=is_assigned)
    room.say(tx, desk.config, saved, "postmortem:draft", told)


def publish(tx: Tx, incident_id: int, slack_id: str) -> Message:
    """A person says that it is published, and answers for that."""
    incident = load(tx, incident_id)
    rules.may_decide(incident, as_before(tx, slack_id))
    if incident.state is not State.RESOLVED or incident.postmortem is None:
        raise Refusal(
            "no_postmortem_due",
            "Nothing was done: {name} is {state}, and no post-mortem of it is waited for.",
            name=incident.name,
            state=incident.state,
        )
    if incident.postmortem.published_at is not None:
        return news.done(incident, "its post-mortem was published already")
    found = incident.postmortem.with_(published_at=tx.now, published_by=slack_id)
    saved = room.keep(tx, incident, incident.with_(postmortem=found, draft_due_at=None))
    room.note(tx, saved, "Post-mortem published", by=slack_id)
    tx.audit(slack_id, "postmortem_published", saved.name, url=found.url)
    return news.done(saved, "its post-mortem is published; Close ends it")
