"""A project: its deployments, what its domains lead to, and the jobs that move them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from sandbox.clock import Clock
from sandbox.github.git import digest
from sandbox.releases import Release
from sandbox.vercel.errors import Refused, not_found

Kind = Literal["rollback", "promote"]
OUTCOMES = ("succeeded", "failed", "skipped")
PLANS = ("hobby", "pro", "enterprise")


@dataclass
class Deployment:
    """A production deployment; `promoted` once it was live, `candidate` until retention ends."""

    id: str
    release: Release
    created: datetime
    promoted: bool = True
    candidate: bool = True
    state: str = "READY"

    @property
    def url(self) -> str:
        return f"{self.id.removeprefix('dpl_')[:9]}-acme.vercel.app"


@dataclass(frozen=True)
class Job:
    """The last request to move the domains, and how far it is."""

    kind: Kind
    origin: str | None
    to: str
    requested: datetime
    status: str = "pending"
    rolling: str | None = None  # the rolling release that it ended


@dataclass
class Plan:
    """What the next job will do: how it ends, after how long, and how many domains it leaves."""

    outcome: str = "succeeded"
    seconds: float = 1.0
    left: int = 1


class Project:
    """One project of a service; `runs` is told what production runs from now on."""

    def __init__(
        self, service: str, clock: Clock, runs: Callable[[str], None], changed: Callable[[], None]
    ) -> None:
        self.service = service
        self.id = f"prj_{service}"
        self.domains = [f"{service}.acme.example", f"www.{service}.acme.example"]
        self.deployments: list[Deployment] = []  # oldest first
        self.production: str | None = None
        self.plan = "pro"
        self.auto_assign = True
        self.rolling: str | None = None  # the candidate of the rolling release under way
        self.queued: str | None = None  # what is promoted when that is over
        self.job: Job | None = None
        self.moves: list[str] = []  # every request that moved the domains, oldest first
        self.aliases: dict[Kind, dict[str, str]] = {"rollback": {}, "promote": {}}
        self.description: tuple[str, datetime] | None = None
        self.next = Plan()
        self._clock = clock
        self._runs = runs
        self._changed = changed

    def find(self, id: str) -> Deployment:
        """Raises Refused."""
        found = next((one for one in self.deployments if one.id == id), None)
        if found is None:
            raise not_found("Deployment")
        return found

    def deploy(self, release: Release, at: datetime | None = None) -> Deployment:
        """A push to main is built; it goes live where domains are assigned by themselves."""
        at = at or self._clock.now()
        id = "dpl_" + digest(self.id, release.version, at.isoformat())[:24]
        made = Deployment(id, release, at, promoted=self.auto_assign)
        self.deployments.append(made)
        if self.auto_assign:
            self._lead_to(made)
        return made

    def candidates(self) -> list[Deployment]:
        """What may be rolled back to, newest first."""
        able = [one for one in reversed(self.deployments) if one.promoted and one.candidate]
        return [one for one in able if one.state == "READY" and one.id != self.production]

    def rollback(self, id: str, description: str) -> None:
        """Raises Refused."""
        wanted = self.find(id)
        self._refuse_two_at_once()
        if id == self.production and not self.rolling:
            raise Refused(
                409, "conflict", "Deployment is already the current production deployment"
            )
        able = self.candidates()
        if id != self.production and wanted not in able:
            raise Refused(422, "unprocessable_entity", "Deployment is not a rollback candidate")
        if self.plan == "hobby" and wanted not in able[:1]:
            text = "To roll back further than the previous production deployment, upgrade to pro"
            raise Refused(402, "payment_required", text)
        if description:
            self.description = (description, self._clock.now())
        rolling, self.rolling = self.rolling, None
        self._begin("rollback", id, rolling)

    def promote(self, id: str) -> bool:
        """Raises Refused; False when it waits for the end of a rolling release."""
        wanted = self.find(id)
        self._refuse_two_at_once()
        if id == self.production:
            raise Refused(
                409, "conflict", "Deployment is already the current production deployment"
            )
        if wanted.state != "READY":
            raise Refused(422, "unprocessable_entity", "Deployment is not ready")
        if self.rolling:
            self.queued = id
            return False
        self._begin("promote", id, None)
        return True

    def end_rolling(self) -> None:
        """The rolling release is over; what waited for it begins."""
        self.rolling = None
        queued, self.queued = self.queued, None
        if queued:
            self._begin("promote", queued, None)

    def _refuse_two_at_once(self) -> None:
        if self.job and self.job.status in ("pending", "in-progress"):
            raise Refused(409, "conflict", f"A {self.job.kind} is already in progress")

    def _begin(self, kind: Kind, to: str, rolling: str | None) -> None:
        now, plan = self._clock.now(), self.next
        self.next = Plan(seconds=plan.seconds)
        self.moves.append(f"{kind} {to}")
        self.job = Job(kind, self.production, to, now, rolling=rolling)
        self.aliases[kind] = dict.fromkeys(self.domains, "pending")
        half = timedelta(seconds=plan.seconds / 2)
        self._clock.call_at(now + half, lambda: self._move("in-progress"))
        self._clock.call_at(now + 2 * half, lambda: self._end(plan))
        self._changed()

    def _move(self, status: str) -> None:
        if self.job:
            self.job = replace(self.job, status=status)
            self._changed()

    def _end(self, plan: Plan) -> None:
        job = self.job
        if job is None:
            return
        if plan.outcome != "skipped":
            left = plan.left if plan.outcome == "failed" else 0
            for number, domain in enumerate(self.domains):
                self.aliases[job.kind][domain] = "failed" if number < left else "completed"
        if plan.outcome == "succeeded":
            self.auto_assign = job.kind == "promote"
            self._lead_to(self.find(job.to))
        self._move(plan.outcome)

    def _lead_to(self, deployment: Deployment) -> None:
        self.production = deployment.id
        deployment.promoted = True
        self._runs(deployment.release.version)
