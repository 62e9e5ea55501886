"""Reviews: whether merged pull requests were approved by somebody."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from bot.adapters.github.session import Session
from bot.domain.errors import NotFound

MOST_LOOKED_AT = 50
"""Pull requests whose reviews are asked for, one by one; those beyond do not count as approved."""

_DECIDES = ("APPROVED", "CHANGES_REQUESTED", "DISMISSED")
_OF_THE_TEAM = ("OWNER", "MEMBER", "COLLABORATOR")
"""Whose approval counts unasked: in a public repository anybody with an account may write one.
Others are asked for, as GitHub hides who is a member of an organisation by default.
"""
_WRITES = ("write", "maintain", "admin")


class Reviews:
    """Remembers which merged pull requests were approved: what comes after the merge does not
    change that. Those that were not are asked for again; who may write is asked once.
    """

    def __init__(self) -> None:
        self._approved: set[tuple[str, int]] = set()
        self._may_write: dict[tuple[str, str], bool] = {}

    def approved(self, session: Session, repo: str, pulls: Sequence[int]) -> frozenset[int]:
        """The approved ones among these pull requests. Raises Fault, also where GitHub does not
        say whether somebody who approved may write.
        """
        for number in pulls[:MOST_LOOKED_AT]:
            if (repo, number) not in self._approved and self._is_approved(
                session, repo, session.pages(f"/repos/{repo}/pulls/{number}/reviews")
            ):
                self._approved.add((repo, number))
        return frozenset(number for number in pulls if (repo, number) in self._approved)

    def _is_approved(
        self, session: Session, repo: str, reviews: Iterable[Mapping[str, Any]]
    ) -> bool:
        """By the last decision of each reviewer; a comment decides nothing. Changes may be
        requested by anybody, and only somebody of the team or who may write approves.
        """
        last = {
            (review.get("user") or {}).get("login"): review
            for review in reviews
            if review["state"] in _DECIDES
        }
        if any(review["state"] == "CHANGES_REQUESTED" for review in last.values()):
            return False
        by = {
            login: review["author_association"]
            for login, review in last.items()
            if review["state"] == "APPROVED"
        }
        return any(association in _OF_THE_TEAM for association in by.values()) or any(
            self._writes(session, repo, login) for login in by if login
        )

    def _writes(self, session: Session, repo: str, login: str) -> bool:
        """Whether somebody may write to the repository; a bot is nobody whom GitHub knows there."""
        if (repo, login) not in self._may_write:
            path = f"/repos/{repo}/collaborators/{quote(login, safe='')}/permission"
            try:
                may = session.get(path)["permission"] in _WRITES
            except NotFound:
                may = False
            self._may_write[repo, login] = may
        return self._may_write[repo, login]
