"""Verdicts: how a gate ended, in words, and how much a team lets it decide."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Level(StrEnum):
    """How a gate ended: a block keeps a version from being approved, a warning is shown to whoever
    approves, and what is not set up holds up nothing.
    """

    PASS = "pass"
    WARN = "warn"
    BLOCK = "block"
    NOT_SET_UP = "not_set_up"


class Policy(StrEnum):
    """What a team lets a gate do when something is against the version."""

    BLOCK = "block"
    WARN = "warn"
    OFF = "off"


class Gate(StrEnum):
    """The gates whose policy a team chooses."""

    CI = "ci"
    MERGED = "merged"
    REVIEWED = "reviewed"
    STAGING = "staging"
    QA = "qa"
    NOTES = "notes"
    BUGS = "bugs"
    MIGRATIONS = "migrations"
    BACKUP = "backup"
    MONITORING = "monitoring"
    WATCH = "watch"
    ON_CALL = "on_call"
    WAY_BACK = "way_back"
    HOLD = "hold"


TITLES: Mapping[str, str] = {
    Gate.CI: "CI",
    Gate.MERGED: "Merged",
    Gate.REVIEWED: "Reviews",
    Gate.STAGING: "Staging",
    Gate.QA: "QA",
    Gate.NOTES: "Release notes",
    Gate.BUGS: "Critical bugs",
    Gate.MIGRATIONS: "Migrations",
    Gate.BACKUP: "Backup",
    Gate.MONITORING: "Monitoring",
    Gate.WATCH: "Who watches",
    Gate.ON_CALL: "Who is on call",
    Gate.WAY_BACK: "Way back",
    Gate.HOLD: "Hold",
}
DEFAULTS: Mapping[Gate, Policy] = {gate: Policy.WARN for gate in Gate} | {
    Gate.CI: Policy.BLOCK,
    Gate.MERGED: Policy.BLOCK,
    Gate.BUGS: Policy.BLOCK,
    Gate.HOLD: Policy.BLOCK,
}
"""So that a new team can deploy on its first day."""

OF_PRODUCTION = frozenset(
    {
        *(Gate.STAGING, Gate.QA, Gate.NOTES, Gate.BUGS, Gate.BACKUP, Gate.WATCH),
        *(Gate.ON_CALL, Gate.WAY_BACK, Gate.HOLD),
    }
)
"""What is asked only before production changes."""

FINAL = frozenset({"live", "protection", "workflow"})
"""The gates that nobody may lift: going back is a rollback, and what cannot run cannot be let."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What one gate found: the evidence in words and, unless it passed, the next action.

    `about` names the very things that block: #9, L1, a freeze, a check; it is empty where a gate
    has only one thing to say. `at` is when what it rests on was read.
    """

    gate: str
    level: Level
    text: str
    action: str = ""
    about: tuple[str, ...] = ()
    at: datetime | None = None


def title(gate: str) -> str:
    """A gate as it is called in a sentence."""
    return TITLES.get(gate, gate.replace("_", " ").capitalize())


def blocks(verdicts: tuple[Verdict, ...]) -> tuple[Verdict, ...]:
    """The verdicts that block."""
    return tuple(verdict for verdict in verdicts if verdict.level is Level.BLOCK)
