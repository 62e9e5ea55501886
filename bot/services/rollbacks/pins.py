"""Pins: what a rollback left pinned at its targets, until somebody has it lifted or it is gone."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import cast

import structlog

from bot.domain.deployments.deployments import Deployment
from bot.domain.deployments.states import State
from bot.domain.errors import Declined, Fault, Refusal
from bot.domain.rollbacks.target_steps import TargetStep
from bot.messages.blocks import Message
from bot.messages.rollbacks import pins as messages
from bot.ports import Pinning, Target, Tx
from bot.services.deployments.decisions import load, may_decide
from bot.services.deployments.requests import known
from bot.services.desk import Desk, reply
from bot.services.rollbacks import lifts

log = structlog.get_logger()

LOOK_EVERY = timedelta(minutes=5)


def lift(tx: Tx, deployment_id: int, slack_id: str) -> Message:
    """Note that somebody wants later deployments to go live again; the tick has it done."""
    deployment = load(tx, deployment_id)
    may_decide(known(tx, slack_id))
    if not deployment.pinned:
        raise Refusal("not_pinned", "Nothing of {name} is pinned any more.", name=deployment.name)
    holder = tx.holder(deployment.service, deployment.environment)
    if holder is not None and holder.is_way_back and holder.id != deployment.id:
        raise Refusal(
            "goes_back_there",
            "Nothing was done: {holder} goes back there now, and may pin it anew. Its own card has "
            "what lifts that then.",
            holder=holder.name,
        )
    steps = tuple(
        replace(step, lift_by=slack_id) if step.pinned else step for step in deployment.steps
    )
    saved = tx.save(deployment, deployment.with_(steps=steps))
    names = [step.target for step in saved.pinned]
    tx.audit(slack_id, "pin_to_be_lifted", saved.name, targets=names)
    tx.set_duty(lifts.duty(saved.service, saved.environment), tx.now)
    return messages.to_be_lifted(names)


async def look(desk: Desk, service: str, environment: str) -> timedelta:
    """Lift what somebody wants lifted, and read what is still pinned; when to come back."""
    for one in await desk.store.read(lambda tx: standing(tx, service, environment)):
        targets = dict(desk.targets_of(one))
        steps = [await _looked_at(desk, one, step, targets.get(step.target)) for step in one.steps]
        await _keep(desk, one, steps)
    return LOOK_EVERY


def standing(tx: Tx, service: str, environment: str) -> tuple[Deployment, ...]:
    """The rollbacks that left something pinned there, newest first: also those that failed, and
    those after which something else went live.
    """
    here = (d for d in tx.pinned() if (d.service, d.environment) == (service, environment))
    return tuple(d for d in here if d.state is not State.SWITCHING)


async def _looked_at(
    desk: Desk, deployment: Deployment, step: TargetStep, target: Target | None
) -> TargetStep:
    """The step with its pin as it is now; one that gives no answer stays as it was known."""
    if not step.pinned or target is None:
        return step
    if step.lift_by:
        if not await desk.store.read(partial(_is_wished, deployment.id, step.target)):
            return step
        try:
            await cast(Pinning, target).unpin()
        except Declined as no:
            return replace(step, lift_by="", text=f"the pin was not lifted: {no.text}")
    try:
        current = await target.current()
    except Fault as fault:
        if step.lift_by:
            raise
        log.warning("pin_not_read", target=step.target, error=fault.text)
        return step
    if current is None and not step.lift_by:
        return step  # nothing runs there, which says nothing of the pin
    pinned = current.pinned if current else ""
    return replace(step, pinned=pinned, lift_by=step.lift_by if pinned else "")


def _is_wished(number: int, target: str, tx: Tx) -> bool:
    """Whether somebody still wants it lifted: a rollback that begins there ends that, and then the
    pin may be its own.
    """
    found = tx.deployment(number)
    steps = found.steps if found else ()
    return any(step.target == target and step.lift_by for step in steps)


async def _keep(desk: Desk, stored: Deployment, steps: Sequence[TargetStep]) -> None:
    if tuple(steps) == stored.steps:
        return
    freed = [
        (old.target, old.lift_by)
        for old, new in zip(stored.steps, steps, strict=True)
        if old.pinned and not new.pinned
    ]
    posts = tuple(
        reply(desk.config, stored, f"unpinned-{target}", messages.lifted(target, by))
        for target, by in freed
    )
    detail = {"targets": [target for target, _ in freed]}
    action = "pin_lifted" if freed else "pin_looked_at"
    new = stored.with_(steps=tuple(steps))
    await desk.save(stored, new, action=action, posts=posts, detail=detail)
