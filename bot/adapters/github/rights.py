"""Rights: one request for each thing that is read of a repository, to see which are refused."""

import asyncio
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from bot.adapters.github.session import Session
from bot.adapters.github.threads import Threads
from bot.domain.errors import Fault, NotFound
from bot.ports.rights import Granted

READS = {
    "actions": "actions/workflows",
    "checks": "commits/{branch}/check-runs",
    "contents": "commits/{branch}",
    "deployments": "deployments",
    "issues": "issues",
    "pull_requests": "pulls",
    "statuses": "commits/{branch}/status",
}
"""What is asked below the repository, by the right that it takes at GitHub."""


class GitHubRights:
    """Implements `bot.ports.rights.Rights`; `is_app` is how the threads were let in."""

    def __init__(self, threads: Threads, *, is_app: bool) -> None:
        self._threads = threads
        self._is_app = is_app

    async def granted(self, repo: str) -> Granted:
        row, headers = await self._threads.read(repo, lambda s: s.told(f"/repos/{repo}"))
        branch = quote(row["default_branch"])
        paths = {right: path.format(branch=branch) for right, path in READS.items()}
        asked = [self._refusal(f"/repos/{repo}/{path}", repo) for path in paths.values()]
        said = zip(paths, await asyncio.gather(*asked), strict=True)
        return Granted(
            is_app=self._is_app,
            is_private=row["private"],
            # Of an App it tells what a person could do, which is nothing.
            may_write=None if self._is_app else (row.get("permissions") or {}).get("push"),
            scopes=_scopes(headers),
            refused={right: fault for right, fault in said if fault is not None},
        )

    async def _refusal(self, path: str, repo: str) -> Fault | None:
        def work(session: Session) -> None:
            session.get(path, per_page=1)

        try:
            await self._threads.read(repo, work)
        except NotFound as fault:  # issues may be switched off; all else is there
            return None if path.endswith("/issues") else fault
        except Fault as fault:
            return fault
        return None


def _scopes(headers: Mapping[str, Any]) -> frozenset[str] | None:
    """Those of a classic token; with any other GitHub sends none."""
    found = frozenset(name.strip() for name in headers.get("x-oauth-scopes", "").split(","))
    return found - {""} or None
