"""GitHubPulls: branches and pull requests by PyGithub; a revert by GraphQL, which alone has it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote

from bot.adapters.github import refs
from bot.adapters.github.errors import failed_query, refused
from bot.adapters.github.reading import moment
from bot.adapters.github.session import Session, sent
from bot.adapters.github.threads import Threads
from bot.domain.errors import Unanswered
from bot.ports import Pull

MOST_LOOKED_AT = 100
"""The newest pull requests, among which a revert of what was just rolled back would be."""

REVERT = """
mutation Revert($input: RevertPullRequestInput!) {
  revertPullRequest(input: $input) {
    revertPullRequest { number url }
  }
}
"""
"""Validated against GitHub's public schema by the tests."""


class GitHubPulls:
    """Branches and pull requests; see `bot.ports.Pulls` for what each call does."""

    def __init__(self, threads: Threads) -> None:
        self._threads = threads

    async def revert_of(self, repo: str, number: int) -> Pull | None:
        def work(session: Session) -> Pull | None:
            newest_first = {"sort": "created", "direction": "desc", "per_page": MOST_LOOKED_AT}
            rows = session.get(f"/repos/{repo}/pulls", state="all", **newest_first)
            return next((_pull(row) for row in rows if _reverts(row, number)), None)

        return await self._threads.read(repo, work)

    async def revert(self, repo: str, number: int, title: str, body: str) -> Pull:
        pull = await self._threads.read(repo, lambda s: s.get(f"/repos/{repo}/pulls/{number}"))
        wish = {"pullRequestId": pull["node_id"], "title": title, "body": body}

        def work(session: Session) -> Pull:
            status, headers, data = session.query(REVERT, {"input": wish})
            if status != 200:
                raise refused(status, headers, data, write=True)
            if not isinstance(data, Mapping):
                raise Unanswered("github", "no usable answer to a revert")
            if fault := failed_query(data):
                raise fault
            made = data["data"]["revertPullRequest"]["revertPullRequest"]
            return Pull(number=made["number"], url=made["url"])

        return await self._threads.write(work)

    async def branch(self, repo: str, name: str) -> str:
        path = f"/repos/{repo}/git/ref/heads/{quote(name)}"
        found = await self._threads.read(repo, lambda session: session.get(path))
        return str(found["object"]["sha"])

    async def create_branch(self, repo: str, name: str, commit: str) -> None:
        ref = f"refs/heads/{name}"
        await self._threads.write(lambda session: refs.create(session, repo, ref, commit))

    async def pull_from(self, repo: str, branch: str, since: datetime) -> Pull | None:
        head = f"{repo.partition('/')[0]}:{branch}"

        def work(session: Session) -> Pull | None:
            rows = session.get(f"/repos/{repo}/pulls", state="all", head=head)
            return next((_pull(row) for row in rows if _is_of(row, since)), None)

        return await self._threads.read(repo, work)

    async def open_pull(self, repo: str, branch: str, base: str, title: str, body: str) -> Pull:
        wish = {"head": branch, "base": base, "title": title, "body": body}
        path = f"/repos/{repo}/pulls"
        return _pull(await self._threads.write(lambda s: sent(s, "POST", path, wish)))

    async def label(self, repo: str, number: int, label: str) -> None:
        def work(session: Session) -> None:
            path = f"/repos/{repo}/issues/{number}/labels"
            status, headers, data = session.post(path, {"labels": [label]})
            if status != 200:
                raise refused(status, headers, data, write=True)

        await self._threads.write(work)

    async def ask_reviews(
        self, repo: str, number: int, people: Sequence[str], teams: Sequence[str]
    ) -> None:
        wish = {"reviewers": list(people), "team_reviewers": list(teams)}
        path = f"/repos/{repo}/pulls/{number}/requested_reviewers"
        await self._threads.write(lambda session: sent(session, "POST", path, wish))


def _is_given_up(row: Mapping[str, Any]) -> bool:
    return row["state"] == "closed" and not row["merged_at"]


def _reverts(row: Mapping[str, Any], number: int) -> bool:
    """Whether this pull request was made by GitHub to revert that one, and was not given up."""
    is_revert = row["head"]["ref"].startswith(f"revert-{number}-")
    return is_revert and _is_own(row) and not _is_given_up(row)


def _is_of(row: Mapping[str, Any], since: datetime) -> bool:
    """Whether this pull request is one that can still be merged, or was made since then."""
    if not _is_own(row) or _is_given_up(row):
        return False
    return row["state"] == "open" or (moment(row["created_at"]) or since) >= since


def _is_own(row: Mapping[str, Any]) -> bool:
    """Whether its branch is in the repository itself: anybody may name one in a fork as they like,
    and the repository of a fork that was deleted is null.
    """
    head, base = row["head"]["repo"], row["base"]["repo"]
    return head is not None and head["id"] == base["id"]


def _pull(row: Mapping[str, Any]) -> Pull:
    return Pull(number=row["number"], url=row["html_url"])
