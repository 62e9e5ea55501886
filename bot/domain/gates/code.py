"""Gates on the code: its checks, its reviews, and where it stands in the history."""

from fnmatch import fnmatchcase

from bot.domain.gates.evidence import Check, CheckRules, Evidence
from bot.domain.gates.verdicts import Gate, Level, Verdict
from bot.domain.versions import Version
from bot.domain.words import count, listing

_GREEN = {"success", "neutral", "skipped"}


def ci(evidence: Evidence, rules: CheckRules) -> Verdict:
    """Every check of the commit is green, and those that have to be there are."""
    counted = [
        c
        for c in evidence.checks
        if not _matches(c, rules.ignore) and (not c.deploys or _matches(c, rules.require))
    ]
    green = {c.name for c in counted if c.conclusion in _GREEN}
    failed = [c for c in counted if c.conclusion not in (None, *_GREEN)]
    red = [c.name for c in failed if not _matches(c, rules.allow_failure)]
    running = [
        c.name for c in counted if c.conclusion is None and not _matches(c, rules.allow_failure)
    ]
    missing = [
        name for name in rules.require if not any(fnmatchcase(c.name, name) for c in counted)
    ]
    against = {
        what: sorted(set(names))
        for what, names in (
            ("CI is red", red),
            ("CI is still running", running),
            ("Required checks are missing", missing),
        )
        if names
    }
    if against:
        return Verdict(
            gate=Gate.CI,
            level=Level.BLOCK,
            text="; ".join(f"{what}: {listing(names)}" for what, names in against.items()),
            action="Fix or re-run the failed checks." if red or missing else "Wait for it.",
            about=tuple(f"{what}: {name}" for what, names in against.items() for name in names),
        )
    if not counted:
        return Verdict(gate=Gate.CI, level=Level.WARN, text="No CI checks on this commit")
    allowed = sorted({c.name for c in failed})
    text = f"CI green ({count(len(counted) - len(failed), 'check')})"
    if allowed:
        text += f", {listing(allowed)} failed as they may"
    if not green:
        return Verdict(gate=Gate.CI, level=Level.WARN, text=f"No check is green; {text}")
    return Verdict(gate=Gate.CI, level=Level.PASS, text=text)


def _matches(check: Check, names: tuple[str, ...]) -> bool:
    return any(fnmatchcase(check.name, name) for name in names)


def merged(evidence: Evidence) -> Verdict:
    """The commit can be reached from the default branch."""
    if evidence.on_branch:
        return Verdict(gate=Gate.MERGED, level=Level.PASS, text=f"Merged to {evidence.branch}")
    return Verdict(
        gate=Gate.MERGED,
        level=Level.BLOCK,
        text=f"The commit is not on {evidence.branch}",
        action=f"Merge it to {evidence.branch} and tag the merged commit.",
    )


def reviewed(evidence: Evidence) -> Verdict:
    """Every pull request of the range was approved, and nothing came without one."""
    changes = evidence.changes.changes
    pulls = [c.pull_request for c in changes if c.pull_request is not None]
    open_pulls = [f"#{number}" for number in pulls if number not in evidence.approved]
    loose = [c.sha or c.title for c in changes if c.pull_request is None]
    against = [f"Not approved in a review: {listing(open_pulls)}"] if open_pulls else []
    about = (*open_pulls, *loose)
    if loose:
        against.append(f"{count(len(loose), 'commit')} without a pull request")
    if unlisted := evidence.changes.unlisted:
        against.append(f"{count(unlisted, 'older commit')} that GitHub does not list")
        about = (*about, against[-1])
    if against:
        return Verdict(
            gate=Gate.REVIEWED,
            level=Level.BLOCK,
            text="; ".join(against),
            action="Have it looked at at GitHub.",
            about=about,
        )
    text = f"{count(len(pulls), 'pull request')} approved" if pulls else "Nothing new to review"
    return Verdict(gate=Gate.REVIEWED, level=Level.PASS, text=text)


def direction(evidence: Evidence) -> Verdict:
    """It goes forward from what is live."""
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


def workflow(evidence: Evidence) -> Verdict:
    """The workflow can be started with what we can give it."""
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
    if not evidence.carries_sha:
        text = "Release workflow takes no sha: commit not verifiable in the run"
        return Verdict(gate="workflow", level=Level.WARN, text=text)
    return Verdict(gate="workflow", level=Level.PASS, text="Release workflow ready")
