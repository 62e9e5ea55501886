"""Answers of Vercel, as far as they are used, and what they mean."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Literal

from pydantic import ConfigDict, Field
from pydantic.alias_generators import to_camel

from bot.adapters.rest import Answer
from bot.domain.rollbacks.targets import Artifact
from bot.domain.versions import Version

Kind = Literal["rollback", "promote"]
HOBBY = "hobby"
SEEN_FROM = {
    "BUILDING": "it is still being built",
    "INITIALIZING": "it is still being built",
    "QUEUED": "it is still being built",
    "ERROR": "its build failed",
    "CANCELED": "its build was cancelled",
    "BLOCKED": "Vercel blocks it",
}
"""Why a deployment that is not READY cannot be gone back to."""


class _Answer(Answer):
    model_config = ConfigDict(alias_generator=to_camel)


class Running(_Answer):
    """A deployment as the project names it: what its production domains lead to."""

    id: str
    created_at: int
    url: str
    meta: dict[str, str] = Field(default_factory=dict)
    plan: str = ""


class AliasRequest(_Answer):
    """The project's last rollback or promotion; `requested_at` is by Vercel's clock."""

    from_deployment_id: str | None = None
    from_rolling_release_id: str | None = None
    to_deployment_id: str
    job_status: str
    requested_at: int
    type: str

    @property
    def is_under_way(self) -> bool:
        return self.job_status in ("pending", "in-progress")

    def leads(self, kind: str, to: str) -> bool:
        """Whether it is such a step to that deployment."""
        return (self.type, self.to_deployment_id) == (kind, to)


class RollbackDescription(_Answer):
    """Why the project was rolled back, as whoever did it said."""

    description: str


class Project(_Answer):
    """A project; `auto_assign_custom_domains` is off while a rollback pins it."""

    id: str
    auto_assign_custom_domains: bool | None = None
    last_alias_request: AliasRequest | None = None
    rollback_description: RollbackDescription | None = None
    targets: dict[str, Running | None] = Field(default_factory=dict)

    @property
    def production(self) -> Running | None:
        return self.targets.get("production")

    @property
    def running(self) -> str:
        """The id of what production's domains lead to; empty when they lead nowhere."""
        return self.production.id if self.production else ""


class Deployment(_Answer):
    """A deployment as a list has it."""

    uid: str
    url: str
    created_at: int
    ready_state: str
    ready_substate: str | None = None
    meta: dict[str, str] = Field(default_factory=dict)

    @property
    def problem(self) -> str:
        """Why it cannot be gone back to; empty when it looks as if it could."""
        if self.ready_state != "READY":
            return SEEN_FROM.get(self.ready_state, f"it is {self.ready_state}")
        if self.ready_substate == "STAGED":
            return "it never was in production"
        return ""


class Deployments(_Answer):
    """A page of them, newest first."""

    deployments: list[Deployment]


class RollingRelease(_Answer):
    state: str


class RollingReleaseNow(_Answer):
    """The project's rolling release, if one is under way."""

    rolling_release: RollingRelease | None = None


class AliasState(_Answer):
    """A domain, and how far its move is."""

    alias: str | dict[str, Any]
    status: str

    @property
    def name(self) -> str:
        """The domain; one of the routes wraps it."""
        return self.alias if isinstance(self.alias, str) else str(self.alias.get("alias", "?"))


class Pagination(_Answer):
    next: int | None = None


class AliasStates(_Answer):
    aliases: list[AliasState] = Field(default_factory=list)
    pagination: Pagination = Pagination()


def artifact(id: str, url: str, created_at: int, meta: Mapping[str, str], pinned: str) -> Artifact:
    """A deployment as every target tells it.

    Its version is what the deploying workflow gave as `--meta version=v1.2.1`, else the tag that
    it was built from; where there is neither, the commit has to do.
    """
    told = (meta.get("version", ""), meta.get("githubCommitRef", ""))
    return Artifact(
        id=id,
        version=next((word for word in told if Version.parse(word)), None),
        commit=meta.get("githubCommitSha") or None,
        since=datetime.fromtimestamp(created_at / 1000, UTC),
        url=f"https://{url}",
        pinned=pinned,
    )


def words(data: Mapping[str, Any]) -> str:
    """What an answer that says no means, in Vercel's own words."""
    error = data.get("error")
    return str(error.get("message") or error.get("code") or "") if isinstance(error, dict) else ""
