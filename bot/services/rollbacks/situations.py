"""Situations: what is known where a rollback is asked for, and what is against that."""

from dataclasses import dataclass, replace

from bot.domain.deployments.deployments import Deployment
from bot.domain.deployments.states import Kind
from bot.domain.deployments.steps import is_unsent
from bot.domain.errors import Refusal
from bot.domain.incidents.incidents import Incident
from bot.domain.metrics.history import Record, Result
from bot.domain.people import Who
from bot.domain.rollbacks import rollbacks
from bot.domain.rollbacks.rollback_target import Choice, choose
from bot.domain.rollbacks.rollbacks import Earlier, Way
from bot.messages.deployments.cards import status
from bot.messages.rollbacks.rollbacks import Order
from bot.ports import Tx
from bot.services.rollbacks.past import past

CONFIGURATION = "the configuration"
"""Who asked for what no person did."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """What is known where a rollback is asked for; `left` is the deployment that it takes back."""

    history: tuple[Record, ...]
    choice: Choice
    known: tuple[Earlier, ...]
    holder: Deployment | None
    left: Deployment | None = None

    @property
    def way(self) -> Way:
        """What becomes of the deployment that is there."""
        return rollbacks.way(self.holder)

    def is_fit(self, version: str) -> bool:
        """Whether that version is known to be good to go back to."""
        return any(one.version == version and not one.why_not for one in self.known)


def situation(
    tx: Tx, service: str, environment: str, incident: Incident | None = None
) -> Situation:
    """What is live there, what could be gone back to, for the sake of that incident if there is
    one, and what stands in the way.

    What is changing the environment now counts as half-way: it would be stopped first. What GitHub
    surely did not take changed nothing.
    """
    holder = tx.holder(service, environment)
    unsent = holder.in_history if holder is not None and is_unsent(holder) else ""
    history = tuple(
        record if record.result is not None else replace(record, result=Result.FAILURE)
        for record in past(tx, service, environment, incident)
        if record.id != unsent
    )
    choice = choose(history)
    known = rollbacks.earlier(history, choice)
    taken = choice.takes_back
    return Situation(
        history=history,
        choice=choice,
        known=known,
        holder=holder,
        left=tx.deployment_in_history(taken) if taken else None,
    )


def is_open(found: Situation) -> None:
    """Refuse where nothing may run beside what is there, and nobody can stop that from here."""
    holder = found.holder
    if holder is None or found.way is not Way.LOOK:
        return
    if wish := holder.rescue:
        raise Refusal(
            "waits_already",
            "A rollback of {service} to {version} waits already, asked for by {who}: it begins "
            "once {name} has ended ({state}), or with Close as Failed where its card offers that.",
            service=holder.service,
            version=wish.version,
            who=Who(wish.by) if wish.by else CONFIGURATION,
            name=holder.name,
            state=status(holder),
        )
    raise Refusal(
        "being_changed",
        "{service} {environment} is being changed by {name} ({version}, {state}), asked for by "
        "{who}. Nothing runs beside it; look at its card.",
        service=holder.service,
        environment=holder.environment,
        name=holder.name,
        version=holder.version,
        state=status(holder),
        who=_asker(holder),
    )


def is_new(found: Situation, version: str) -> None:
    """Whoever presses twice, or after somebody else, takes nothing away from those who approve."""
    holder = found.holder
    if holder is None or holder.kind is not Kind.ROLLBACK or found.way is not Way.SUPERSEDE:
        return
    if holder.version == version:
        then = "once somebody else has approved it"
        if is_unsent(holder):
            then = "as soon as GitHub takes it. That is tried by itself; its card says when next"
        raise Refusal(
            "asked_already",
            "That was asked for already, by {who}: {name} goes back to {version} " + then + ".",
            who=_asker(holder),
            name=holder.name,
            version=version,
        )


def is_as_shown(order: Order, found: Situation) -> None:
    """A button outlives what it showed (R23): what is live, and what would be stopped."""
    if order.live != found.choice.live:
        raise Refusal(
            "live_changed",
            "Meanwhile {now} is live, and not {then}. Nothing was done; ask again with {rollback}.",
            now=found.choice.live or "nothing",
            then=order.live or "nothing",
        )
    if found.way is Way.ABORT and found.holder and order.aborts != found.holder.id:
        raise Refusal(
            "something_runs",
            "Meanwhile {name} ({version}) is running. Nothing was done; ask again with {rollback}.",
            name=found.holder.name,
            version=found.holder.version,
        )


def _asker(holder: Deployment) -> Who | str:
    if holder.requested_by:
        return Who(holder.requested_by)
    return CONFIGURATION if holder.is_unasked else "somebody outside Slack"
