"""Gates: the environments that a run waits for at GitHub, who guards them, and our answer."""

from collections.abc import Mapping, Sequence
from urllib.parse import quote

from bot.adapters.github import reading
from bot.adapters.github.errors import refused
from bot.adapters.github.session import Session
from bot.adapters.github.threads import Threads
from bot.domain.approvals.protection import Guarding, Review
from bot.domain.errors import Declined, NotFound
from bot.ports import Held

DONE = (200, 204)


class Gates:
    """The calls about gates; see `bot.ports.GitHub` for what each does.

    `reviewing` speaks for a required reviewer, where there is a token of one.
    """

    def __init__(self, threads: Threads, reviewing: Threads | None) -> None:
        self._threads = threads
        self._reviewing = reviewing
        self._reviewer: str | None = None

    async def reviewer(self) -> str | None:
        if self._reviewer is None and self._reviewing is not None:
            me = await self._reviewing.read("", lambda session: session.get("/user"))
            self._reviewer = str(me["login"])
        return self._reviewer

    async def guarding(self, repo: str, environment: str) -> Guarding:
        path = f"/repos/{repo}/environments/{quote(environment, safe='')}"

        def work(session: Session) -> Guarding:
            place = session.get(path)
            try:
                rules = session.get(f"{path}/deployment_protection_rules")
            except NotFound:  # an older GitHub Enterprise Server has none
                rules = {}
            return reading.guarding(place, rules)

        return await self._threads.read(repo, work)

    async def held(self, repo: str, run_id: int) -> tuple[Held, ...]:
        path = f"/repos/{repo}/actions/runs/{run_id}/pending_deployments"
        seen_by = self._reviewing or self._threads
        rows = await seen_by.read(repo, lambda session: session.get(path))
        return tuple(map(reading.held, rows))

    async def reviews(self, repo: str, run_id: int) -> tuple[Review, ...]:
        path = f"/repos/{repo}/actions/runs/{run_id}/approvals"
        return reading.reviews(await self._threads.read(repo, lambda session: session.get(path)))

    async def review(
        self, repo: str, run_id: int, held: Sequence[Held], *, approve: bool, comment: str
    ) -> None:
        if self._reviewing is None:
            raise Declined("github", "GITHUB_REVIEWER_TOKEN is not set")
        body = {"environment_ids": [one.id for one in held]}
        path = f"/repos/{repo}/actions/runs/{run_id}/pending_deployments"
        await _answer(self._reviewing, path, body, approve=approve, comment=comment)

    async def answer_rule(
        self, repo: str, run_id: int, environment: str, *, approve: bool, comment: str
    ) -> None:
        path = f"/repos/{repo}/actions/runs/{run_id}/deployment_protection_rule"
        body = {"environment_name": environment}
        await _answer(self._threads, path, body, approve=approve, comment=comment)

    async def team(self, name: str) -> tuple[str, ...]:
        org, _, slug = name.partition("/")
        path = f"/orgs/{quote(org)}/teams/{quote(slug)}/members"
        rows = await self._threads.read("", lambda session: session.pages(path))
        return tuple(row["login"] for row in rows)


async def _answer(
    threads: Threads, path: str, body: Mapping[str, object], *, approve: bool, comment: str
) -> None:
    answer = {**body, "state": "approved" if approve else "rejected", "comment": comment}

    def work(session: Session) -> None:
        status, headers, data = session.post(path, answer)
        if status not in DONE:
            no = refused(status, headers, data, write=True)
            raise Declined("github", no.text) if isinstance(no, NotFound) else no

    await threads.write(work)
