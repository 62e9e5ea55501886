"""An app: its deployments, the one that is active, the rollback that pins it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from sandbox.clock import Clock
from sandbox.digitalocean.errors import Refused
from sandbox.github.git import digest
from sandbox.releases import Release

STEPS = ("PENDING_BUILD", "BUILDING", "PENDING_DEPLOY", "DEPLOYING")
REVISIONS = 10
MESSAGES = {
    "app_pinned": "the app is pinned by a rollback that is in progress",
    "incompatible_phase": "the deployment is not in a phase that can be rolled back to",
    "exceeded_revision_limit": "the deployment is older than the app's tier allows",
    "database_config_conflict": "the deployment's database config differs from the current one",
    "region_conflict": "the deployment's region differs from the app's",
    "static_site_requires_rebuild": "a static site has to be rebuilt",
    "image_source_missing_digest": "an image source has no digest",
}


@dataclass
class Deployment:
    """One deployment; a rollback is `cloned_from` another."""

    id: str
    release: Release
    created: datetime
    cause: str
    phase: str = "PENDING_BUILD"
    cloned_from: str = ""


class App:
    """One app of a service; `runs` is told what production runs from now on."""

    def __init__(
        self, service: str, clock: Clock, runs: Callable[[str], None], changed: Callable[[], None]
    ) -> None:
        self.service = service
        self.id = uuid("app", service)
        self.deployments: list[Deployment] = []  # oldest first
        self.active: Deployment | None = None
        self.under_way: Deployment | None = None
        self.pinned: Deployment | None = None
        self.before: Deployment | None = None  # what a revert brings back
        self.blocked_by = ""  # the condition that the next validation names
        self.warnings: list[str] = []
        self.outcome = "ACTIVE"  # how the next deployment ends
        self.seconds = 4.0
        self._clock = clock
        self._runs = runs
        self._changed = changed

    def find(self, id: str) -> Deployment | None:
        return next((one for one in self.deployments if one.id == id), None)

    def planted(self, release: Release, at: datetime) -> None:
        """A deployment of the past, which has been active since."""
        self._activate(self._add(release, at, "commit pushed to main", ""))

    def push(self, release: Release) -> None:
        """A push to main, which a pinned app does not hear."""
        if self.pinned is None:
            self._activate(self._add(release, self._clock.now(), "commit pushed to main", ""))

    def problem(self, id: str) -> str:
        """The condition in the way of a rollback to that deployment; empty for none."""
        wanted = self.find(id)
        if self.pinned is not None:
            return "app_pinned"
        if wanted is None or wanted.phase not in ("ACTIVE", "SUPERSEDED"):
            return "incompatible_phase"
        if wanted not in self.deployments[-REVISIONS:]:
            return "exceeded_revision_limit"
        return self.blocked_by

    def rollback(self, id: str, *, skip_pin: bool) -> Deployment:
        """Raises Refused."""
        if code := self.problem(id):
            raise Refused(400, "bad_request", f"cannot roll back: {MESSAGES[code]}")
        wanted = self.find(id)
        assert wanted is not None
        self.before = self.active
        made = self._add(wanted.release, self._clock.now(), "manual rollback", wanted.id)
        if not skip_pin:
            self.pinned = made
        self._begin(made)
        return made

    def commit(self) -> None:
        """Raises Refused."""
        self._refuse_unpinned()
        self.pinned = None
        self._changed()

    def revert(self) -> Deployment:
        """Raises Refused."""
        self._refuse_unpinned()
        assert self.before is not None
        self.pinned = None
        made = self._add(self.before.release, self._clock.now(), "rollback reverted", "")
        self._begin(made)
        return made

    def _refuse_unpinned(self) -> None:
        if self.pinned is None:
            raise Refused(400, "bad_request", "the app has no rollback in progress")

    def _add(self, release: Release, at: datetime, cause: str, cloned_from: str) -> Deployment:
        id = uuid(self.id, str(len(self.deployments)))
        made = Deployment(id, release, at, cause, cloned_from=cloned_from)
        self.deployments.append(made)
        return made

    def _begin(self, one: Deployment) -> None:
        self.under_way = one
        outcome, self.outcome = self.outcome, "ACTIVE"
        step = timedelta(seconds=self.seconds / len(STEPS))
        for number, phase in enumerate((*STEPS[1:], outcome), 1):
            self._clock.call_at(self._clock.now() + number * step, partial(self._move, one, phase))
        self._changed()

    def _move(self, one: Deployment, phase: str) -> None:
        one.phase = phase
        if phase == "ACTIVE":
            self._activate(one)
        if phase not in STEPS and self.under_way is one:
            self.under_way = None
        self._changed()

    def _activate(self, one: Deployment) -> None:
        if self.active is not None:
            self.active.phase = "SUPERSEDED"
        one.phase = "ACTIVE"
        self.active = one
        self._runs(one.release.version)


def uuid(*parts: str) -> str:
    """A stable id in the form of a UUID."""
    text = digest(*parts)
    return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-8{text[17:20]}-{text[20:32]}"
