"""GitHubMirrors: the mirrors port by PyGithub."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from bot.adapters.github.reading import events_of, moment
from bot.adapters.github.session import Session, sent
from bot.adapters.github.threads import Threads
from bot.domain.deployments.mirrors import Shown
from bot.ports import Announced

KEY = "gonogo_request"
MOST = 20
MOST_ASKED = 3
"""Of how many GitHub deployments the statuses are read, to see which run made them."""

SKEW = timedelta(minutes=2)
LONGEST_TEXT = 140
EVENTS = ("deployment", "deployment_status")


class GitHubMirrors:
    """GitHub deployments; see `bot.ports.Mirrors` for what each call does."""

    def __init__(self, threads: Threads) -> None:
        self._threads = threads

    async def find(
        self, repo: str, environment: str, *, key: str, run_id: int | None, since: datetime
    ) -> tuple[int, bool] | None:
        def work(session: Session) -> tuple[int, bool] | None:
            path = f"/repos/{repo}/deployments"
            rows = session.get(path, environment=environment, per_page=MOST)
            for row in rows:
                if _payload(row).get(KEY) == key:
                    return row["id"], True
            new = [row for row in rows if (moment(row["created_at"]) or since) >= since - SKEW]
            for row in new[:MOST_ASKED]:
                if run_id is not None and not _payload(row).get(KEY):
                    statuses = session.get(f"{path}/{row['id']}/statuses", per_page=MOST)
                    if _is_of(statuses, run_id):
                        return row["id"], False
            return None

        return await self._threads.read(repo, work)

    async def started_by(self, repo: str) -> tuple[tuple[str, str], ...]:
        def work(session: Session) -> tuple[tuple[str, str], ...]:
            branch = session.get(f"/repos/{repo}")["default_branch"]
            listed = session.get(f"/repos/{repo}/actions/workflows", per_page=100)["workflows"]
            # What others add, such as Dependabot, has a path outside of the repository.
            own = (w for w in listed if w["path"].startswith(".github/workflows/"))
            active = [w["path"] for w in own if w["state"] == "active"]
            root = f"/repos/{repo}/contents"
            files = {path: session.get(f"{root}/{quote(path)}", ref=branch) for path in active}
            return tuple(
                (event, path.rpartition("/")[2])
                for path, content in files.items()
                for event in EVENTS
                if event in events_of(content)
            )

        return await self._threads.read(repo, work)

    async def create(self, repo: str, announced: Announced) -> int:
        body = {
            "ref": announced.ref,
            "environment": announced.environment,
            "production_environment": announced.is_production,
            "description": announced.description[:LONGEST_TEXT],
            "payload": {KEY: announced.key, "gonogo": announced.name},
            # Without these GitHub would merge branches, and judge the commit by checks of its own.
            "auto_merge": False,
            "required_contexts": [],
        }
        path = f"/repos/{repo}/deployments"
        made = await self._threads.write(lambda session: sent(session, "POST", path, body))
        return int(made["id"])

    async def show(
        self,
        repo: str,
        number: int,
        shown: Shown,
        *,
        log_url: str | None,
        url: str | None,
        text: str,
    ) -> None:
        body = {
            "state": str(shown),
            "description": text[:LONGEST_TEXT],
            # We say ourselves what is no longer active: for production GitHub does not.
            "auto_inactive": False,
            **({"log_url": log_url} if log_url else {}),
            **({"environment_url": url} if url else {}),
        }
        path = f"/repos/{repo}/deployments/{number}/statuses"
        await self._threads.write(lambda session: sent(session, "POST", path, body))


def _payload(row: Mapping[str, Any]) -> Mapping[str, Any]:
    """What whoever made it left there: anything at all."""
    found = row.get("payload")
    return found if isinstance(found, Mapping) else {}


def _is_of(statuses: Iterable[Mapping[str, Any]], run_id: int) -> bool:
    """Whether one of the statuses leads to this run."""
    urls = (f"{row.get('log_url') or row.get('target_url') or ''}/" for row in statuses)
    return any(f"/actions/runs/{run_id}/" in url for url in urls)
