"""What people write into a workflow file, as our values."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from bot.adapters.github import reading
from bot.ports import Workflow

SHIPPED = Path(__file__).parents[2] / "examples" / "workflows"
GUARDED = """
run-name: "Release ${{ inputs.version }} [${{ inputs.request_id }}]"
on:
  workflow_dispatch:
    inputs:
      version: {required: true}
      request_id: {}
jobs:
  guard: {}
  build: {needs: guard}
  deploy: {needs: [build, test]}
  test: {needs: [guard]}
"""

INPUTS = "on: {workflow_dispatch: {inputs: %s}}"


def workflow(text: str, state: str = "active") -> Workflow:
    content = {"content": base64.encodebytes(text.encode()).decode(), "sha": "b10b"}
    return reading.workflow("release.yml", "main", state, content)


@pytest.mark.parametrize("file", ["release.yml", "rollback.yml"])
def test_the_examples_for_users_carry_a_request_once(file: str) -> None:
    found = workflow((SHIPPED / file).read_text(encoding="utf-8"))

    assert (found.active, found.carries_id, found.guarded) == (True, True, True)
    assert [name for name, is_needed in found.inputs.items() if is_needed] == ["version"]


def test_jobs_and_steps_are_called_as_a_run_shows_them() -> None:
    found = workflow("""
on: workflow_dispatch
jobs:
  deploy: {name: Bring it out, steps: [{run: ./deploy}, {name: Smoke tests, run: ./smoke}]}
  notify: {steps: nothing}
  broken:
""")
    assert found.jobs == ("Bring it out", "notify", "broken")
    assert found.steps == ("Smoke tests",)


@pytest.mark.parametrize(
    ("shown", "environment"),
    [
        ("deploy", "production"),
        ("Deploy", "production"),
        ("deploy (eu)", "production"),
        ("Deploy (eu, 3)", "production"),
        ("deploy (dry)", ""),
        ("deploy (dry) (eu)", ""),
        ("deployed", ""),
        ("ship / deploy", ""),
        ("lint", ""),
    ],
)
def test_the_environment_of_a_job_as_a_run_shows_it(shown: str, environment: str) -> None:
    found = workflow("""
on: workflow_dispatch
jobs:
  deploy: {environment: production, strategy: {matrix: {region: [eu, us]}}}
  rehearse: {name: deploy (dry)}
  lint: {}
""")
    assert found.environment_of(shown) == environment


@pytest.mark.parametrize(
    ("old", "new", "carries_id", "guarded"),
    [
        ("", "", True, True),
        ("[${{ inputs.request_id }}]", "[${{ github.event.inputs.request_id }}]", True, True),
        (
            "[${{ inputs.request_id }}]",
            "${{ format('{0} [{1}]', 1, inputs.request_id) }}",
            *[True] * 2,
        ),
        ("[${{ inputs.request_id }}]", "${{ inputs.request_id }}", False, False),
        ("[${{ inputs.request_id }}]", "[request]", False, False),
        ("request_id: {}", "other: {}", False, False),
        ("  guard: {}", "  first: {}", True, False),
        ("  test: {needs: [guard]}", "  test: {}", True, False),
        ("  build: {needs: guard}", "  build: {}", True, False),
        ("deploy: {needs: [build, test]}", "deploy: {needs: deploy}", True, False),
        ("deploy: {needs: [build, test]}", "deploy: {needs: 7}", True, False),
        ("deploy: {needs: [build, test]}", "deploy: text", True, False),
        (
            "  guard: {}\n  build: {needs: guard}",
            "  guard: {}\n  build: {needs: none}",
            True,
            False,
        ),
    ],
)
def test_whether_a_run_can_be_known_and_happens_once(
    old: str, new: str, carries_id: bool, guarded: bool
) -> None:
    assert old in GUARDED
    found = workflow(GUARDED.replace(old, new) if old else GUARDED)
    assert (found.carries_id, found.guarded) == (carries_id, guarded)


@pytest.mark.parametrize(
    ("text", "inputs", "active"),
    [
        ("on: workflow_dispatch", {}, True),
        ("on: [push, workflow_dispatch]", {}, True),
        ("'on': {workflow_dispatch: }", {}, True),
        ("on: push", {}, False),
        (INPUTS % "{a: , b: {required: true}}", {"a": False, "b": True}, True),
        (INPUTS % "{a: {required: true, default: x}}", {"a": False}, True),
        (INPUTS % "{a: text}", {"a": False}, True),
        (INPUTS % "[a]", {}, True),
        ("on: 7", {}, False),
        ("jobs: [a]", {}, False),
        ("[not, a, workflow]", {}, False),
        ("on: {: [", {}, False),
        ("", {}, False),
        ("\x00", {}, False),
    ],
)
def test_what_people_write_into_a_workflow_file(
    text: str, inputs: dict[str, bool], active: bool
) -> None:
    found = workflow(text)
    assert (found.inputs, found.active, found.guarded) == (inputs, active, False)
    assert not workflow(text, "disabled_manually").active
