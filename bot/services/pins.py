"""Pins: what a rollback left pinned at its targets, until somebody has it lifted or it is gone."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import cast

import structlog

from bot.domain.deployments import Deployment
from bot.domain.errors import Declined, Fault, Refusal
from bot.domain.switching import TargetStep
from bot.messages import pins as messages
from bot.messages.blocks import Message
from bot.ports import Pinning, Target, Tx
from bot.services.decisions import load, may_decide
from bot.services.desk import Desk, reply
from bot.services.requests import known

log = structlog.get_logger()

LOOK_EVERY = timedelta(minutes=5)


def duty(service: str, environment: str) -> str:
    """The name under which the tick looks at the pins there."""
    return f"pins:{service}:{environment}"


def lift(tx: Tx, deployment_id: int, slack_id: str) -> Message:
    """Note that somebody wants later deployments to go live again; the tick has it done."""
    deployment = load(tx, deployment_id)
    may_decide(known(tx, slack_id))
    if not deployment.pinned:
        raise Refusal("not_pinned", "Nothing of {name} is pinned any more.", name=deployment.name)
    steps = tuple(
        replace(step, lift_by=slack_id) if step.pinned else step for step in deployment.steps
    )
    saved = tx.save(deployment, deployment.with_(steps=steps))
    names = [step.target for step in saved.pinned]
    tx.audit(slack_id, "pin_to_be_lifted", saved.name, targets=names)
    tx.set_duty(duty(saved.service, saved.environment), tx.now)
    return messages.to_be_lifted(names)


async def look(desk: Desk, service: str, environment: str) -> timedelta:
    """Lift what somebody wants lifted, and read what is still pinned; when to come back."""
    live = await desk.store.read(lambda tx: tx.live(service, environment))
    if live is None or not live.pinned:
        return LOOK_EVERY
    targets = dict(desk.targets_of(live))
    steps = [await _looked_at(step, targets.get(step.target)) for step in live.steps]
    await _keep(desk, live, steps)
    return LOOK_EVERY


async def _looked_at(step: TargetStep, target: Target | None) -> TargetStep:
    """The step with its pin as it is now; one that gives no answer stays as it was known."""
    if not step.pinned or target is None:
        return step
    if step.lift_by:
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
    pinned = current.pinned if current else ""
    return replace(step, pinned=pinned, lift_by=step.lift_by if pinned else "")


async def _keep(desk: Desk, live: Deployment, steps: Sequence[TargetStep]) -> None:
    if tuple(steps) == live.steps:
        return
    freed = [
        (old.target, old.lift_by)
        for old, new in zip(live.steps, steps, strict=True)
        if old.pinned and not new.pinned
    ]
    posts = tuple(
        reply(desk.config, live, f"unpinned-{target}", messages.lifted(target, by))
        for target, by in freed
    )
    detail = {"targets": [target for target, _ in freed]}
    action = "pin_lifted" if freed else "pin_looked_at"
    await desk.save(live, live.with_(steps=tuple(steps)), action=action, posts=posts, detail=detail)
