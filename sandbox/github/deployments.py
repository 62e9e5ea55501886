"""GitHub deployments: the record that a commit was brought to an environment."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class DeploymentStatus:
    """One step in the life of a GitHub deployment."""

    id: int
    state: str
    creator: str
    created_at: datetime
    description: str = ""
    log_url: str = ""
    environment_url: str = ""


@dataclass
class Deployment:
    """A GitHub deployment; `run` is the workflow run that made it for its `job`, if one did."""

    id: int
    ref: str
    sha: str
    environment: str
    creator: str
    created_at: datetime
    task: str = "deploy"
    description: str | None = None
    payload: object = field(default_factory=dict)
    production: bool = False
    run: int | None = None
    attempt: int = 1
    job: int | None = None
    statuses: list[DeploymentStatus] = field(default_factory=list)

    @property
    def updated_at(self) -> datetime:
        return self.statuses[-1].created_at if self.statuses else self.created_at
