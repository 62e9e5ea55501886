"""Reading: GitHub's JSON as our values."""

import base64
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import yaml

from bot.adapters.github.jobs import Jobs, is_guarded, needed
from bot.domain.approvals.protection import Guarding, Review, Timer
from bot.domain.deployments.runs import Progress, RunSummary, Stage, StepEnd
from bot.domain.gates import Check, Issue
from bot.ports import Held, Workflow

Json = Mapping[str, Any]

_BRACKETS = re.compile(r"\[(\{\d\}|\$\{\{[^}]*inputs\.request_id[^}]*\}\})\]")
"""`[${{ inputs.request_id }}]`, or the same by `format('[{0}]', …)`."""


def plain(text: str) -> str:
    """Foreign text without what no database holds: NUL and lone surrogates."""
    return text.encode("utf-8", "replace").decode().replace("\0", "")


def moment(text: str | None) -> datetime | None:
    """A time of GitHub's, aware, or None."""
    return datetime.fromisoformat(text.replace("Z", "+00:00")) if text else None


def run_summary(row: Json) -> RunSummary:
    """One workflow run."""
    created = datetime.fromisoformat(row["created_at"].replace("Z", "+00:00"))
    actor = row.get("triggering_actor") or row.get("actor") or {}
    return RunSummary(
        id=row["id"],
        title=row.get("display_title") or row.get("name") or "",
        status=row.get("status") or "queued",
        conclusion=row.get("conclusion"),
        actor=actor.get("login", ""),
        branch=row.get("head_branch") or "",
        url=row["html_url"],
        created_at=created,
        updated_at=moment(row.get("updated_at")) or created,
        began_at=moment(row.get("run_started_at")) or created,
        attempt=row.get("run_attempt") or 1,
        event=row.get("event") or "",
        commit=row.get("head_sha") or "",
    )


def file_of(row: Json) -> str:
    """The workflow file of a run: `.github/workflows/release.yml`, or that with `@` and a ref."""
    path, _, _ = (row.get("path") or "").partition("@")
    return str(path).rpartition("/")[2]


def progress(run: Json, jobs: Iterable[Json]) -> Progress:
    """How far a run is, with its jobs in order."""
    return Progress(
        status=run.get("status") or "queued",
        conclusion=run.get("conclusion"),
        stages=tuple(map(_stage, jobs)),
        started_at=moment(run.get("run_started_at") or run.get("created_at")),
        updated_at=moment(run.get("updated_at")),
    )


def is_under_way(run: Json, jobs: Sequence[Json]) -> bool:
    """Whether a run is still queued or in progress as it was, as its jobs alone show."""
    states = {job["status"] for job in jobs}
    goes_on = {
        "queued": states == {"queued"},
        "in_progress": bool(states & {"queued", "in_progress"})
        and states <= {"queued", "in_progress", "completed"},
    }
    same = all(job.get("run_attempt") == run.get("run_attempt") for job in jobs)
    return same and goes_on.get(run["status"], False)


def _stage(job: Json) -> Stage:
    steps = job.get("steps") or ()
    at_work = next((step["name"] for step in steps if step.get("status") == "in_progress"), "")
    return Stage(
        name=job["name"],
        status=job.get("status") or "queued",
        conclusion=job.get("conclusion"),
        step=at_work,
        steps=tuple(
            StepEnd(name=s["name"], conclusion=s["conclusion"])
            for s in steps
            if s.get("conclusion")
        ),
        # GitHub gives a job a start before a runner has taken it, and even if none ever does.
        started_at=moment(job.get("started_at")) if job.get("runner_id") else None,
        completed_at=moment(job.get("completed_at")),
    )


def check_run(row: Json) -> Check:
    """A check run; one of Actions tells in its address which run it belongs to."""
    _, found, rest = (row.get("details_url") or "").partition("/actions/runs/")
    number = rest.split("/")[0] if found else ""
    return Check(
        name=row["name"],
        conclusion=row.get("conclusion"),
        run_id=int(number) if number.isdecimal() else None,
    )


def commit_status(row: Json) -> Check:
    """A commit status; "pending" is a check that still runs."""
    state = row["state"]
    return Check(name=row["context"], conclusion=None if state == "pending" else state)


def issue(row: Json) -> Issue:
    """An issue as lists show it."""
    people = tuple(one["login"] for one in row.get("assignees") or ())
    title = plain(row["title"])
    return Issue(number=row["number"], title=title, url=row["html_url"], assignees=people)


def rules_of(row: Json) -> list[Json]:
    """The protection rules of an environment."""
    return list(row.get("protection_rules") or ())


def guarding(row: Json, rules: Json) -> Guarding:
    """How an environment is guarded, from itself and its custom rules."""
    gates = [rule for rule in rules_of(row) if "reviewers" in rule]
    people = [one for gate in gates for one in gate["reviewers"]]
    users = [one["reviewer"]["login"] for one in people if one["type"] == "User"]
    apps = rules.get("custom_deployment_protection_rules") or ()
    return Guarding(
        environment=row["name"],
        users=tuple(users),
        teams=tuple(one["reviewer"]["slug"] for one in people if one["type"] == "Team"),
        rules=tuple(one["app"]["slug"] for one in apps if one.get("enabled")),
        no_self_review=any(gate.get("prevent_self_review") for gate in gates),
        waits=max((rule.get("wait_timer") or 0 for rule in rules_of(row)), default=0),
    )


def held(row: Json) -> Held:
    """One environment that a run waits for."""
    place, minutes = row["environment"], row.get("wait_timer")
    began = moment(row.get("wait_timer_started_at"))
    return Held(
        id=place["id"],
        environment=place["name"],
        may_answer=row["current_user_can_approve"],
        timer=Timer(lasts=timedelta(minutes=minutes), began=began) if minutes else None,
    )


def reviews(rows: Iterable[Json]) -> tuple[Review, ...]:
    """What was answered at the gates of a run; an answer that is still open is none."""
    return tuple(
        Review(
            login=(row.get("user") or {}).get("login", "ghost"),
            approved=row["state"] == "approved",
            environments=tuple(place["name"] for place in row["environments"]),
            comment=plain(row.get("comment") or ""),
        )
        for row in rows
        if row["state"] in ("approved", "rejected")
    )


def workflow(file: str, branch: str, state: str, content: Json) -> Workflow:
    """A workflow from its file as the contents API tells it; an unreadable one declares nothing."""
    parsed, triggers = _file(content)
    dispatch = _mapping(_mapping(triggers).get("workflow_dispatch"))
    inputs = {
        str(name): bool(_mapping(rules).get("required")) and "default" not in rules
        for name, rules in _mapping(dispatch.get("inputs")).items()
    }
    carries_id = "request_id" in inputs and _shows_id(str(parsed.get("run-name", "")))
    jobs = {key: _mapping(job) for key, job in _mapping(parsed.get("jobs")).items()}
    shown = {key: str(job.get("name") or key) for key, job in jobs.items()}
    places = {shown[key]: _environment(job) for key, job in jobs.items()}
    return Workflow(
        file=file,
        blob=content["sha"],
        branch=branch,
        active=state == "active" and _can_be_dispatched(triggers),
        inputs=inputs,
        carries_id=carries_id,
        guarded=carries_id and is_guarded(jobs),
        jobs=tuple(shown.values()),
        steps=tuple(name for job in jobs.values() for name in _step_names(job)),
        environments={name: place for name, place in places.items() if place},
        waits_for={name: tuple(sorted(_environments(jobs, key))) for key, name in shown.items()},
        unrecorded=frozenset(name for key, name in shown.items() if _is_unrecorded(jobs[key])),
    )


def events_of(content: Json) -> frozenset[str]:
    """The events that start a workflow, from its file as the contents API tells it."""
    _, triggers = _file(content)
    if isinstance(triggers, str):
        return frozenset([triggers])
    return frozenset(map(str, triggers)) if isinstance(triggers, Mapping | list) else frozenset()


def _file(content: Json) -> tuple[Json, object]:
    """What stands in a workflow file, and under its `on`."""
    try:
        parsed = _mapping(yaml.safe_load(base64.b64decode(content["content"])))
    except (yaml.YAMLError, ValueError):
        parsed = {}
    # YAML 1.1 reads the word `on` as true.
    return parsed, parsed.get("on", parsed.get(True))  # type: ignore[call-overload]


def _mapping(found: object) -> Json:
    """What people wrote where a mapping belongs, if it is one."""
    return found if isinstance(found, Mapping) else {}


def _step_names(job: Json) -> Iterator[str]:
    steps = job.get("steps")
    for step in steps if isinstance(steps, list) else ():
        if name := _mapping(step).get("name"):
            yield str(name)


def _shows_id(run_name: str) -> bool:
    """Whether the title has the request id in the brackets by which a run is known."""
    return "inputs.request_id" in run_name and _BRACKETS.search(run_name) is not None


def _can_be_dispatched(triggers: object) -> bool:
    return isinstance(triggers, Mapping | list | str) and "workflow_dispatch" in triggers


def _environments(jobs: Jobs, name: str) -> set[str]:
    """The environments without whose leave a job does not begin, as they are written."""
    return {place for job in {name, *needed(jobs, name)} if (place := _environment(jobs[job]))}


def _environment(job: Json) -> str:
    """The environment that a job names, as it is written; empty where it names none."""
    place = job.get("environment")
    return str((place.get("name") if isinstance(place, Mapping) else place) or "")


def _is_unrecorded(job: Json) -> bool:
    """Whether GitHub makes no deployment of a job that names an environment."""
    return _mapping(job.get("environment")).get("deployment") is False
