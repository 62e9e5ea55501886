"""VercelProject: a project at Vercel as a target, by instant rollback and promotion."""

import asyncio
from datetime import datetime
from urllib.parse import quote

from bot.adapters.rest import Rest
from bot.adapters.vercel import steps
from bot.adapters.vercel.answers import (
    HOBBY,
    AliasState,
    AliasStates,
    Deployment,
    Deployments,
    Project,
    RollingReleaseNow,
    artifact,
)
from bot.domain.errors import Declined, NotFound
from bot.domain.rollbacks.targets import Artifact, Candidate, Fate, Sight, TargetPlan
from bot.ports.clock import Clock
from bot.ports.targets import Receipt

NEWEST = 100
"""How many deployments are looked through, which is as many as Vercel tells at once."""

MOST_PAGES = 10
QUEUED = 202
NOT_OFFERED = "Vercel does not offer it: it never was in production, or retention removed it"
HOBBY_LIMIT = "the Hobby plan goes back to the previous production deployment alone"


class VercelProject:
    """One project. A rollback moves its production domains to an earlier deployment, without a
    build, and switches their auto-assignment off; a promotion undoes both.
    """

    def __init__(self, api: Rest, clock: Clock, *, project: str, team: str | None) -> None:
        self._api = api
        self._clock = clock
        self._path = quote(project, safe="")
        self._name = project
        self._team = {"teamId": team} if team else {}

    async def current(self) -> Artifact | None:
        """What the production domains lead to."""
        return _running(await self._project())

    async def candidates(self) -> tuple[Candidate, ...]:
        """The newest production deployments, and whether Vercel offers a rollback to each."""
        return await self._candidates(await self._project())

    async def plan(self, wanted: Artifact) -> TargetPlan:
        """What a rollback would do; a rolling release under way ends with it."""
        project = await self._project()
        known = await self._candidates(project)
        current = _running(project)
        found = next((one for one in known if one.artifact.meets(wanted)), None)
        if found is None:
            text = f"Vercel has no such production deployment among its newest {NEWEST}"
            return TargetPlan(current=current, wanted=None, obstacle=text)
        rolling = await self._is_rolling()
        facts = ["a rolling release is under way and ends with this"] if rolling else []
        if found.artifact.id == project.running:
            facts.append("runs it already")
            return TargetPlan(current=current, wanted=found.artifact, facts=tuple(facts))
        last = project.last_alias_request
        if last and last.is_under_way and not last.leads("rollback", found.artifact.id):
            obstacle = f"Vercel is moving production to {last.to_deployment_id} just now"
        else:
            obstacle = found.why_not
        if not obstacle:
            facts.append("Vercel offers it for an instant rollback")
            facts.append("later deployments will not go live until it is undone or lifted")
            facts.append("environment variables and cron jobs are those of that deployment")
        return TargetPlan(
            current=current, wanted=found.artifact, obstacle=obstacle, facts=tuple(facts)
        )

    async def start(self, wanted: Artifact, operation: str) -> Receipt:
        """Ask for an instant rollback, unless it is under way or production runs that already."""
        project = await self._project()
        to = await self._id(wanted, project)
        last, auto = project.last_alias_request, steps.auto_assignment(project)
        if last and last.is_under_way:
            if last.leads("rollback", to):
                return steps.adopted(last, "rollback", steps.remembered(project) or "unknown")
            raise _busy(last.to_deployment_id)
        if project.running == to and not await self._is_rolling():
            return steps.nothing_to_do("rollback", to, auto)
        if steps.pinned(project):  # off because of a rollback: what counts is what it was before
            auto = steps.remembered(project) or "unknown"
        await self._api.change(
            "POST",
            f"/v1/projects/{self._path}/rollback/{quote(to, safe='')}",
            query={"description": steps.description(operation, auto), **self._team},
        )
        return steps.receipt("rollback", to, project.running, last, auto)

    async def watch(self, receipt: Receipt) -> Sight:
        """How far it is. At the end of an undo the auto-assignment is put back to what it was."""
        return await self._sight(receipt, await self._project())

    async def resolve_unknown(self, wanted: Artifact, operation: str) -> tuple[Receipt, Sight]:
        """Found by the operation in the rollback's description, or by what production runs."""
        project = await self._project()
        to = await self._id(wanted, project)
        last, auto = project.last_alias_request, steps.remembered(project, operation)
        if last and last.leads("rollback", to) and (last.is_under_way or auto is not None):
            found = steps.adopted(last, "rollback", auto or "unknown")
            return found, await self._sight(found, project)
        if project.running == to and not await self._is_rolling():
            found = steps.nothing_to_do("rollback", to, steps.auto_assignment(project))
            return found, await self._sight(found, project)
        text = f"Vercel knows of no such rollback; production runs {project.running or 'nothing'}"
        return {}, Sight(fate=Fate.FAILED_RESTORED, text=text, at=self._now)

    async def undo(self, receipt: Receipt, operation: str) -> Receipt:
        """Promote what ran before, which needs no build; it queues behind a rolling release."""
        back, auto = receipt["from"], receipt["auto_assign"]
        if "already" in receipt:
            return steps.nothing_to_do("promote", receipt["to"], auto)
        if not back or back == receipt["to"]:
            text = "what ran before is not one deployment; promote the right one at Vercel"
            raise Declined("vercel", text)
        project = await self._project()
        last = project.last_alias_request
        if last and last.is_under_way:
            if last.leads("promote", back):
                return steps.adopted(last, "promote", auto)
            raise _busy(last.to_deployment_id)
        if project.running == back:
            return steps.nothing_to_do("promote", back, auto)
        path = f"/v10/projects/{self._path}/promote/{quote(back, safe='')}"
        status = await self._api.change("POST", path, query=self._team)
        begun = steps.receipt("promote", back, project.running, last, auto)
        return begun | {"queued": "yes"} if status == QUEUED else begun

    async def unpin(self) -> None:
        """Switch the auto-assignment on again, where a rollback switched it off."""
        if steps.pinned(await self._project()):
            await self._assign(True)

    @property
    def _now(self) -> datetime:
        return self._clock.now()

    async def _project(self) -> Project:
        path = f"/v9/projects/{self._path}"
        return await self._api.get(Project, path, rollbackInfo="true", **self._team)

    async def _list(self, **choice: str) -> list[Deployment]:
        query = {"projectId": self._name, "target": "production", **choice, **self._team}
        return (
            await self._api.get(Deployments, "/v7/deployments", limit=NEWEST, **query)
        ).deployments

    async def _candidates(self, project: Project) -> tuple[Candidate, ...]:
        """Offered is only what Vercel's own filter lets through: its field may be empty."""
        offered, every = await asyncio.gather(
            self._list(state="READY", rollbackCandidate="true"), self._list()
        )
        back = [one.uid for one in offered if one.uid != project.running]
        is_limited = project.production is not None and project.production.plan == HOBBY
        allowed = set(back[:1] if is_limited else back)

        def why_not(one: Deployment) -> str:
            if one.uid == project.running:
                return "it runs now"
            if one.uid in allowed:
                return ""
            return one.problem or (HOBBY_LIMIT if is_limited else NOT_OFFERED)

        pinned = steps.pinned(project)
        return tuple(
            Candidate(
                artifact=artifact(
                    one.uid,
                    one.url,
                    one.created_at,
                    one.meta,
                    pinned if one.uid == project.running else "",
                ),
                why_not=why_not(one),
            )
            for one in every
        )

    async def _id(self, wanted: Artifact, project: Project) -> str:
        if wanted.id:
            return wanted.id
        for one in await self._candidates(project):
            if one.artifact.meets(wanted):
                return one.artifact.id
        name = wanted.version or wanted.commit
        raise Declined("vercel", f"no production deployment among the newest {NEWEST} is {name}")

    async def _is_rolling(self) -> bool:
        """Whether a rolling release is under way; plans without them say so with an error."""
        path = f"/v1/projects/{self._path}/rolling-release"
        try:
            found = await self._api.get(RollingReleaseNow, path, state="ACTIVE", **self._team)
        except (Declined, NotFound):
            return False
        return found.rolling_release is not None

    async def _sight(self, step: Receipt, project: Project) -> Sight:
        sight = steps.seen(step, project, self._now)
        last = project.last_alias_request
        if last and steps.is_ours(step, last) and last.job_status == "failed":
            domains = await self._domains(last.type)
            return steps.failed(domains, step, project.running, self._now)
        if sight.fate is Fate.SUCCEEDED and step["step"] == "promote":
            return await self._put_back(step, project, sight)
        return sight

    async def _domains(self, kind: str) -> list[AliasState]:
        """What became of every domain in the last request of that kind."""
        found: list[AliasState] = []
        until: dict[str, str] = {}
        for _ in range(MOST_PAGES):
            path = f"/v9/projects/{self._path}/{kind}/aliases"
            page = await self._api.get(AliasStates, path, limit=100, **until, **self._team)
            found += page.aliases
            if page.pagination.next is None:
                break
            until = {"until": str(page.pagination.next)}
        return found

    async def _put_back(self, step: Receipt, project: Project, sight: Sight) -> Sight:
        """A promotion switches the auto-assignment on, also for who had it off on purpose."""
        text = sight.text
        if step["auto_assign"] == "unknown":
            text += "; whether later deployments went live by themselves before is not known"
        elif step["auto_assign"] == "off" and project.auto_assign_custom_domains:
            try:
                await self._assign(False)
                text += "; auto-assignment of domains is off, as it was before"
            except Declined as no:
                text += f"; auto-assignment of domains is on now and was off before ({no.text})"
        return Sight(fate=sight.fate, text=text, at=sight.at)

    async def _assign(self, on: bool) -> None:
        body = {"autoAssignCustomDomains": on}
        await self._api.change("PATCH", f"/v9/projects/{self._path}", body=body, query=self._team)


def _running(project: Project) -> Artifact | None:
    now = project.production
    if now is None:
        return None
    return artifact(now.id, now.url, now.created_at, now.meta, steps.pinned(project))


def _busy(to: str) -> Declined:
    return Declined("vercel", f"it is moving production to {to} just now; wait until that is over")
