"""The gate on holds: a version that brings back what a rollback took away is held, unless that is
reverted in it.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.domain.deployments.changes import Change, ChangeList
from bot.domain.gates.verdicts import Gate, Level, Verdict

MOST_NAMED = 3
_NUMBER = re.compile(r" \(#[0-9]+\)$")
_REVERT = re.compile(r'Revert "(.*)"')
_REAPPLY = re.compile(r'Reapply "(.*)"')


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """One hold as it stands to one version: how many commits of `left` that contains.

    `total` is how many were rolled back; `back` are the changes among them that it brings again,
    and does not revert. `contains` is None where nobody knows what was rolled back.
    """

    lock: str
    rollback: str
    left: str
    contains: int | None
    total: int = 0
    back: tuple[str, ...] = ()


def held(
    lock: str, rollback: str, left: str, taken: ChangeList, brought: ChangeList, behind: int
) -> Held:
    """The hold against a version: `taken` is what the rollback took away, `brought` what the
    version brings, `behind` how many commits of what was left it lacks.
    """
    logged = {commit.sha for commit in brought.log}
    shared = sum(commit.sha in logged for commit in taken.log)
    contains = max(taken.commits - behind, shared, 0)
    gone = reverted(brought.changes)
    known = {key(change) for change in brought.changes}
    again = [change for change in taken.changes if key(change) in known]
    if not again or contains >= taken.commits or brought.commits > len(brought.log):
        again = list(taken.changes)  # what is not known to be missing counts as there
    titles = [change.title for change in again] or ["nobody knows what"]
    return Held(
        lock=lock,
        rollback=rollback,
        left=left,
        contains=contains,
        total=taken.commits,
        back=tuple(title for title in titles if _bare(title) not in gone),
    )


def reverted(changes: Iterable[Change]) -> frozenset[str]:
    """The titles that are taken back again within these changes, which are in order."""
    gone: set[str] = set()
    for change in changes:
        title = _bare(change.title)
        if again := _REAPPLY.fullmatch(title):
            gone.discard(_bare(again[1]))
        gone.discard(title)
        if undone := _REVERT.fullmatch(title):
            inner = _bare(undone[1])
            gone.add(inner)
            if twice := _REVERT.fullmatch(inner):
                gone.discard(_bare(twice[1]))
    return frozenset(gone)


def judge(holds: Sequence[Held], version: str) -> Verdict:
    """The verdict of the gate `hold` on a version."""
    against = [one for one in holds if one.contains is None or (one.contains and one.back)]
    if not against:
        text = "; ".join(_passed(one) for one in holds)
        return Verdict(gate=Gate.HOLD, level=Level.PASS, text=text)
    names = ", ".join(f"{one.lock} (in the thread of {one.rollback})" for one in against)
    return Verdict(
        gate=Gate.HOLD,
        level=Level.BLOCK,
        text="; ".join(_blocked(one, version) for one in against),
        action=f"Revert what was rolled back, or an approver or admin lifts the hold {names}.",
        about=tuple(one.lock for one in against),
    )


def _blocked(one: Held, version: str) -> str:
    if one.contains is None:
        return f"{one.lock} is held after {one.rollback}, and it is not known what that took back"
    plural = "s" if one.contains != 1 else ""
    named = "; ".join(one.back[:MOST_NAMED]) + (" …" if len(one.back) > MOST_NAMED else "")
    return (
        f"{version} contains {one.contains} commit{plural} of {one.left}, which {one.rollback} "
        f"rolled back: {named}"
    )


def _passed(one: Held) -> str:
    if one.contains:
        return f"Hold {one.lock}: what {one.rollback} rolled back of {one.left} is reverted in it"
    return f"Hold {one.lock}: it contains nothing of {one.left}, which {one.rollback} rolled back"


def key(change: Change) -> object:
    """What makes it the same change elsewhere: its pull request, else its commit."""
    return change.pull_request or change.sha


def _bare(title: str) -> str:
    """Without the number that GitHub puts behind the title of a squashed pull request."""
    return _NUMBER.sub("", title)
