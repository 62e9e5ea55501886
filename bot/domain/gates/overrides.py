"""Overrides: who may lift a gate that blocks, and what that costs: one approver more."""

from datetime import datetime

from bot.domain.deployments.deployments import Deployment
from bot.domain.deployments.states import State
from bot.domain.errors import Refusal
from bot.domain.gates import FINAL, Level, Verdict
from bot.domain.gates.signatures import Override
from bot.domain.people import Actor, Role, require

SHORTEST_REASON = 10
"""Characters; who lifts a gate writes a sentence that can be read a year later."""


def standing(deployment: Deployment) -> tuple[Verdict, ...]:
    """The blocks that nobody has lifted."""
    return unlifted(deployment.verdicts, deployment.overrides)


def unlifted(verdicts: tuple[Verdict, ...], overrides: tuple[Override, ...]) -> tuple[Verdict, ...]:
    """Those of the verdicts that block although these gates were lifted.

    Who lifts a gate has decided about what it named then, and about that alone: the lock of an
    outage that is declared later, another freeze, another red check, or a source that does not
    answer, is a new question.
    """
    blocking = (verdict for verdict in verdicts if verdict.level is Level.BLOCK)
    return tuple(verdict for verdict in blocking if not _is_lifted(verdict, overrides))


def _is_lifted(verdict: Verdict, overrides: tuple[Override, ...]) -> bool:
    decided = [override for override in overrides if override.gate == verdict.gate]
    named = {one for override in decided for one in override.about}
    return bool(decided) and named.issuperset(verdict.about)


def liftable(deployment: Deployment) -> tuple[Verdict, ...]:
    """Those of the standing blocks that somebody may lift."""
    return tuple(verdict for verdict in standing(deployment) if verdict.gate not in FINAL)


def can_be_lifted(verdicts: tuple[Verdict, ...]) -> bool:
    """Whether somebody could let this version through: none of what blocks is final."""
    return not any(v.level is Level.BLOCK and v.gate in FINAL for v in verdicts)


def approvals_needed(deployment: Deployment, configured: int) -> int:
    """How many have to approve: one more than usual when a gate was lifted."""
    return configured + bool(deployment.overrides)


def may_override(deployment: Deployment, actor: Actor, now: datetime) -> None:
    """Refuse unless this actor may lift a gate of this deployment now."""
    is_open = deployment.state is State.AWAITING_APPROVAL
    if not is_open or (deployment.expires_at is not None and now >= deployment.expires_at):
        raise Refusal(
            "not_waiting",
            "Nothing was done: {name} ({version}) no longer waits for anybody.",
            name=deployment.name,
            version=deployment.version,
        )
    require(actor, Role.APPROVER, "lift a gate", Role.ADMIN)
    if actor.is_same_person(deployment.requested_by, deployment.requested_by_github):
        raise Refusal(
            "self_override",
            "You asked for {name}, so somebody else has to lift its gates (four eyes).",
            name=deployment.name,
        )
    if not (blocking := standing(deployment)):
        raise Refusal("nothing_blocks", "Nothing blocks {name} any more.", name=deployment.name)
    if not liftable(deployment):
        raise Refusal(
            "not_liftable",
            "{name} is blocked by what nobody may lift: {why}. {action}",
            name=deployment.name,
            why="; ".join(verdict.text for verdict in blocking),
            action=" ".join(verdict.action for verdict in blocking),
        )


def lift(
    deployment: Deployment, gates: tuple[str, ...], actor: Actor, reason: str, now: datetime
) -> Deployment:
    """The deployment with these gates lifted. Refuses a gate that does not block."""
    blocking = {verdict.gate: verdict for verdict in liftable(deployment)}
    if not gates or not set(gates) <= blocking.keys():
        raise Refusal(
            "not_blocked",
            "Nothing was done: what blocks {name} is now {now}. Open the form anew.",
            name=deployment.name,
            now=", ".join(blocking) or "nothing",
        )
    if len(reason) < SHORTEST_REASON:
        raise Refusal(
            "reason_too_short",
            "Say why in at least {least} characters; it is kept.",
            least=SHORTEST_REASON,
        )
    new = tuple(
        Override(
            gate=gate,
            by=actor.slack_id,
            at=now,
            reason=reason,
            lifted=blocking[gate].text,
            about=blocking[gate].about,
        )
        for gate in gates
    )
    return deployment.with_(overrides=(*deployment.overrides, *new))


def require_open(deployment: Deployment) -> None:
    """Refuse what is still blocked."""
    if blocking := standing(deployment):
        raise Refusal(
            "gate_blocked",
            "{name} is blocked: {why}. Somebody has to lift that first, or it has to be mended.",
            name=deployment.name,
            why="; ".join(verdict.text for verdict in blocking),
        )
