"""Reviews: whether pull requests were approved by somebody."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from bot.adapters.github.session import Session

MOST_LOOKED_AT = 50
"""Pull requests whose reviews are asked for, one by one; those beyond do not count as approved."""

_DECIDES = ("APPROVED", "CHANGES_REQUESTED", "DISMISSED")


def approved(session: Session, repo: str, pulls: Sequence[int]) -> frozenset[int]:
    """The approved ones among these pull requests."""
    return frozenset(
        number
        for number in pulls[:MOST_LOOKED_AT]
        if _is_approved(session.pages(f"/repos/{repo}/pulls/{number}/reviews"))
    )


def _is_approved(reviews: Iterable[Mapping[str, Any]]) -> bool:
    """By the last decision of each reviewer; a comment decides nothing."""
    last = {
        (review.get("user") or {}).get("login"): review["state"]
        for review in reviews
        if review["state"] in _DECIDES
    }
    return "APPROVED" in last.values() and "CHANGES_REQUESTED" not in last.values()
