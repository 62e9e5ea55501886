"""Reading: GitHub's JSON as our values."""

import base64
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import yaml

from bot.domain.gates import Check
from bot.domain.runs import Progress, RunSummary, Stage
from bot.ports import Workflow

Json = Mapping[str, Any]


def plain(text: str) -> str:
    """Foreign text without what no database holds: NUL and lone surrogates."""
    return text.encode("utf-8", "replace").decode().replace("\0", "")


def moment(text: str | None) -> datetime | None:
    """A time of GitHub's, aware, or None."""
    return datetime.fromisoformat(text.replace("Z", "+00:00")) if text else None


def run_summary(row: Json) -> RunSummary:
    """One workflow run."""
    created = datetime.fromisoformat(row["created_at"].replace("Z", "+00:00"))
    return RunSummary(
        id=row["id"],
        title=row.get("display_title") or row.get("name") or "",
        status=row.get("status") or "queued",
        conclusion=row.get("conclusion"),
        actor=(row.get("actor") or {}).get("login", ""),
        branch=row.get("head_branch") or "",
        url=row["html_url"],
        created_at=created,
        updated_at=moment(row.get("updated_at")) or created,
    )


def progress(run: Json, jobs: Iterable[Json]) -> Progress:
    """How far a run is, with its jobs in order."""
    return Progress(
        status=run.get("status") or "queued",
        conclusion=run.get("conclusion"),
        stages=tuple(map(_stage, jobs)),
        started_at=moment(run.get("run_started_at") or run.get("created_at")),
        updated_at=moment(run.get("updated_at")),
    )


def _stage(job: Json) -> Stage:
    steps = job.get("steps") or ()
    at_work = next((step["name"] for step in steps if step.get("status") == "in_progress"), "")
    return Stage(
        name=job["name"],
        status=job.get("status") or "queued",
        conclusion=job.get("conclusion"),
        step=at_work,
        started_at=moment(job.get("started_at")),
        completed_at=moment(job.get("completed_at")),
    )


def check_run(name: str, conclusion: str | None, details_url: str | None) -> Check:
    """A check run; one of Actions tells in its address which run it belongs to."""
    _, found, rest = (details_url or "").partition("/actions/runs/")
    number = rest.split("/")[0] if found else ""
    return Check(
        name=name, conclusion=conclusion, run_id=int(number) if number.isdecimal() else None
    )


def commit_status(context: str, state: str) -> Check:
    """A commit status; "pending" is a check that still runs."""
    return Check(name=context, conclusion=None if state == "pending" else state)


def workflow(file: str, branch: str, state: str, content: Json) -> Workflow:
    """A workflow from its file as the contents API tells it; an unreadable one declares nothing."""
    try:
        found = yaml.safe_load(base64.b64decode(content["content"]))
    except (yaml.YAMLError, ValueError):
        found = None
    parsed: Json = found if isinstance(found, Mapping) else {}
    # YAML 1.1 reads the word `on` as true.
    triggers = parsed.get("on", parsed.get(True))  # type: ignore[call-overload]
    dispatch = triggers.get("workflow_dispatch") if isinstance(triggers, Mapping) else None
    declared = (dispatch or {}).get("inputs") or {}
    inputs = {
        str(name): bool((rules or {}).get("required")) and "default" not in (rules or {})
        for name, rules in declared.items()
    }
    carries_id = "request_id" in inputs and "inputs.request_id" in str(parsed.get("run-name", ""))
    return Workflow(
        file=file,
        blob=content["sha"],
        branch=branch,
        active=state == "active" and _can_be_dispatched(triggers),
        inputs=inputs,
        carries_id=carries_id,
        guarded=carries_id and _is_guarded(parsed.get("jobs") or {}),
    )


def _can_be_dispatched(triggers: object) -> bool:
    return isinstance(triggers, Mapping | list | str) and "workflow_dispatch" in triggers


def _is_guarded(jobs: Json) -> bool:
    """Whether every job waits for the job `guard`, directly or through others."""

    def waits(name: str, above: frozenset[str]) -> bool:
        needs = (jobs.get(name) or {}).get("needs") or ()
        needed = {needs} if isinstance(needs, str) else set(needs)
        return "guard" in needed or any(
            need in jobs and need not in above and waits(need, above | {need}) for need in needed
        )

    others = [name for name in jobs if name != "guard"]
    return "guard" in jobs and bool(others) and all(waits(name, frozenset()) for name in others)
