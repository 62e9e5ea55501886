"""Rollbacks: what `/rollback` and its buttons ask for, decided inside one transaction."""

from dataclasses import replace

from bot.config import Config
from bot.domain.deployments.deployments import Deployment
from bot.domain.deployments.states import Kind, State
from bot.domain.errors import Refusal
from bot.domain.incidents.incidents import Incident
from bot.domain.people import Actor, require_member
from bot.domain.rollbacks import reversals, rollbacks
from bot.domain.rollbacks.rescue import Rescue
from bot.domain.rollbacks.rollbacks import Way
from bot.domain.rollbacks.undoing import Undoing
from bot.messages.blocks import Message
from bot.messages.deployments import notes
from bot.messages.rollbacks import rollbacks as messages
from bot.messages.rollbacks.rollbacks import Order
from bot.ports import Tx
from bot.services.deployments.requests import as_before, known, service_of, who
from bot.services.desk import direct
from bot.services.rollbacks import half_back, lifts, undoing
from bot.services.rollbacks.situations import Situation, is_as_shown, is_new, is_open, situation

PRODUCTION = "production"
STOPPABLE = (State.RUNNING, State.AWAITING_APPROVAL, State.APPROVED)
"""States in which a run can be stopped by GitHub, the last two at its gate there."""

SENT = (State.DISPATCHING, State.UNKNOWN)
"""States in which the run has to be found before it can be stopped."""


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
    _authorised(tx, slack_id)
    where = "" if environment == PRODUCTION else f" {environment}"
    where += f" to {version}" if version else ""
    name = service or service_of(config, config.commands.rollback, where)
    _is_set_up(config, name, environment)
    found = situation(tx, name, environment, incident)
    is_open(found)
    target = rollbacks.target_of(found.choice, version, found.known, force=force)
    _may_bring(tx, found, target, slack_id)
    if reason:  # else a form asks, which offers other versions as well
        is_new(found, target)
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
    actor = _authorised(tx, slack_id)
    _is_set_up(config, order.service, order.environment)
    found = situation(tx, order.service, order.environment)
    is_open(found)
    is_as_shown(order, found)
    version = rollbacks.target_of(found.choice, order.version, found.known, force=order.force)
    _may_bring(tx, found, version, slack_id)
    is_new(found, version)
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
        make_way(tx, config, holder, wish)
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


def make_way(tx: Tx, config: Config, holder: Deployment, wish: Rescue) -> None:
    """End what only waited, and close what was not proven good, for whoever wishes it. What is
    half-way back stays known as that, with an alert, until something succeeds.
    """
    if half_back.is_half_back(holder):
        why = f"Superseded by a rollback to {wish.version}"
        bad, alert = half_back.left_to_a_person(config, holder, tx.now, why)
        holder = tx.save(holder, bad)
        tx.audit(wish.by or "gonogo", "half_back", holder.name, why=why)
        tx.post(alert)
    waited = rollbacks.way(holder) is Way.SUPERSEDE
    state = State.CANCELLED if waited else State.FAILED
    code = "superseded" if waited else "rolled_back"
    text = f"{'Superseded by' if waited else 'Taken back by'} a rollback to {wish.version}"
    if holder.is_half_back:
        text = holder.notice
    ended = tx.save(holder, holder.end(state, tx.now, code, text, by=wish.by or None))
    tx.audit(wish.by or "gonogo", code, ended.name, version=wish.version, reason=wish.reason)
    if wish.by and ended.requested_by not in ("", wish.by):
        tx.post(direct(ended, "ended", ended.requested_by, notes.ended(ended, wish.by)))


def _authorised(tx: Tx, slack_id: str) -> Actor:
    actor, _ = who(tx, slack_id)
    require_member(actor)  # whom nobody knows is told so, and is not looked for
    actor = as_before(tx, slack_id)
    rollbacks.may_roll_back(actor)
    return actor


def _may_bring(tx: Tx, found: Situation, version: str, slack_id: str) -> None:
    """Refuse what never was live there to whose role is not certain: it is no way back."""
    if not rollbacks.was_live(found.history, version):
        rollbacks.may_roll_back(known(tx, slack_id))


def _is_set_up(config: Config, service: str, environment: str) -> None:
    if config.environment(service, environment) is None:
        raise Refusal(
            "environment_not_set_up",
            "{service} has no {environment} in gonogo.yaml, so I cannot roll it back.",
            service=service,
            environment=environment,
        )
