"""Signing: people put their names to items of the checklist, or lift a gate, in one transaction."""

from collections.abc import Mapping

from bot.config import Config
from bot.domain.deployments import inspections
from bot.domain.deployments.deployments import Deployment
from bot.domain.gates import Gate, Level, Verdict, checklist, overrides
from bot.domain.gates.checklist import Entry
from bot.domain.gates.signatures import QUERIES
from bot.messages.blocks import Message
from bot.messages.deployments import notes
from bot.ports import Tx
from bot.services.deployments import decisions
from bot.services.deployments.decisions import load
from bot.services.deployments.requests import known
from bot.services.incidents.incident_following import past_the_freeze


def may_override(tx: Tx, deployment_id: int, slack_id: str) -> Deployment:
    """The deployment, if this person may lift a gate of it now."""
    deployment = load(tx, deployment_id)
    overrides.may_override(deployment, known(tx, slack_id), tx.now)
    return deployment


def override(
    tx: Tx, deployment_id: int, slack_id: str, gates: tuple[str, ...], reason: str
) -> Message:
    """Lift these gates; what follows from it is the tick's."""
    deployment = may_override(tx, deployment_id, slack_id)
    lifted = overrides.lift(deployment, gates, known(tx, slack_id), reason, tx.now)
    saved = tx.save(deployment, lifted.with_(due_at=tx.now))
    said = {o.gate: o.lifted for o in saved.overrides if o.gate in gates}
    commit = saved.binding.commit if saved.binding else ""
    tx.audit(slack_id, "overrode", saved.name, lifted=said, reason=reason, commit=commit)
    if "lock" in gates:
        past_the_freeze(tx, saved, reason, slack_id)
    return notes.lifted(saved, gates, len(overrides.standing(saved)))


def sign_off(tx: Tx, deployment_id: int, slack_id: str, item: str) -> Message:
    """Sign one item off."""
    deployment = load(tx, deployment_id)
    saved = _signed(tx, deployment, slack_id, {item: ""})
    return notes.signed(saved, (item,))


def approve(
    tx: Tx, config: Config, deployment_id: int, slack_id: str, items: Mapping[str, str]
) -> Message | tuple[Deployment, tuple[Entry, ...]]:
    """Sign these items, each with its note, and approve; else tell what has to be asked."""
    deployment = decisions.may_approve(tx, config, deployment_id, slack_id)
    asked = checklist.asked_of_approver(deployment)
    if not {entry.item for entry in asked} <= items.keys():
        return deployment, asked
    wanted = {entry.item: items[entry.item] for entry in asked}
    if wanted:
        _signed(tx, deployment, slack_id, wanted)
    return decisions.approve(tx, config, deployment_id, slack_id)


def _signed(tx: Tx, deployment: Deployment, slack_id: str, items: Mapping[str, str]) -> Deployment:
    actor, new = known(tx, slack_id), deployment
    for item, note in items.items():
        if item in QUERIES:
            new = inspections.sign(new, item, actor, tx.now)
        else:
            new = checklist.sign(new, item, actor, tx.now, note)
    if Gate.QA in items:
        new = new.with_(verdicts=tuple(_by_qa(v, tx.name_of(slack_id)) for v in new.verdicts))
    saved = tx.save(deployment, new)
    commit = saved.binding.commit if saved.binding else ""
    for item, note in items.items():
        tx.audit(slack_id, "signed_off", saved.name, item=item, note=note, commit=commit)
    return saved


def _by_qa(verdict: Verdict, name: str) -> Verdict:
    """What QA signed is the evidence of its gate."""
    if verdict.gate != Gate.QA:
        return verdict
    return Verdict(gate=Gate.QA, level=Level.PASS, text=f"QA signed it off ({name})")
