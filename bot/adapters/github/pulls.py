"""GitHubPulls: branches and pull requests by PyGithub; a revert by GraphQL, which alone has it."""

from collections.abc import Mapping
from typing import Any

from bot.adapters.github.errors import failed_query, refused
from bot.adapters.github.session import Session
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


def _reverts(row: Mapping[str, Any], number: int) -> bool:
    """Whether this pull request was made by GitHub to revert that one, and was not given up."""
    is_given_up = row["state"] == "closed" and not row["merged_at"]
    return row["head"]["ref"].startswith(f"revert-{number}-") and not is_given_up


def _pull(row: Mapping[str, Any]) -> Pull:
    return Pull(number=row["number"], url=row["html_url"])
