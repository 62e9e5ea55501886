"""The workflows that are shipped: safe as they are, and still to be started by hand."""

from __future__ import annotations

import base64
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.adapters.github import reading
from bot.doctor.doctor import SENT, workflow_findings
from bot.ports import Workflow

FOLDER = Path(__file__).parent.parent / "examples" / "workflows"
FILES = sorted(path.name for path in FOLDER.glob("*.yml"))
DISPATCHED = ["migrate.yml", "release.yml", "rollback.yml"]


def content(file: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((FOLDER / file).read_text())
    return found


def as_read(file: str) -> Workflow:
    """The workflow as the bot reads it from GitHub."""
    told = {"content": base64.b64encode((FOLDER / file).read_bytes()), "sha": "b10b"}
    return reading.workflow(file, "main", "active", told)


def test_they_are_all_there() -> None:
    assert ["ci.yml", *DISPATCHED] == FILES


@pytest.mark.parametrize("file", DISPATCHED)
def test_by_hand_a_version_is_enough(file: str) -> None:
    """As in `gh workflow run release.yml -f version=v1.2.1`."""
    inputs = as_read(file).inputs
    assert {name for name, required in inputs.items() if required} == {"version"}
    assert f"gh workflow run {file} -f version=v1." in (FOLDER / file).read_text()


@pytest.mark.parametrize("file", DISPATCHED)
def test_a_request_is_carried_out_once_and_for_the_approved_commit(file: str) -> None:
    workflow = as_read(file)
    assert workflow.guarded and workflow.carries_id
    assert workflow.inputs.keys() >= SENT
    assert f"actions/workflows/{file}/runs" in (FOLDER / file).read_text()
    assert [f.text for f in workflow_findings(file, workflow)] == [
        "the same request is carried out once"
    ]


@pytest.mark.parametrize("file", FILES)
def test_each_job_has_only_the_rights_it_needs_and_an_end(file: str) -> None:
    found = content(file)
    assert found["permissions"] == {}
    for name, job in found["jobs"].items():
        assert "timeout-minutes" in job, name
        assert set(job["permissions"].values()) <= {"read"}, name


@pytest.mark.parametrize("file", FILES)
def test_no_input_becomes_part_of_a_script(file: str) -> None:
    for job in content(file)["jobs"].values():
        for step in job["steps"]:
            assert "${{" not in step.get("run", "")


@pytest.mark.parametrize("file", FILES)
def test_only_what_changes_something_waits_in_line(file: str) -> None:
    """A group on the workflow, or on a gate, would be held by whoever waits for a person."""
    found = content(file)
    assert "concurrency" not in found
    for name, job in found["jobs"].items():
        assert ("concurrency" in job) == (name in ("migrate", "deploy")), name
        if file != "ci.yml" and "concurrency" in job:
            assert job["concurrency"]["queue"] == "max"
            assert job["concurrency"]["cancel-in-progress"] is False


def test_a_release_passes_its_gate_then_migrates_then_deploys() -> None:
    jobs = content("release.yml")["jobs"]
    assert list(jobs) == ["guard", "verify", "gate", "migrate", "deploy", "smoke"]
    assert "gate" in jobs["migrate"]["needs"] and "migrate" in jobs["deploy"]["needs"]
    assert jobs["gate"]["environment"] == "production-approval"
    assert len(jobs["gate"]["steps"]) == 1  # nothing happens where people are waited for


def test_nobody_is_waited_for_on_the_way_back() -> None:
    jobs = content("rollback.yml")["jobs"]
    assert jobs["deploy"]["environment"]["name"] == "production-rollback"
    database = content("migrate.yml")["jobs"]["migrate"]["environment"]["name"]
    assert database == "production-database"
    assert list(jobs) == ["guard", "verify", "deploy", "smoke"]
    group = content("release.yml")["jobs"]["deploy"]["concurrency"]["group"]
    assert jobs["deploy"]["concurrency"]["group"] == group


@pytest.mark.parametrize("file", DISPATCHED)
@pytest.mark.parametrize(
    ("version", "good"),
    [("v1.2.1", True), ("v1.2.1-rc.1", True), ("1.2.1", False), ("v1.2", False),
     ("v1.2.1; rm -rf .", False), ("main", False), ("v1.2.1\n", False)],
)  # fmt: skip
def test_what_is_no_version_is_refused(file: str, version: str, good: bool) -> None:
    steps = content(file)["jobs"]["verify"]["steps"]
    found = re.search(r"=~ (\S+) \]\]", steps[0]["run"])
    assert found is not None
    assert bool(re.fullmatch(found[1].strip("^$"), version)) is good
