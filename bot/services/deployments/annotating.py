"""Annotating: other systems are told once that a version went live; none of them holds it up."""

from datetime import timedelta

import structlog

from bot.config import Config
from bot.config.annotations import PLACES
from bot.domain.deployments.annotations import Annotation, went_live
from bot.domain.deployments.deployments import Deployment
from bot.domain.deployments.mirrors import key_of, ref_of
from bot.domain.errors import Declined, Fault, NotFound, Unanswered
from bot.messages.deployments import annotations as messages
from bot.ports import Tx
from bot.ports.annotations import Annotator, WentLive
from bot.services.desk import Desk

log = structlog.get_logger()
ANSWERS_WITHIN = timedelta(minutes=1)
"""Who did not hear of an answer by then looks for what was told."""


def follow(config: Config, tx: Tx, old: Deployment, new: Deployment) -> None:
    """Wish that every configured place is told when such a version goes live."""
    settings = config.environment(new.service, new.environment)
    if settings is None or not went_live(old, new):
        return
    for one in settings.annotations:
        place = PLACES[one.kind]
        wish = Annotation(deployment=new.id, place=place, wished_at=tx.now, due_at=tx.now)
        tx.add_annotation(wish)


async def step(desk: Desk, deployment_id: int, place: str) -> None:
    """Tell one place, or look whether it was told where an answer was lost."""
    found, deployment = await desk.store.read(
        lambda tx: (tx.annotation(deployment_id, place), tx.deployment(deployment_id))
    )
    if found is None or deployment is None or found.due_at is None or found.due_at > desk.now():
        return  # the last is what another bot on this database has just taken up
    where = desk.annotators_of(deployment).get(place)
    if where is None:
        await _keep(desk, found, found.gave_up("it is no longer configured"))
    elif found.sent_at is not None:
        await _keep(desk, found, await _looked(desk, found, where, _event(deployment)))
    else:
        now = desk.now()
        sent = found.with_(sent_at=now, due_at=now + ANSWERS_WITHIN)
        sent = await _keep(desk, found, sent)
        await _keep(desk, sent, await _told(desk, sent, where, _event(deployment)))


async def _told(desk: Desk, sent: Annotation, where: Annotator, event: WentLive) -> Annotation:
    try:
        await where.tell(event)
    except (Declined, NotFound) as no:  # for one, the token may not
        return sent.gave_up(no.text)
    except Fault as fault:
        return _put_off(desk, sent, fault, is_lost=isinstance(fault, Unanswered))
    return sent.told(desk.now())


async def _looked(desk: Desk, sent: Annotation, where: Annotator, event: WentLive) -> Annotation:
    try:
        is_there = await where.knows(event)
    except Fault as fault:
        return _put_off(desk, sent, fault, is_lost=True)
    if is_there is None:
        return sent.gave_up(messages.LOST)
    return sent.told(desk.now()) if is_there else sent.with_(sent_at=None, due_at=desk.now())


def _put_off(desk: Desk, sent: Annotation, fault: Fault, *, is_lost: bool) -> Annotation:
    return sent.put_off(desk.now(), fault.text, wait=fault.retry_after, is_lost=is_lost)


def _event(deployment: Deployment) -> WentLive:
    return WentLive(
        key=key_of(deployment),
        text=messages.text(deployment),
        service=deployment.service,
        environment=deployment.environment,
        version=ref_of(deployment),
        commit=deployment.binding.commit if deployment.binding else "",
        at=deployment.live_at or deployment.requested_at,
        url=deployment.run_url or "",
    )


async def _keep(desk: Desk, old: Annotation, new: Annotation) -> Annotation:
    if new.given_up:
        name = f"D{new.deployment}"
        log.warning("not_annotated", deployment=name, place=new.place, error=new.given_up)
    return await desk.store.run(lambda tx: tx.save_annotation(old, new))
