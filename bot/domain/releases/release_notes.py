"""Release notes: what a release brings, drafted from its changes and grouped."""

import re
from collections.abc import Iterable
from enum import StrEnum

from bot.domain.deployments.changes import Change


class Group(StrEnum):
    """A heading of the notes, in the order in which they stand."""

    BREAKING = "Breaking changes"
    FEATURES = "Features"
    FIXES = "Fixes"
    OTHER = "Other changes"


LABELS = {
    "breaking": Group.BREAKING,
    "breaking-change": Group.BREAKING,
    "major": Group.BREAKING,
    "semver-major": Group.BREAKING,
    "enhancement": Group.FEATURES,
    "feat": Group.FEATURES,
    "feature": Group.FEATURES,
    "minor": Group.FEATURES,
    "semver-minor": Group.FEATURES,
    "bug": Group.FIXES,
    "bugfix": Group.FIXES,
    "fix": Group.FIXES,
    "hotfix": Group.FIXES,
    "patch": Group.FIXES,
    "semver-patch": Group.FIXES,
}
"""Labels of a pull request, in small letters, with hyphens for spaces, colons and slashes."""

LEFT_OUT = frozenset({"ignore-for-release", "skip-changelog", "no-changelog"})
"""A pull request with such a label is nobody's business outside."""

_KNOWN_TYPES = frozenset(
    [
        "build",
        "chore",
        "ci",
        "docs",
        "feat",
        "feature",
        "fix",
        "perf",
        "refactor",
        "revert",
        "style",
        "test",
    ]
)
TYPES = {"feat": Group.FEATURES, "feature": Group.FEATURES, "fix": Group.FIXES}
_CONVENTIONAL = re.compile(r"(?P<type>[A-Za-z]+)(?:\([^()]*\))?(?P<breaks>!)?:\s+(?P<rest>\S.*)")
MAX_NOTES = 3000
"""What a field of a form in Slack can hold."""


def group(change: Change) -> Group | None:
    """Where a change stands, None where it is left out. A break outweighs everything else, and a
    label outweighs what the title says.
    """
    labels = {re.sub(r"[\s:/_-]+", "-", label.strip().lower()) for label in change.labels}
    if labels & LEFT_OUT:
        return None
    said = _CONVENTIONAL.fullmatch(change.title.strip())
    found = {LABELS[label] for label in labels & LABELS.keys()}
    if change.breaks or (said and said["breaks"]):
        found.add(Group.BREAKING)
    if not found and said:
        found.add(TYPES.get(said["type"].lower(), Group.OTHER))
    return next((one for one in Group if one in found), Group.OTHER)


def draft(changes: Iterable[Change], url: str | None = None, *, most: int = MAX_NOTES) -> str:
    """Release notes in Markdown, of at most so many characters; groups without a change are left
    out.
    """
    listed = [(where, change) for change in changes if (where := group(change))]
    lines: list[str] = []
    for heading in Group:
        inside = [_line(change) for where, change in listed if where is heading]
        if inside:
            lines += [f"## {heading}", "", *inside, ""]
    if not lines:
        lines = ["No changes listed.", ""]
    return _cut(lines, f"**All changes**: {url}" if url else "", most)


def _cut(lines: list[str], last: str, most: int) -> str:
    """As many lines as there is room for, and how many are missing."""
    text = "\n".join([*lines, last]).strip()
    missing = 0
    while len(text) > most and lines:
        missing += lines.pop().startswith("- ")
        text = "\n".join([*lines, f"- and {missing} more", "", last]).strip()
    return text


def _line(change: Change) -> str:
    said = _CONVENTIONAL.fullmatch(change.title.strip())
    text = said["rest"] if said and said["type"].lower() in _KNOWN_TYPES else change.title
    plain = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    # Not as markup: a title must not mention a team, nor hide what follows it in a comment.
    plain = plain.replace("<", "&lt;").replace("@", "@\u2060")
    number = f" (#{change.pull_request})" if change.pull_request else ""
    return f"- {plain[:1].upper()}{plain[1:200]}{number}"
