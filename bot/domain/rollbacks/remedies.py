"""Remedy: what is made at GitHub about what a rollback took back: a revert, a hotfix, or an issue
with the findings.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Self

from bot.domain.deployments.changes import Change, ChangeList
from bot.domain.errors import Refusal

LONGEST_TITLE = 120
"""Characters of what a hotfix is about; a branch and a title are made of it."""

LONGEST_SLUG = 40
_NO_WORD = re.compile(r"[^a-z0-9]+")


class RemedyKind(StrEnum):
    """What is made."""

    REVERT = "revert"
    HOTFIX = "hotfix"
    FINDINGS = "findings"


class RemedyState(StrEnum):
    """Where a remedy is."""

    WANTED = "wanted"
    BRANCHED = "branched"
    DONE = "done"
    FAILED = "failed"


TRANSITIONS: dict[RemedyState, frozenset[RemedyState]] = {
    RemedyState.WANTED: frozenset({RemedyState.BRANCHED, RemedyState.DONE, RemedyState.FAILED}),
    RemedyState.BRANCHED: frozenset({RemedyState.DONE, RemedyState.FAILED}),
    RemedyState.DONE: frozenset(),
    RemedyState.FAILED: frozenset({RemedyState.WANTED}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Remedy:
    """One remedy as stored; all times aware UTC, people as Slack user ids.

    `subject` is the rollback or the incident that it is about: "D3", "INC-7". `pull` is the pull
    request to revert, 0 where there is none; `version` and `commit` are what a hotfix starts from.
    `number` and `url` are those of what was made. `sent_at` is when the request for it left, as
    long as nobody knows what became of that.
    """

    id: int = 0
    revision: int = 0
    kind: RemedyKind
    state: RemedyState = RemedyState.WANTED
    subject: str
    service: str
    environment: str
    repo: str
    asked_by: str
    asked_at: datetime

    pull: int = 0
    title: str = ""
    version: str = ""
    commit: str = ""
    branch: str = ""

    number: int | None = None
    url: str | None = None
    sent_at: datetime | None = None
    due_at: datetime | None = None
    failures: int = 0
    trouble: str = ""

    @property
    def mark(self) -> str:
        """The word by which what was made is found again; another bot's D3 has another one."""
        return f"gonogo-{self.kind}-{self.subject}-{int(self.asked_at.timestamp())}"

    def with_(self, **changes: Any) -> Self:
        """A copy with some fields changed; the state only moves by `to`."""
        if "state" in changes:
            raise ValueError("use to() to move a remedy")
        return replace(self, **changes)

    def to(self, state: RemedyState, **changes: Any) -> Self:
        """A copy moved to `state`. Raises ValueError for a move that there is none of."""
        if state not in TRANSITIONS[self.state]:
            raise ValueError(f"a remedy cannot go from {self.state} to {state}")
        calm = {"state": state, "sent_at": None, "due_at": None, "failures": 0, "trouble": ""}
        return replace(self, **(calm | changes))


def revertible(taken: ChangeList | None, made: Iterable[Remedy]) -> tuple[Change, ...]:
    """The pull requests among what went away that nobody has had reverted yet."""
    under_way = {
        one.pull
        for one in made
        if one.kind is RemedyKind.REVERT and one.state is not RemedyState.FAILED
    }
    changes = taken.changes if taken else ()
    return tuple(c for c in changes if c.pull_request and c.pull_request not in under_way)


def chosen(taken: ChangeList | None, number: int) -> Change:
    """The pull request with that number, of those that went away. Refuses any other."""
    changes: Sequence[Change] = taken.changes if taken else ()
    found = next((c for c in changes if c.pull_request == number), None)
    if found is None:
        raise Refusal("no_such_pull", "Choose one of the pull requests that went away.")
    return found


def branch_of(subject: str, title: str) -> str:
    """Where a hotfix is made; no two rollbacks or incidents have the same."""
    slug = _NO_WORD.sub("-", title.lower()).strip("-")[:LONGEST_SLUG].rstrip("-")
    return f"hotfix/{subject}-{slug or 'fix'}"


def title_of(text: str) -> str:
    """What a hotfix is about, in a person's words. Refuses what says nothing or too much."""
    words = " ".join(text.split())
    if not words or len(words) > LONGEST_TITLE:
        raise Refusal(
            "no_title",
            "Say what the hotfix mends in at most {most} characters.",
            most=LONGEST_TITLE,
        )
    return words
