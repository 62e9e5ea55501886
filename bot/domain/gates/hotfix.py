"""Hotfix: the short way for what mends an open incident: fewer checks, never fewer people."""

from dataclasses import replace

from bot.domain.deployments.states import Kind
from bot.domain.gates import Level, Verdict

SOFTENED = frozenset({"staging", "qa", "notes", "release", "monitoring"})
"""Gates that only warn a hotfix, as do the calendar and the lock of an incident by themselves. What
monitors say against production now is what the hotfix is for.
"""


def softened(verdicts: tuple[Verdict, ...], kind: Kind) -> tuple[Verdict, ...]:
    """The verdicts as they count for this kind of deployment."""
    if kind is not Kind.HOTFIX:
        return verdicts
    return tuple(_warning(v) if v.gate in SOFTENED else v for v in verdicts)


def _warning(verdict: Verdict) -> Verdict:
    return replace(verdict, level=Level.WARN) if verdict.level is Level.BLOCK else verdict
