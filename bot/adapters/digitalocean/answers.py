"""Answers of App Platform, as far as they are used."""

from pydantic import AwareDatetime, Field

from bot.adapters.rest import Answer
from bot.domain.rollbacks.targets import Artifact
from bot.domain.versions import Version

WHY_NOT = {
    "ERROR": "it failed",
    "CANCELED": "it was cancelled",
    "UNKNOWN": "App Platform does not know its state",
}
"""Why a deployment in such a phase cannot be gone back to."""

RAN = ("ACTIVE", "SUPERSEDED")


class Component(Answer):
    source_commit_hash: str = ""


class Image(Answer):
    tag: str = ""


class ComponentSpec(Answer):
    image: Image = Image()


class Spec(Answer):
    services: list[ComponentSpec] = Field(default_factory=list)
    workers: list[ComponentSpec] = Field(default_factory=list)


class Progress(Answer):
    success_steps: int = 0
    error_steps: int = 0
    total_steps: int = 0


class Deployment(Answer):
    """One deployment of an app; a rollback is a new one, `cloned_from` what it goes back to."""

    id: str
    phase: str = "UNKNOWN"
    cause: str = ""
    cloned_from: str = ""
    created_at: AwareDatetime | None = None
    progress: Progress = Progress()
    services: list[Component] = Field(default_factory=list)
    static_sites: list[Component] = Field(default_factory=list)
    workers: list[Component] = Field(default_factory=list)
    spec: Spec = Spec()

    @property
    def why_not(self) -> str:
        """Why it cannot be gone back to; empty when it ran."""
        return "" if self.phase in RAN else WHY_NOT.get(self.phase, "it is not finished")

    @property
    def ids(self) -> set[str]:
        """Its own, and that of the deployment whose work it runs again."""
        return {self.id, self.cloned_from} - {""}

    def artifact(self, pinned: str = "") -> Artifact:
        """As every target tells it; the version is the tag of its image, where it has one."""
        tags = (one.image.tag for one in (*self.spec.services, *self.spec.workers))
        parts = (*self.services, *self.static_sites, *self.workers)
        return Artifact(
            id=self.id,
            version=next((tag for tag in tags if Version.parse(tag)), None),
            commit=next((one.source_commit_hash for one in parts if one.source_commit_hash), None),
            since=self.created_at,
            pinned=pinned,
        )


class App(Answer):
    """An app and its deployments of today."""

    active_deployment: Deployment | None = None
    in_progress_deployment: Deployment | None = None
    pending_deployment: Deployment | None = None
    pinned_deployment: Deployment | None = None

    @property
    def under_way(self) -> Deployment | None:
        return self.in_progress_deployment or self.pending_deployment


class AppAnswer(Answer):
    app: App


class DeploymentAnswer(Answer):
    deployment: Deployment


class DeploymentsAnswer(Answer):
    """A page of them, newest first."""

    deployments: list[Deployment] = Field(default_factory=list)


class Condition(Answer):
    """Something that stands in the way of a rollback, or makes it worse."""

    code: str = ""
    message: str = ""
    components: list[str] = Field(default_factory=list)


class Validation(Answer):
    """Whether App Platform would roll back."""

    valid: bool
    error: Condition | None = None
    warnings: list[Condition] = Field(default_factory=list)
