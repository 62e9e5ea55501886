"""Reviews: whether merged pull requests were approved by somebody."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from bot.adapters.github.session import Session

MOST_LOOKED_AT = 50
"""Pull requests whose reviews are asked for, one by one; those beyond do not count as approved."""

_DECIDES = ("APPROVED", "CHANGES_REQUESTED", "DISMISSED")
_OF_THE_TEAM = ("OWNER", "MEMBER", "COLLABORATOR")
"""Whose review counts: in a public repository anybody with an account may write one."""


class Reviews:
    """Remembers which merged pull requests were approved: what comes after the merge does not
    change that. Those that were not are asked for again.
    """

    def __init__(self) -> None:
        self._approved: set[tuple[str, int]] = set()

    def approved(self, session: Session, repo: str, pulls: Sequence[int]) -> frozenset[int]:
        """The approved ones among these pull requests."""
        for number in pulls[:MOST_LOOKED_AT]:
            if (repo, number) not in self._approved and _is_approved(
                session.pages(f"/repos/{repo}/pulls/{number}/reviews")
            ):
                self._approved.add((repo, number))
        return frozenset(number for number in pulls if (repo, number) in self._approved)


def _is_approved(reviews: Iterable[Mapping[str, Any]]) -> bool:
    """By the last decision of each reviewer of the team; a comment decides nothing."""
    last = {
        (review.get("user") or {}).get("login"): review["state"]
        for review in reviews
        if review["state"] in _DECIDES and review["author_association"] in _OF_THE_TEAM
    }
    return "APPROVED" in last.values() and "CHANGES_REQUESTED" not in last.values()
