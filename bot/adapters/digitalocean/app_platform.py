"""AppPlatform: an app at DigitalOcean as a target, by its rollback, commit and revert."""

from dataclasses import replace
from datetime import datetime

from bot.adapters.digitalocean.answers import (
    App,
    AppAnswer,
    Deployment,
    DeploymentAnswer,
    DeploymentsAnswer,
    Validation,
)
from bot.adapters.digitalocean.words import BUT, WHY_NOT, condition
from bot.adapters.rest import Rest
from bot.domain.errors import Declined
from bot.domain.rollbacks.targets import Artifact, Candidate, Fate, Sight, TargetPlan
from bot.ports.clock import Clock
from bot.ports.targets import Receipt

NEWEST = 50
"""How many deployments are looked through."""

PINNED = (
    "App Platform deploys nothing, not even a push, until the rollback is committed or reverted"
)

COMMITTED = (
    "the rollback that pins the app now is committed first; whether App Platform would go back is "
    "known after that"
)


class AppPlatform:
    """One app. A rollback is a new deployment of what an earlier one ran, and pins the app."""

    def __init__(self, api: Rest, clock: Clock, *, app: str) -> None:
        self._api = api
        self._clock = clock
        self._path = f"/v2/apps/{app}"

    async def current(self) -> Artifact | None:
        """The active deployment."""
        app = await self._app()
        active = app.active_deployment
        return active.artifact(_pinned(app)) if active else None

    async def candidates(self) -> tuple[Candidate, ...]:
        """The newest deployments; only `plan` asks App Platform itself whether it would go back."""
        app = await self._app()
        active = app.active_deployment.id if app.active_deployment else ""
        return tuple(
            Candidate(
                artifact=one.artifact(_pinned(app) if one.id == active else ""),
                why_not="it runs now" if one.id == active else one.why_not,
            )
            for one in await self._deployments()
        )

    async def plan(self, wanted: Artifact) -> TargetPlan:
        """App Platform's own judgement."""
        app = await self._app()
        active = app.active_deployment
        current = active.artifact(_pinned(app)) if active else None
        found = await self._find(wanted)
        if found is None:
            text = f"App Platform has no such deployment among its newest {NEWEST}"
            return TargetPlan(current=current, wanted=None, obstacle=text)
        artifact = found.artifact()
        if active and found.id in active.ids:
            same = ("the app runs it already",)
            return TargetPlan(current=current, wanted=artifact, facts=same)
        if app.pinned_deployment is not None:
            return TargetPlan(current=current, wanted=artifact, facts=(COMMITTED,))
        said = await self._api.ask(Validation, f"{self._path}/rollback/validate", _body(found.id))
        warnings = tuple(condition(BUT, w.code, w.message, w.components) for w in said.warnings)
        if said.valid:
            facts = ("App Platform would roll back to it", *warnings)
            pin = "nothing else is deployed until the rollback is committed or reverted"
            return TargetPlan(current=current, wanted=artifact, facts=(*facts, pin))
        why = said.error
        obstacle = condition(WHY_NOT, why.code, why.message, why.components) if why else ""
        obstacle = obstacle or condition(WHY_NOT, "", "", [])
        return TargetPlan(current=current, wanted=artifact, obstacle=obstacle, facts=warnings)

    async def start(self, wanted: Artifact, operation: str) -> Receipt:
        """Ask for a rollback, unless one there is under way or the app runs that already. One
        before it that still pins the app is committed first: while it does, none is taken.
        """
        app, to = await self._app(), await self._id(wanted)
        before = app.active_deployment.id if app.active_deployment else ""
        if app.under_way and app.under_way.cloned_from == to:
            return _receipt(app.under_way, "rollback", before)
        if app.active_deployment and to in app.active_deployment.ids:
            return _receipt(app.active_deployment, "rollback") | {"already": "yes"}
        if app.under_way:
            text = f"another deployment is under way ({app.under_way.id}); wait until that is over"
            raise Declined("digitalocean", text)
        await self._commit(app)
        made = await self._api.make(DeploymentAnswer, f"{self._path}/rollback", _body(to))
        return _receipt(made.deployment, "rollback", before)

    async def watch(self, receipt: Receipt) -> Sight:
        """The phase of the deployment that the rollback or the revert is."""
        path = f"{self._path}/deployments/{receipt['deployment']}"
        found = await self._api.get(DeploymentAnswer, path)
        return await self._sight(found.deployment)

    async def resolve_unknown(self, wanted: Artifact, operation: str) -> tuple[Receipt, Sight]:
        """Found by what it was cloned from, among all that is newer than the active deployment."""
        app, to = await self._app(), await self._id(wanted)
        active = app.active_deployment
        if active and active.id == to:
            return _receipt(active, "rollback") | {"already": "yes"}, await self._sight(active)
        known = await self._deployments()
        if active and active.cloned_from == to:
            return _receipt(active, "rollback", _before(active, known)), await self._sight(active)
        for one in known:
            if active and one.id == active.id:
                break
            if one.cloned_from == to:
                return _receipt(one, "rollback", _before(one, known)), await self._sight(one)
        text = (
            f"App Platform knows of no such rollback; it runs {active.id if active else 'nothing'}"
        )
        return {}, Sight(fate=Fate.FAILED_RESTORED, text=text, at=self._now)

    async def undo(self, receipt: Receipt, operation: str) -> Receipt:
        """Revert: a new deployment from the specification before the rollback, and no pin."""
        if "already" in receipt:
            return receipt
        app = await self._app()
        if app.pinned_deployment is None:
            return await self._reverted(app, receipt)
        if not {receipt["deployment"], receipt["to"]} & app.pinned_deployment.ids:
            text = f"another rollback pins the app ({app.pinned_deployment.id})"
            raise Declined("digitalocean", text)
        made = await self._api.make(DeploymentAnswer, f"{self._path}/rollback/revert", {})
        return _receipt(made.deployment, "revert")

    async def unpin(self) -> None:
        """Commit: the rollback stays, and deployments go on."""
        await self._commit(await self._app())

    @property
    def _now(self) -> datetime:
        return self._clock.now()

    async def _app(self) -> App:
        return (await self._api.get(AppAnswer, self._path)).app

    async def _commit(self, app: App) -> None:
        if app.pinned_deployment is not None:
            await self._api.change("POST", f"{self._path}/rollback/commit")

    async def _deployments(self) -> list[Deployment]:
        path = f"{self._path}/deployments"
        return (await self._api.get(DeploymentsAnswer, path, page=1, per_page=NEWEST)).deployments

    async def _find(self, wanted: Artifact) -> Deployment | None:
        """Of several that ran the version, the newest that ran at all."""
        fit = [one for one in await self._deployments() if one.artifact().meets(wanted)]
        return next((one for one in fit if not one.why_not), next(iter(fit), None))

    async def _runs(self, one: Deployment, before: str) -> bool:
        """Whether it runs again what that deployment ran."""
        if not before or before in one.ids:
            return bool(before)
        found = await self._api.get(DeploymentAnswer, f"{self._path}/deployments/{before}")
        return one.artifact().meets(replace(found.deployment.artifact(), id=""))

    async def _id(self, wanted: Artifact) -> str:
        if wanted.id:
            return wanted.id
        found = await self._find(wanted)
        if found is None:
            name = wanted.version or wanted.commit
            raise Declined("digitalocean", f"no deployment among the newest {NEWEST} is {name}")
        return found.id

    async def _reverted(self, app: App, receipt: Receipt) -> Receipt:
        """What became of the pin that is gone: a revert that was lost on us, or a commit."""
        newer = app.under_way or app.active_deployment
        if (
            newer is not None
            and newer.id != receipt["deployment"]
            and await self._runs(newer, receipt.get("from", ""))
        ):
            return _receipt(newer, "revert")
        raise Declined("digitalocean", "the rollback was committed; deploy the later version again")

    async def _sight(self, one: Deployment) -> Sight:
        match one.phase:
            case "ACTIVE":
                pinned = _pinned(await self._app())
                text = f"deployment {one.id} is active"
                return Sight(fate=Fate.SUCCEEDED, text=text, at=self._now, pinned=pinned)
            case "ERROR" | "CANCELED":
                return await self._failed(one)
            case "SUPERSEDED":
                text = f"deployment {one.id} ran, and another has taken its place"
                return Sight(fate=Fate.UNKNOWN, text=text, at=self._now)
            case "UNKNOWN":
                text = f"App Platform does not know the state of deployment {one.id}"
                return Sight(fate=Fate.UNKNOWN, text=text, at=self._now)
            case phase:
                done, total = one.progress.success_steps, one.progress.total_steps
                steps = f", {done} of {total} steps" if total else ""
                text = f"{phase.lower().replace('_', ' ')}{steps}"
                return Sight(fate=None, text=text, at=self._now)

    async def _failed(self, one: Deployment) -> Sight:
        """App Platform keeps the active deployment when a new one fails; so look for it."""
        app = await self._app()
        how = "failed" if one.phase == "ERROR" else "was cancelled"
        text = f"deployment {one.id} {how}"
        if app.active_deployment is None:
            text += "; nothing is active"
            return Sight(fate=Fate.FAILED_BROKEN, text=text, at=self._now, pinned=_pinned(app))
        text += f"; {app.active_deployment.id} is still active"
        return Sight(fate=Fate.FAILED_RESTORED, text=text, at=self._now, pinned=_pinned(app))


def _body(to: str) -> dict[str, object]:
    return {"deployment_id": to, "skip_pin": False}


def _receipt(one: Deployment, step: str, before: str = "") -> Receipt:
    return {"step": step, "deployment": one.id, "to": one.cloned_from or one.id, "from": before}


def _before(one: Deployment, newest_first: list[Deployment]) -> str:
    """What was active when this one began."""
    ids = [known.id for known in newest_first]
    older = newest_first[ids.index(one.id) + 1 :] if one.id in ids else []
    return next((known.id for known in older if not known.why_not), "")


def _pinned(app: App) -> str:
    return PINNED if app.pinned_deployment else ""
