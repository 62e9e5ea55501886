"""Requests: what `/deploy` asks for, decided and recorded inside one transaction."""

from bot.config import Config
from bot.domain.deployments.deployments import Deployment
from bot.domain.deployments.dry_runs import may_try
from bot.domain.deployments.replacing import gives_way, is_stuck
from bot.domain.deployments.states import Kind, State
from bot.domain.errors import Refusal
from bot.domain.grammar import DeployWish
from bot.domain.incidents.incident_rules import may_mend
from bot.domain.incidents.incidents import number_in
from bot.domain.people import FRESH, Actor, Deed, Role, Standing, Who, require, unsure
from bot.messages.blocks import Message
from bot.messages.deployments import notes
from bot.messages.deployments.cards import status
from bot.ports import Tx
from bot.services.desk import direct


def who(tx: Tx, slack_id: str) -> tuple[Actor, bool]:
    """The person for what the tick judges once more before the effect, or for what needs no role:
    with the roles of before, and whether all of that is certain. Refuses where nobody has read yet
    who that is.
    """
    actor, read_at = tx.actor(slack_id)
    fresh = read_at is not None and abs(tx.now - read_at) <= FRESH
    if actor.standing is Standing.UNKNOWN and read_at is not None and not fresh:
        raise unsure()
    certain, before = (actor.doing(deed, tx.now) for deed in (Deed.GOES_ON, Deed.ENDS))
    return before, fresh and certain == before


def known(tx: Tx, slack_id: str) -> Actor:
    """The person for what lets something go on and is not checked again: certain roles count."""
    return _doing(tx, slack_id, Deed.GOES_ON)


def as_before(tx: Tx, slack_id: str) -> Actor:
    """The person for what stops, closes, takes back or tells: the roles of before count as well,
    because an outage of GitHub must not keep production broken.
    """
    return _doing(tx, slack_id, Deed.ENDS)


def _doing(tx: Tx, slack_id: str, deed: Deed) -> Actor:
    actor, read_at = tx.actor(slack_id)
    if read_at is None or abs(tx.now - read_at) > FRESH:
        raise unsure()
    return actor.doing(deed, tx.now)


def deploy(
    tx: Tx, config: Config, wish: DeployWish, slack_id: str, asked_in: str | None
) -> Message:
    """Record a deployment request, or refuse it with what to do instead."""
    actor, fresh = who(tx, slack_id)
    require(actor, Role.DEPLOYER, "deploy")
    service = wish.service or service_of(config, config.commands.deploy, " v1.2.1")
    environment = wish.environment or "production"
    workflow = _workflow(config, service, environment)
    repo = config.services[service].repo
    _require_incident(tx, wish.incident, service)
    if wish.dry_run:
        may_try(tx.dry_run(actor.slack_id, service, environment))
    elif holder := tx.holder(service, environment):
        if is_stuck(holder):
            _supersede(tx, holder, actor)
        elif gives_way(holder, wish.version):
            tx.audit(slack_id, "replacement_offered", holder.name, version=str(wish.version))
            return notes.may_replace(holder, wish)
        else:
            raise _slot_is_taken(holder)
    deployment = tx.add(
        Deployment(
            service=service,
            environment=environment,
            version=str(wish.version),
            kind=Kind.HOTFIX if wish.incident else Kind.RELEASE,
            for_incident=wish.incident,
            follow_ups=_follow_ups(tx, service, environment) if not wish.dry_run else (),
            dry_run=wish.dry_run,
            repo=repo,
            workflow=workflow,
            requested_by=actor.slack_id,
            requested_by_github=actor.github,
            requested_at=tx.now,
            reason=wish.reason,
            asked_in=asked_in,
            due_at=tx.now,
        )
    )
    tx.audit(
        actor.slack_id,
        "requested",
        deployment.name,
        service=service,
        environment=environment,
        version=deployment.version,
        reason=wish.reason,
        kind=deployment.kind,
        incident=wish.incident,
        dry_run=wish.dry_run,
    )
    known = any(tag.name == deployment.version for tag in tx.tags(repo))
    return notes.requested(deployment, known=known, fresh=fresh)


def mends_still(tx: Tx, deployment: Deployment) -> None:
    """Refuse a hotfix whose incident is over: the lane with fewer checks is for an open one."""
    _require_incident(tx, deployment.for_incident, deployment.service)


def _require_incident(tx: Tx, name: str | None, service: str) -> None:
    if name:
        may_mend(tx.incident(number_in(name)), name, service)


def service_of(config: Config, command: str, rest: str) -> str:
    """The only service there is; refuses where one has to be named, with an example."""
    if len(config.services) == 1:
        return next(iter(config.services))
    names = sorted(config.services)
    raise Refusal(
        "which_service",
        "Which service? For example: {example}. Services are: {names}.",
        example=f"{command}{rest} {names[0]}",
        names=", ".join(names[:20]) + (" …" if len(names) > 20 else ""),
    )


def _follow_ups(tx: Tx, service: str, environment: str) -> tuple[str, ...]:
    """The minor incidents that wait for the next deployment, as this one is."""
    waiting = tx.follow_ups(service) if environment == "production" else ()
    return tuple(incident.name for incident in waiting)


def _workflow(config: Config, service: str, environment: str) -> str:
    if config.environment(service, environment) is None:
        raise Refusal(
            "environment_not_set_up",
            "{service} has no {environment} in gonogo.yaml, so I cannot deploy it there.",
            service=service,
            environment=environment,
        )
    workflow = config.workflow(service, environment)
    if workflow is None:
        raise Refusal(
            "no_workflow",
            "{environment} of {service} is deployed by merging to the main branch. "
            "To let me do it, "
            "name a workflow for it in gonogo.yaml.",
            service=service,
            environment=environment,
        )
    return workflow


def _login(holder: Deployment) -> str:
    return holder.outside.login if holder.outside else "somebody outside Slack"


def _supersede(tx: Tx, holder: Deployment, actor: Actor) -> None:
    ended = holder.end(
        State.CANCELLED, tx.now, "superseded", "Another request took its place", by=actor.slack_id
    )
    saved = tx.save(holder, ended)
    tx.audit(actor.slack_id, "superseded", saved.name)
    if saved.requested_by not in ("", actor.slack_id):
        tx.post(direct(saved, "ended", saved.requested_by, notes.ended(saved, actor.slack_id)))


def _slot_is_taken(holder: Deployment) -> Refusal:
    return Refusal(
        "slot_taken",
        "{service} {environment} is taken by {name} ({version}, {state}), "
        "{began} by {who} at {when}. "
        "Wait for it, or cancel it on its card.",
        service=holder.service,
        environment=holder.environment,
        name=holder.name,
        version=holder.label,
        state=status(holder),
        began="started outside Slack" if holder.outside else "requested",
        who=Who(holder.requested_by) if holder.requested_by else _login(holder),
        when=holder.requested_at,
    )
