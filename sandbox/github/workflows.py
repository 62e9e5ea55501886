"""Workflows, read from their YAML files as Actions reads them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import yaml

from sandbox.github import expressions
from sandbox.github.errors import Refused

FOLDER = ".github/workflows/"
GUARD = "guard"  # the job that tells the first run of a request from a second one

_ITS_WORD = re.compile(rf"\bneeds\.{GUARD}\.outputs\.", re.IGNORECASE)
_STATE = re.compile(r"\b(always|cancelled|failure)\s*\(", re.IGNORECASE)


class WorkflowError(Exception):
    """The file is not a workflow that Actions could run."""


@dataclass(frozen=True)
class Input:
    """A declared input of `workflow_dispatch`."""

    name: str
    required: bool = False
    default: str = ""


@dataclass(frozen=True)
class JobPlan:
    """A job as the file describes it; `needs` are the names of others. Without `records` GitHub
    keeps no deployment of it (`deployment: false`). It `asks` where it begins on the word of the
    job `guard` alone, or behind a job that does.
    """

    name: str
    steps: tuple[str, ...]
    environment: str | None = None
    needs: tuple[str, ...] = ()
    records: bool = True
    asks: bool = False


@dataclass(frozen=True)
class Workflow:
    """One workflow file at one commit."""

    id: int
    path: str
    name: str
    run_name: str | None
    events: frozenset[str]
    inputs: tuple[Input, ...]
    jobs: tuple[JobPlan, ...]

    @property
    def file(self) -> str:
        return self.path.removeprefix(FOLDER)

    @classmethod
    @lru_cache(maxsize=256)  # the same few files are asked for again and again
    def parse(cls, number: int, path: str, text: str) -> Workflow:
        """Reads a file; raises WorkflowError when it is not YAML or has no jobs."""
        document = _document(text)
        if not isinstance(document, dict) or not isinstance(document.get("jobs"), dict):
            raise WorkflowError(f"{path} has no jobs")
        triggers = _triggers(document.get("on", document.get(True)))  # YAML 1.1: on is true
        dispatch = triggers.get("workflow_dispatch") or {}
        jobs = document["jobs"]
        names = {key: str(spec.get("name") or key) for key, spec in jobs.items()}
        asking = _asking(jobs)
        return cls(
            id=number,
            path=path,
            name=str(document.get("name") or path),
            run_name=document.get("run-name"),
            events=frozenset(triggers),
            inputs=tuple(_input(name, spec) for name, spec in _items(dispatch.get("inputs"))),
            jobs=tuple(
                replace(_job(names[key], spec, names), asks=key in asking)
                for key, spec in jobs.items()
            ),
        )

    def accept(self, given: Mapping[str, object]) -> dict[str, str]:
        """The inputs of a dispatch with defaults filled in, or GitHub's 422."""
        if "workflow_dispatch" not in self.events:
            raise Refused(422, "Workflow does not have 'workflow_dispatch' trigger")
        unknown = [name for name in given if name not in {i.name for i in self.inputs}]
        if unknown:
            listed = ", ".join(f'"{name}"' for name in unknown)
            raise Refused(422, f"Unexpected inputs provided: [{listed}]")
        for wanted in self.inputs:
            if wanted.required and not given.get(wanted.name, wanted.default):
                raise Refused(422, f"Required input '{wanted.name}' not provided")
        return {i.name: str(given.get(i.name, i.default)) for i in self.inputs}

    def title(self, inputs: Mapping[str, str], actor: str, default: str) -> str:
        """What a run of it is called in lists."""
        if self.run_name is None:
            return default
        context = {f"inputs.{name}": value for name, value in inputs.items()}
        return expressions.render(self.run_name, context | {"github.actor": actor})


@lru_cache(maxsize=64)  # of the same few repositories
def _document(text: str) -> Any:
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise WorkflowError(str(error)) from error


def _triggers(value: Any) -> dict[str, Any]:
    if isinstance(value, str):
        return {value: None}
    if isinstance(value, list):
        return {str(name): None for name in value}
    return value if isinstance(value, dict) else {}


def _items(value: Any) -> list[tuple[str, Any]]:
    return list(value.items()) if isinstance(value, dict) else []


def _input(name: str, spec: Any) -> Input:
    spec = spec or {}
    return Input(name, bool(spec.get("required")), str(spec.get("default", "")))


def _job(name: str, spec: Any, names: Mapping[str, str]) -> JobPlan:
    environment, records = spec.get("environment"), True
    if isinstance(environment, dict):
        records = environment.get("deployment") is not False
        environment = environment.get("name")
    steps = tuple(
        str(step.get("name") or step.get("uses") or step.get("run", "Run").partition("\n")[0])
        for step in spec.get("steps", [])
    )
    return JobPlan(
        name=name,
        steps=("Set up job", *steps),
        environment=environment,
        needs=tuple(names[key] for key in _needs(spec) if key in names),
        records=records,
    )


def _needs(spec: Any) -> tuple[str, ...]:
    needs = spec.get("needs") or ()
    return (needs,) if isinstance(needs, str) else tuple(needs)


def _asking(jobs: Mapping[str, Any]) -> set[str]:
    """The jobs that are skipped where the guard finds an older run of the same request."""
    looks = "request_id" in str(jobs.get(GUARD, "")).casefold()
    asking: set[str] = set()
    while more := {key for key in jobs if looks and _asks(jobs[key], asking)} - asking:
        asking |= more
    return asking


def _asks(spec: Any, asking: set[str]) -> bool:
    wants = str(spec.get("if", ""))
    if _ITS_WORD.search(wants):
        return GUARD in _needs(spec)
    return not _STATE.search(wants) and any(key in asking for key in _needs(spec))
