"""Gates: the automatic checks before a deployment; facts in, verdicts out."""

from collections.abc import Callable
from dataclasses import replace

from bot.domain.gates import code, holds, readiness, release
from bot.domain.gates.evidence import Check, CheckRules, Evidence, Issue, Rules, Staged
from bot.domain.gates.verdicts import (
    DEFAULTS,
    FINAL,
    OF_PRODUCTION,
    TITLES,
    Gate,
    Level,
    Policy,
    Verdict,
    blocks,
    title,
)
from bot.domain.rollbacks.rehearsal import Rehearsal

__all__ = [
    "DEFAULTS",
    "FINAL",
    "OF_PRODUCTION",
    "TITLES",
    "Check",
    "CheckRules",
    "Evidence",
    "Gate",
    "Issue",
    "Level",
    "Policy",
    "Rules",
    "Staged",
    "Verdict",
    "blocks",
    "judge",
    "of_way_back",
    "title",
]


def judge(evidence: Evidence, rules: Rules = Rules()) -> tuple[Verdict, ...]:  # noqa: B008 - frozen
    """Every gate's verdict, all at once, in the order in which a card shows them."""
    looks: dict[Gate, Callable[[], Verdict]] = {
        Gate.CI: lambda: code.ci(evidence, rules.checks),
        Gate.MERGED: lambda: code.merged(evidence),
        Gate.REVIEWED: lambda: code.reviewed(evidence),
        Gate.STAGING: lambda: readiness.staging(evidence),
        Gate.QA: lambda: readiness.qa(evidence),
        Gate.NOTES: lambda: release.notes(evidence),
        Gate.BUGS: lambda: release.bugs(evidence, rules),
        Gate.MIGRATIONS: lambda: release.migrations(evidence, rules),
        Gate.BACKUP: lambda: release.backup(evidence, rules),
        Gate.MONITORING: lambda: readiness.monitoring(evidence),
        Gate.WATCH: lambda: readiness.watch(evidence),
        Gate.ON_CALL: lambda: readiness.on_call(evidence),
        Gate.WAY_BACK: lambda: readiness.way_back(evidence.way_back),
    }
    if not evidence.migrations:
        del looks[Gate.BACKUP]
    if evidence.holds or Gate.HOLD in evidence.unread:
        looks[Gate.HOLD] = lambda: holds.judge(evidence.holds, evidence.version)
    judged = {
        gate: _within(rules.policy(gate), _unread(gate, evidence) or look())
        for gate, look in looks.items()
        if rules.policy(gate) is not Policy.OFF
    }
    first = [judged.pop(g) for g in (Gate.CI, Gate.MERGED, Gate.REVIEWED) if g in judged]
    return (*first, code.direction(evidence), *judged.values(), code.workflow(evidence))


def of_way_back(found: Rehearsal, rules: Rules) -> Verdict:
    """The verdict on a way back that was looked at again."""
    return _within(rules.policy(Gate.WAY_BACK), readiness.way_back(found))


def _unread(gate: Gate, evidence: Evidence) -> Verdict | None:
    """What is said of a gate whose source did not answer; it never passes, whatever was lifted."""
    fault = evidence.unread.get(gate)
    if fault is None:
        return None
    return Verdict(
        gate=gate,
        level=Level.BLOCK,
        text=f"{title(gate)} could not be read: {fault.text}",
        action=f"It is asked again; if that does not help, look at {fault.system} and my token.",
        about=("unread",),
    )


def _within(policy: Policy, verdict: Verdict) -> Verdict:
    """A verdict that does no more than the team lets its gate do."""
    if verdict.level is Level.BLOCK and policy is Policy.WARN:
        return replace(verdict, level=Level.WARN)
    return verdict
