"""Gates on the release: its notes, the bugs that are known, what it does to the database, and what
that could be restored from.
"""

from bot.domain.deployments.changes import MOST_FILES
from bot.domain.deployments.migrations import Migration
from bot.domain.deployments.validation import Outcome
from bot.domain.gates.evidence import Evidence, Rules
from bot.domain.gates.verdicts import Gate, Level, Verdict
from bot.domain.spans import span
from bot.domain.words import count, listing


def notes(evidence: Evidence) -> Verdict:
    """A GitHub release says what is new."""
    version = evidence.version
    if evidence.notes and evidence.notes.strip():
        return Verdict(gate=Gate.NOTES, level=Level.PASS, text="Release notes published")
    text = f"The release {version} has no notes"
    if evidence.notes is None:
        text = f"No GitHub release for {version}"
    action = "Write them at GitHub, under Releases."
    return Verdict(gate=Gate.NOTES, level=Level.BLOCK, text=text, action=action)


def bugs(evidence: Evidence, rules: Rules) -> Verdict:
    """No open issue carries a label of critical bugs, and no error is new in the tracker; such a
    one warns, because nobody has said yet how bad it is.
    """
    tracker = evidence.tracker
    told = [tracker.sentence] if tracker else []
    if not evidence.bugs:
        text = "The repository has no issues" if rules.labels else "No labels of critical bugs"
        if evidence.bugs is not None:
            text = f"No open issue labelled {listing(rules.labels)}"
        level = Level.NOT_SET_UP if evidence.bugs is None else Level.PASS
        if tracker:
            level = Level.PASS if tracker.outcome is Outcome.OK else Level.WARN
        return Verdict(gate=Gate.BUGS, level=level, text="; ".join([text, *told]))
    named = listing([f"#{issue.number} {issue.title}" for issue in evidence.bugs])
    return Verdict(
        gate=Gate.BUGS,
        level=Level.BLOCK,
        text="; ".join([f"Known critical bugs: {named}", *told]),
        about=tuple(f"#{issue.number}" for issue in evidence.bugs),
        action="Fix and close them, or take the label off.",
    )


def migrations(evidence: Evidence, rules: Rules) -> Verdict:
    """Each migration of the range has a way down, breaks nothing, and was tried in CI."""
    found = evidence.migrations
    if found is None:
        return Verdict(gate=Gate.MIGRATIONS, level=Level.NOT_SET_UP, text="No paths of migrations")
    if evidence.changes.base is None:
        text = "Without a live version nobody can tell which migrations are new"
        return Verdict(gate=Gate.MIGRATIONS, level=Level.WARN, text=text)
    if not evidence.changes.names_all_files:
        return Verdict(
            gate=Gate.MIGRATIONS,
            level=Level.BLOCK,
            text=f"GitHub names only {MOST_FILES} of the files, so a migration may be missing",
            action="Look at the migrations yourself, or deploy a version in between first.",
            about=("files",),
        )
    if not found:
        return Verdict(gate=Gate.MIGRATIONS, level=Level.PASS, text="No migrations")
    number = count(len(found), "migration")
    tried = _tried(evidence, rules)
    against = [*_against(found), *([tried] if tried else [])]
    if not against:
        text = f"{number} with a way down, tested by {rules.tested_by}"
        return Verdict(gate=Gate.MIGRATIONS, level=Level.PASS, text=text)
    return Verdict(
        gate=Gate.MIGRATIONS,
        level=Level.BLOCK,
        text=f"{number}: {'; '.join(against)}",
        action="Have the way back and a backup ready before you approve.",
        about=tuple(against),
    )


def backup(evidence: Evidence, rules: Rules) -> Verdict:
    """What the database could be restored from is recent."""
    if evidence.backups is None:
        text = "No database whose backups are read"
        return Verdict(gate=Gate.BACKUP, level=Level.NOT_SET_UP, text=text)
    newest = evidence.backups.newest
    if newest is None:
        return _no_backup("The database has no backup", "none")
    age = newest.age(evidence.backups.at)
    text = f"Newest backup {newest.id}, {span(age)} old"
    if age > rules.oldest_backup:
        return _no_backup(f"{text}: more than {span(rules.oldest_backup)}", "old")
    return Verdict(gate=Gate.BACKUP, level=Level.PASS, text=text)


def _no_backup(text: str, what: str) -> Verdict:
    action = "Have one made, and see why there is none."
    return Verdict(gate=Gate.BACKUP, level=Level.BLOCK, text=text, action=action, about=(what,))


def _against(found: tuple[Migration, ...]) -> list[str]:
    kinds = (
        ("no down step in", [m.name for m in found if m.has_down is False]),
        ("not known whether there is a down step in", [m.name for m in found if not _is_told(m)]),
        ("not backward compatible:", [f"{m.name} ({m.breaks})" for m in found if m.breaks]),
        ("GitHub does not show", [m.name for m in found if m.breaks is None]),
    )
    return [f"{what} {listing(names)}" for what, names in kinds if names]


def _is_told(migration: Migration) -> bool:
    return migration.has_down is not None


def _tried(evidence: Evidence, rules: Rules) -> str:
    """Why they do not count as tested; empty when they do."""
    if rules.tested_by is None:
        return "no check tests them"
    found = [c.conclusion for c in evidence.checks if c.name == rules.tested_by]
    if "success" in found:
        return ""
    return f"not tested: {rules.tested_by} {_word(found)}"


def _word(conclusions: list[str | None]) -> str:
    if not conclusions:
        return "did not run"
    return f"ended with {conclusions[0]}" if conclusions[0] else "is still running"
