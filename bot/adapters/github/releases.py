"""GitHubReleases: the releases port by PyGithub."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote

from bot.adapters.github import refs
from bot.adapters.github.session import Session, sent
from bot.adapters.github.threads import Threads
from bot.domain.deployments.changes import Commit
from bot.ports import Release

MOST_COMMITS = 50


class GitHubReleases:
    """Tags and releases; see `bot.ports.Releases` for what each call does."""

    def __init__(self, threads: Threads) -> None:
        self._threads = threads

    async def newest(self, repo: str, branch: str) -> tuple[Commit, ...]:
        def work(session: Session) -> tuple[Commit, ...]:
            rows = session.get(f"/repos/{repo}/commits", sha=branch, per_page=MOST_COMMITS)
            return tuple(map(_commit, rows))

        return await self._threads.read(repo, work)

    async def release(self, repo: str, tag: str) -> Release:
        path = f"/repos/{repo}/releases/tags/{quote(tag, safe='')}"
        return _release(await self._threads.read(repo, lambda session: session.get(path)))

    async def create_tag(self, repo: str, tag: str, commit: str, message: str) -> None:
        def work(session: Session) -> None:
            # The object by itself is nothing that anybody sees; the name for it makes the tag.
            words = {"tag": tag, "message": message, "object": commit, "type": "commit"}
            made = sent(session, "POST", f"/repos/{repo}/git/tags", words)
            refs.create(session, repo, f"refs/tags/{tag}", made["sha"])

        await self._threads.write(work)

    async def create_release(self, repo: str, tag: str, title: str, notes: str) -> Release:
        body = {"tag_name": tag, "name": title, "body": notes}
        path = f"/repos/{repo}/releases"
        made = await self._threads.write(lambda session: sent(session, "POST", path, body))
        return _release(made)

    async def edit_release(self, repo: str, number: int, title: str, notes: str) -> Release:
        body = {"name": title, "body": notes}
        path = f"/repos/{repo}/releases/{number}"
        made = await self._threads.write(lambda session: sent(session, "PATCH", path, body))
        return _release(made)


def _release(row: Mapping[str, Any]) -> Release:
    return Release(
        number=row["id"],
        title=row.get("name") or row["tag_name"],
        notes=(row.get("body") or "").replace("\r\n", "\n"),
        url=row["html_url"],
    )


def _commit(row: Mapping[str, Any]) -> Commit:
    return Commit(
        sha=row["sha"],
        authored_at=datetime.fromisoformat(row["commit"]["author"]["date"].replace("Z", "+00:00")),
        parents=len(row["parents"]),
        title=str(row["commit"]["message"].split("\n", 1)[0]),
    )
