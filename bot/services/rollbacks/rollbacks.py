"""Rollbacks: what `/rollback` and its buttons ask for, decided inside one transaction."""

from dataclasses import dataclass, replace

from bot.config import Config
from bot.domain.deployments.deployments import Deployment
from bot.domain.deployments.states import Kind, State
from bot.domain.deployments.steps import is_unsent
from bot.domain.errors import Refusal
from bot.domain.incidents.incidents import Incident
from bot.domain.metrics.history import Record, Result
from bot.domain.people import Actor, Who
from bot.domain.rollbacks import reversals, rollbacks
from bot.domain.rollbacks.rescue import Rescue
from bot.domain.rollbacks.rollback_target import Choice, choose
from bot.domain.rollbacks.rollbacks import Earlier, Way
from bot.domain.rollbacks.undoing import Undoing
from bot.messages.blocks import Message
from bot.messages.deployments import notes
from bot.messages.deployments.cards import status
from bot.messages.rollbacks import rollbacks as messages
from bot.messages.rollbacks.rollbacks import Order
from bot.ports import Tx
from bot.services.deployments.requests import service_of, still_known, who
from bot.services.desk import direct
from bot.services.rollbacks import lifts, undoing
from bot.services.rollbacks.past import past

PRODUCTION = "production"
STOPPABLE = (State.RUNNING, State.AWAITING_APPROVAL, State.APPROVED)
"""States in which a run can be stopped by GitHub, the last two at its gate there."""

SENT = (State.DISPATCHING, State.UNKNOWN)
"""States in which the run has to be found before it can be stopped."""


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


def propose(
    tx: Tx,
    config: Config,
    slack_id: str,
    *,
    service: str | None,
    version: str | None = None,
    force: bool = False,
    reason: str = "",
    environment: str = PRODUCTION,
    incident: Incident | None = None,
) -> tuple[Order, Situation]:
    """What would be done; nothing is changed. Refuses what cannot be."""
    _authorised(tx, config, slack_id)
    name = service or service_of(config, config.commands.rollback, "")
    _is_set_up(config, name, environment)
    found = situation(tx, name, environment, incident)
    _is_open(found)
    target = rollbacks.target_of(found.choice, version, found.known, force=force)
    _is_new(found, target)
    order = Order(
        service=name,
        environment=environment,
        version=target,
        live=found.choice.live,
        reason=reason,
        force=force,
        aborts=found.holder.id if found.holder and found.way is Way.ABORT else None,
    )
    taken = found.choice.takes_back
    undo = undoing.offered(tx, config, name, taken, order.version) if order.aborts is None else 0
    return replace(order, undo=undo), found


def carry_out(tx: Tx, config: Config, order: Order, slack_id: str, asked_in: str | None) -> Message:
    """Record the rollback; the tick does it. One person suffices, unless it is forced or the
    configuration asks for more.
    """
    actor = _authorised(tx, config, slack_id)
    _is_set_up(config, order.service, order.environment)
    found = situation(tx, order.service, order.environment)
    _is_open(found)
    _is_as_shown(order, found)
    version = rollbacks.target_of(found.choice, order.version, found.known, force=order.force)
    _is_new(found, version)
    wish = Rescue(
        version=version,
        by=actor.slack_id,
        github=actor.github,
        reason=order.reason,
        asked_in=asked_in,
        forced=not found.is_fit(version),
        takes_back=found.choice.takes_back,
    )
    taken = found.choice.takes_back
    undo = undoing.plan(tx, config, order.service, taken, version, order.undo)
    holder = found.holder
    has_run = holder is not None and holder.run_id is not None
    is_sent = found.way is Way.ABORT and holder is not None and holder.state in SENT
    if holder is not None and (is_sent or (has_run and holder.state in STOPPABLE)):
        return _stop_first(tx, config, holder, wish)
    if holder is not None:
        make_way(tx, holder, wish)
    where = (order.service, order.environment)
    return messages.started(begin(tx, config, where, wish, takes_back=taken, undo=undo))


def begin(
    tx: Tx,
    config: Config,
    where: tuple[str, str],
    wish: Rescue,
    *,
    takes_back: str | None,
    undo: Undoing | None = None,
) -> Deployment:
    """Keep a rollback of that service and environment; nothing may stand in its way any more."""
    service, environment = where
    settings = config.services[service]
    # Nobody has to approve what the configuration begins.
    others = others_needed(config, service, environment, fit=not wish.forced) if wish.by else 0
    undo = undo or undoing.before(tx, takes_back)
    lifts.forget(tx, service, environment)
    saved = tx.add(
        Deployment(
            service=service,
            environment=environment,
            version=wish.version,
            kind=Kind.ROLLBACK,
            # What others approve is bound to its commit before; any other starts at once.
            state=State.REQUESTED if others else State.APPROVED,
            approvers=others,
            repo=settings.repo,
            workflow=settings.rollback_workflow,
            requested_by=wish.by,
            requested_by_github=wish.github,
            requested_at=tx.now,
            reason=wish.reason,
            asked_in=wish.asked_in,
            rolls_back=takes_back,
            stays=not reversals.may_come_again(undoing.named(tx, takes_back)),
            migrations=undoing.between(tx, takes_back, wish.version) or (),
            unread=undoing.unread(tx, config, service, takes_back, wish.version),
            undoing=undo,
            due_at=tx.now,
        )
    )
    tx.audit(
        saved.requested_by or "gonogo",
        "rollback_requested",
        saved.name,
        service=saved.service,
        environment=saved.environment,
        version=saved.version,
        takes_back=takes_back,
        reason=saved.reason,
        forced=wish.forced,
        **({"approvers": others} if others else {}),
        **({"undoes": undo.count} if undo else {}),
        **({"by": "configuration"} if saved.is_unasked else {}),
    )
    return saved


def others_needed(config: Config, service: str, environment: str, *, fit: bool) -> int:
    """How many others than who asks for it have to approve it: one where the version is not fit,
    and as many as the configuration asks for.
    """
    return max(0 if fit else 1, config.approvers_back(service, environment))


def _stop_first(tx: Tx, config: Config, holder: Deployment, wish: Rescue) -> Message:
    """Have the run stopped, which may have to be found before; when it has ended, the rollback
    begins in the same transaction. What is being sent at this moment is left to its answer.
    """
    if holder.state in SENT:
        due = holder.due_at if holder.state is State.DISPATCHING else tx.now
        asked = holder.with_(rescue=wish, due_at=due)
    else:
        asked = holder.to(State.ABORTING, tx.now, rescue=wish)
    saved = tx.save(holder, asked)
    tx.audit(wish.by, "abort_asked", saved.name, then=wish.version, reason=wish.reason)
    others = others_needed(config, saved.service, saved.environment, fit=not wish.forced)
    return messages.stopping(saved, wish.version, others)


def begin_waiting(tx: Tx, config: Config, ended: Deployment) -> Deployment | None:
    """Begin the rollback that waited for the end of this deployment, if one did. It takes back what
    was meant, or this where it went live after all.
    """
    wish = ended.rescue
    if wish is None:
        return None
    is_live = ended.live_at is not None or wish.takes_back is None
    taken = ended.name if is_live else wish.takes_back
    return begin(tx, config, (ended.service, ended.environment), wish, takes_back=taken)


def make_way(tx: Tx, holder: Deployment, wish: Rescue) -> None:
    """End what only waited, and close what was not proven good, for whoever wishes it."""
    waited = rollbacks.way(holder) is Way.SUPERSEDE
    state = State.CANCELLED if waited else State.FAILED
    code = "superseded" if waited else "rolled_back"
    text = f"{'Superseded by' if waited else 'Taken back by'} a rollback to {wish.version}"
    ended = tx.save(holder, holder.end(state, tx.now, code, text, by=wish.by or None))
    tx.audit(wish.by or "gonogo", code, ended.name, version=wish.version, reason=wish.reason)
    if wish.by and ended.requested_by not in ("", wish.by):
        tx.post(direct(ended, "ended", ended.requested_by, notes.ended(ended, wish.by)))


def _authorised(tx: Tx, config: Config, slack_id: str) -> Actor:
    """The person, from rows that are fresh enough; an outage of GitHub must not keep production
    broken.
    """
    actor, _ = who(tx, slack_id)
    rollbacks.may_roll_back(actor)
    actor = still_known(tx, config, slack_id)
    rollbacks.may_roll_back(actor)
    return actor


def _is_set_up(config: Config, service: str, environment: str) -> None:
    if config.environment(service, environment) is None:
        raise Refusal(
            "environment_not_set_up",
            "{service} has no {environment} in gonogo.yaml, so I cannot roll it back.",
            service=service,
            environment=environment,
        )


def _is_open(found: Situation) -> None:
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
            who=Who(wish.by) if wish.by else "the configuration",
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
        who=Who(holder.requested_by) if holder.requested_by else "somebody outside Slack",
    )


def _is_new(found: Situation, version: str) -> None:
    """Whoever presses twice, or after somebody else, takes nothing away from those who approve."""
    holder = found.holder
    if holder is None or holder.kind is not Kind.ROLLBACK or found.way is not Way.SUPERSEDE:
        return
    if holder.version == version:
        raise Refusal(
            "asked_already",
            "{who} asked for that already: {name} goes back to {version} once somebody else has "
            "approved it.",
            who=Who(holder.requested_by),
            name=holder.name,
            version=version,
        )


def _is_as_shown(order: Order, found: Situation) -> None:
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
