"""Lifts: wishes to have a pin lifted, which end where the next rollback begins: it pins anew."""

from dataclasses import replace

from bot.ports import Tx


def forget(tx: Tx, service: str, environment: str) -> None:
    """Forget those of the rollbacks there, so that none is carried out on the pin of the next."""
    tx.take_turn(service)
    for one in tx.pinned():
        is_here = (one.service, one.environment) == (service, environment)
        if is_here and any(step.lift_by for step in one.steps):
            steps = tuple(replace(step, lift_by="") for step in one.steps)
            tx.save(one, one.with_(steps=steps))
            tx.audit("gonogo", "pin_not_lifted", one.name, why="another rollback begins there")
