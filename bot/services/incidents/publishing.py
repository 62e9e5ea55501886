"""Publishing: the public is told what a person has confirmed, once, and that it is over."""

from datetime import timedelta

from bot.config import Config
from bot.domain.errors import Declined, Fault, NotFound, Refusal, Unanswered
from bot.domain.incidents import incident_rules as rules
from bot.domain.incidents.incidents import Incident, Severity
from bot.domain.incidents.publishing import Health, Phase, PostState, StatusPost
from bot.messages.blocks import Message
from bot.messages.incidents import publishing as messages
from bot.ports import Stale, Tx
from bot.ports.status_pages import Notice, StatusPage
from bot.services.deployments.requests import as_before
from bot.services.desk import Desk, retry_in
from bot.services.incidents import incident_room as room
from bot.services.incidents import maintenance

LOST_AFTER = timedelta(seconds=60)
"""A try that is under way for longer was cut off; longer than the time limits of its calls."""

CLOCKS_DIFFER = timedelta(minutes=2)
HEALTH = {
    Severity.OUTAGE: Health.OUTAGE,
    Severity.MAJOR: Health.PARTIAL,
    Severity.MODERATE: Health.DEGRADED,
    Severity.MINOR: Health.DEGRADED,
}


def may_publish(tx: Tx, config: Config, incident: Incident, slack_id: str) -> None:
    """Refuse unless this person may tell the public about this incident now."""
    if config.status_page is None:
        raise Refusal("no_status_page", "No status page is set up. An admin can: `status_page`.")
    if incident.drill:
        raise Refusal("drill", "{name} is a drill: nobody outside hears of it.", name=incident.name)
    if not incident.is_open:
        raise rules.over_for(incident)
    rules.may_decide(incident, as_before(tx, slack_id))
    post = tx.status_post(incident.id)
    if post is not None and post.is_over and post.due_at is not None:
        raise Refusal(
            "page_is_late",
            "The status page is still being told that {name} was over. Try again in a minute.",
            name=incident.name,
        )


def publish(
    tx: Tx, config: Config, incident: Incident, title: str, text: str, phase: Phase, slack_id: str
) -> Message:
    """Write down what the public is to be told; the tick tells it."""
    may_publish(tx, config, incident, slack_id)
    health = HEALTH[incident.severity]
    post = tx.status_post(incident.id)
    if post is None:
        wanted = StatusPost(
            incident=incident.id,
            title=messages.title(title or incident.title, incident),
            text=text,
            phase=phase,
            health=health,
            by=slack_id,
            asked_at=tx.now,
            due_at=tx.now,
        )
        saved = tx.add_status_post(wanted)
    else:
        told = post.saying(text, phase, health, tx.now, slack_id)
        if post.is_over:  # what was taken off a page does not come back to it
            told = told.with_(posted="", url="", lost=False, asked_at=tx.now)
        saved = tx.save_status_post(post, told)
    room.note(tx, incident, messages.published(saved), by=slack_id)
    tx.audit(slack_id, "published", incident.name, title=saved.title, text=text, phase=phase)
    return messages.accepted(incident)


def follow(tx: Tx, incident: Incident) -> None:
    """What is resolved or closed is over for the public, too, if it can have heard of it."""
    post = tx.status_post(incident.id)
    if post is None or incident.is_open or post.is_over:
        return
    ending = post.ending(messages.RESOLVED, Phase.RESOLVED, tx.now)
    saved = tx.save_status_post(post, ending)
    is_told = saved.due_at is not None
    room.note(tx, incident, messages.published(saved) if is_told else messages.status(saved, ""))


async def work_off(desk: Desk, post_id: int) -> None:
    """Bring the page up to what it is to say."""
    post = await desk.store.read(lambda tx: tx.status_post_by_id(post_id))
    if post is None or post.due_at is None or desk.now() < post.due_at:
        return
    page = desk.status_page
    if page is None:
        await _keep(desk, post, post.failed("no status page is set up"))
        return
    claimed = await _claim(desk, post)
    if claimed is None:
        return
    notice = await desk.store.read(lambda tx: _notice(tx, desk.config, claimed))
    try:
        known = await _tell(page, claimed, notice, was_lost=post.lost)
    except (Declined, NotFound) as no:
        await _keep(desk, claimed, claimed.failed(no.text, lost=post.lost))
    except Fault as fault:
        due_at = desk.now() + retry_in(claimed.attempts - 1, fault.retry_after)
        lost = isinstance(fault, Unanswered) or post.lost
        await _keep(desk, claimed, claimed.put_off(fault.text, due_at, lost=lost))
    else:
        await _keep(desk, claimed, known.shown(), told=notice)
    desk.wake()


async def _tell(
    page: StatusPage, post: StatusPost, notice: Notice, *, was_lost: bool
) -> StatusPost:
    """Publish once; what may be there already is looked for, and then brought up to date. Of the
    end nobody hears who has not heard of it before.
    """
    if not post.posted:
        since = post.asked_at - CLOCKS_DIFFER
        found = await page.find(notice, since) if was_lost else None
        if found is None and post.is_over:
            return post
        made = found or await page.publish(notice)
        post = post.with_(posted=made.id, url=made.url)
        if found is None:
            return post
    await page.revise(post.posted, notice)
    return post


def _notice(tx: Tx, config: Config, post: StatusPost) -> Notice:
    return Notice(
        title=post.title,
        text=post.text,
        phase=post.phase,
        health=post.health,
        components=_components(tx, config, post),
        between=(post.asked_at, post.ends_at) if post.ends_at else None,
    )


def _components(tx: Tx, config: Config, post: StatusPost) -> dict[str, Health]:
    """Its own, if it has one: as well as the worst of what is open for the same service."""
    service = _service(tx, post)
    settings = config.services.get(service)
    component = settings.component if settings else None
    told = (*(tx.status_post(one.id) for one in tx.open_incidents()), *tx.maintenances())
    others = (one for one in told if one and one.id != post.id and _service(tx, one) == service)
    order = list(Health)
    worst = max((one.health for one in (post, *others)), key=order.index)
    return {component: worst} if component else {}


def _service(tx: Tx, post: StatusPost) -> str:
    about = tx.incident(post.incident) if post.incident else tx.deployment(post.deployment or 0)
    return about.service if about else ""


async def _claim(desk: Desk, post: StatusPost) -> StatusPost | None:
    """Note that it is being sent; None when somebody else does, or wants something else."""
    begun = post.begun(desk.now() + LOST_AFTER)
    try:
        return await desk.store.run(lambda tx: tx.save_status_post(post, begun))
    except Stale:
        return None


async def _keep(
    desk: Desk, old: StatusPost, new: StatusPost, *, told: Notice | None = None
) -> None:
    """Store what became of a try. Where its component is to be another by now than it was told, it
    is told once more: the call of whoever changed that may have come in first.
    """

    def keep(tx: Tx) -> None:
        now = tx.status_post_by_id(old.id)
        if now is None:
            return
        if now != old:  # something else is to be said by now: keep what is known of the post
            there = {"posted": new.posted, "url": new.url, "lost": new.lost}
            tx.save_status_post(now, now.with_(**there, due_at=tx.now))
            return
        if told is not None and told.components != _components(tx, desk.config, new):
            tx.save_status_post(old, new.again(tx.now))
            return
        saved = tx.save_status_post(old, new)
        if saved.deployment is not None:
            maintenance.tell(tx, desk.config, old, saved)
        elif saved.state is PostState.FAILED and (incident := tx.incident(saved.incident or 0)):
            room.note(tx, incident, messages.status(saved, ""))
            room.say(tx, desk.config, incident, f"page:{saved.revision}", messages.trouble(saved))

    await desk.store.run(keep)
