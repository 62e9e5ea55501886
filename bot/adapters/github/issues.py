"""Issues of GitHub: found again by a word in their text, opened once, assigned to people."""

from collections.abc import Sequence
from datetime import UTC, datetime

from bot.adapters.github import reading
from bot.adapters.github.errors import refused
from bot.adapters.github.session import Session, sent
from bot.domain.errors import Unanswered
from bot.domain.gates import Issue


def find(session: Session, repo: str, mark: str, since: datetime) -> Issue | None:
    """The issue with that word in its text, of those that changed since then."""
    then = f"{since.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    rows = session.pages(f"/repos/{repo}/issues", state="all", since=then)
    found = (row for row in rows if "pull_request" not in row and mark in (row["body"] or ""))
    return next(map(reading.issue, found), None)


def create(session: Session, repo: str, title: str, body: str, assignees: Sequence[str]) -> Issue:
    """One POST; Unanswered for an answer that does not say which issue it was."""
    path, wish = f"/repos/{repo}/issues", {"title": title, "body": body}
    people = {"assignees": list(assignees)} if assignees else {}
    status, headers, data = session.post(path, wish | people)
    if status != 201:
        raise refused(status, headers, data, write=True)
    if not isinstance(data, dict) or "number" not in data:
        raise Unanswered("github", "no usable answer to a new issue")
    return reading.issue(data)


def assign(session: Session, repo: str, number: int, login: str) -> Issue:
    """One more assignee, who may be one already."""
    return _assignees(session, "POST", repo, number, login)


def unassign(session: Session, repo: str, number: int, login: str) -> Issue:
    """One assignee fewer, who may be none."""
    return _assignees(session, "DELETE", repo, number, login)


def _assignees(session: Session, verb: str, repo: str, number: int, login: str) -> Issue:
    path = f"/repos/{repo}/issues/{number}/assignees"
    return reading.issue(sent(session, verb, path, {"assignees": [login]}))
