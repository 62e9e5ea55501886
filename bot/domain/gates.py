"""Gates: the automatic checks before a deployment; facts in, verdicts out."""

from dataclasses import dataclass
from enum import StrEnum

from bot.domain.changes import ChangeList
from bot.domain.versions import Version


class Level(StrEnum):
    """How a gate ended: a block refuses, a warning is shown to whoever approves."""

    PASS = "pass"
    WARN = "warn"
    BLOCK = "block"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What one gate found: the evidence in words and, unless it passed, the next action."""

    gate: str
    level: Level
    text: str
    action: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One check of a commit: a check run or a commit status.

    `conclusion` is None while it runs; `run_id` is the workflow run that it belongs to, if any.
    """

    name: str
    conclusion: str | None
    run_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What was read about a version before its deployment; `live` is None where nothing is known
    to be.
    """

    version: str
    live: str | None
    on_branch: bool
    branch: str
    released: bool
    checks: tuple[Check, ...]
    changes: ChangeList
    workflow_active: bool
    missing_inputs: tuple[str, ...] = ()


_GREEN = {"success", "neutral", "skipped"}


def judge(evidence: Evidence) -> tuple[Verdict, ...]:
    """Every gate's verdict, all at once, in the order in which a card shows them."""
    return (
        _ci(evidence.checks),
        _reviewed(evidence),
        _direction(evidence),
        _released(evidence),
        _workflow(evidence),
    )


def blocks(verdicts: tuple[Verdict, ...]) -> tuple[Verdict, ...]:
    """The verdicts that refuse."""
    return tuple(verdict for verdict in verdicts if verdict.level is Level.BLOCK)


def _ci(checks: tuple[Check, ...]) -> Verdict:
    red = [c.name for c in checks if c.conclusion is not None and c.conclusion not in _GREEN]
    running = [c.name for c in checks if c.conclusion is None]
    if red:
        return Verdict(
            gate="ci",
            level=Level.BLOCK,
            text=f"CI is red: {', '.join(sorted(red))}",
            action="Fix or re-run the failed checks, then deploy again.",
        )
    if running:
        return Verdict(
            gate="ci",
            level=Level.BLOCK,
            text=f"CI is still running: {', '.join(sorted(running))}",
            action="Deploy again when it has finished.",
        )
    if not checks:
        return Verdict(gate="ci", level=Level.WARN, text="No CI checks on this commit")
    return Verdict(gate="ci", level=Level.PASS, text=f"CI green ({_count(len(checks), 'check')})")


def _reviewed(evidence: Evidence) -> Verdict:
    if not evidence.on_branch:
        return Verdict(
            gate="merged",
            level=Level.BLOCK,
            text=f"The commit is not on {evidence.branch}",
            action=f"Merge it to {evidence.branch} and tag the merged commit.",
        )
    return Verdict(gate="merged", level=Level.PASS, text=f"Merged to {evidence.branch}")


def _direction(evidence: Evidence) -> Verdict:
    live, version = evidence.live, evidence.version
    if live is None:
        return Verdict(
            gate="live",
            level=Level.WARN,
            text="No live version known; this is the first deployment",
        )
    if live == version:
        return Verdict(
            gate="live", level=Level.WARN, text=f"{version} is already live; this deploys it again"
        )
    if _is_older(evidence):
        return Verdict(
            gate="live",
            level=Level.BLOCK,
            text=f"{version} is older than {live}, which is live",
            action="Going back is a rollback; ask for that instead.",
        )
    if evidence.changes.ancestry == "diverged":
        return Verdict(
            gate="live", level=Level.WARN, text=f"{version} does not contain all of {live}"
        )
    return Verdict(gate="live", level=Level.PASS, text=f"Follows {live}")


def _is_older(evidence: Evidence) -> bool:
    if evidence.changes.ancestry in ("behind", "ahead", "diverged"):
        return evidence.changes.ancestry == "behind"
    version, live = Version.parse(evidence.version), Version.parse(evidence.live or "")
    return bool(version and live and version < live)


def _released(evidence: Evidence) -> Verdict:
    if evidence.released:
        return Verdict(gate="release", level=Level.PASS, text="Release notes published")
    return Verdict(
        gate="release", level=Level.WARN, text=f"No GitHub release for {evidence.version}"
    )


def _workflow(evidence: Evidence) -> Verdict:
    if not evidence.workflow_active:
        return Verdict(
            gate="workflow",
            level=Level.BLOCK,
            text="The release workflow is disabled at GitHub",
            action="Enable it in the repository's Actions tab.",
        )
    if evidence.missing_inputs:
        return Verdict(
            gate="workflow",
            level=Level.BLOCK,
            text=f"The release workflow needs inputs I cannot fill: "
            f"{', '.join(evidence.missing_inputs)}",
            action="Give them defaults or make them optional.",
        )
    return Verdict(gate="workflow", level=Level.PASS, text="Release workflow ready")


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
