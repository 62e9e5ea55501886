"""Lifts: wishes to have a pin lifted, which end where the next rollback begins: it pins anew."""

from dataclasses import replace

from bot.ports import Tx


def duty(service: str, environment: str) -> str:
    """The name under which the tick looks at the pins there."""
    return f"pins:{service}:{environment}"


def forget(tx: Tx, service: str, environment: str) -> None:
    """Forget those of the rollbacks there, so that none is carried out on the pin of the next."""
    here = [d for d in tx.pinned() if (d.service, d.environment) == (service, environment)]
    if here:  # a wish of this very moment does the same, so that one of the two sees the other
        tx.set_duty(duty(service, environment), tx.now)
    for one in here:
        if any(step.lift_by for step in one.steps):
            steps = tuple(replace(step, lift_by="") for step in one.steps)
            tx.save(one, one.with_(steps=steps))
            tx.audit("gonogo", "pin_not_lifted", one.name, why="another rollback begins there")
