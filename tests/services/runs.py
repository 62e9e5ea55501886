"""A run at the GitHub in memory, and what GitHub says of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.domain.deployments.runs import RunSummary


@dataclass
class Run:
    """One run, and the deployment that it is for; `twin` is one that the workflow's guard has made
    do nothing, `untaken` one that no runner takes.
    """

    id: int
    repo: str
    file: str
    title: str
    actor: str
    created_at: datetime
    listed_at: datetime
    inputs: dict[str, str]
    owner: int | None = None
    twin: bool = False
    untaken: bool = False
    attempt: int = 1
    began_at: datetime | None = None
    blob: str = ""
    status: str = "queued"
    conclusion: str | None = None

    @property
    def request_id(self) -> str:
        return self.inputs.get("request_id", "")

    @property
    def is_over(self) -> bool:
        return self.status == "completed"

    def ends(self, conclusion: str) -> None:
        self.status, self.conclusion = "completed", conclusion

    def is_run_again(self, actor: str, at: datetime) -> None:
        """Somebody presses Re-run all jobs."""
        self.attempt, self.actor, self.began_at = self.attempt + 1, actor, at
        self.status, self.conclusion = "in_progress", None


def summary_of(run: Run) -> RunSummary:
    return RunSummary(
        id=run.id,
        title=run.title,
        status=run.status,
        conclusion=run.conclusion,
        actor=run.actor,
        branch="main",
        url=f"https://github.com/{run.repo}/actions/runs/{run.id}",
        created_at=run.created_at,
        updated_at=run.created_at,
        began_at=run.began_at or run.created_at,
        attempt=run.attempt,
        commit=f"head of {run.id}",
    )
