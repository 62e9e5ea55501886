"""What people write into a workflow file, as our values."""

from __future__ import annotations

import base64
import json
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
  guard:
    outputs: {first: "${{ steps.look.outputs.first }}"}
    env: {REQUEST_ID: "${{ inputs.request_id }}"}
  build: {needs: guard, if: needs.guard.outputs.first == 'true'}
  deploy: {needs: [build, test]}
  test: {needs: [guard], if: needs.guard.outputs.first == 'true'}
"""
BUILD = "  build: {needs: guard, if: needs.guard.outputs.first == 'true'}"
TEST = "  test: {needs: [guard], if: needs.guard.outputs.first == 'true'}"

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
    assert found.waits_of(shown) == ((environment,) if environment else ())


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
        ("  guard:", "  first:", True, False),
        (TEST, "  test: {}", True, False),
        (BUILD, "  build: {}", True, False),
        ("deploy: {needs: [build, test]}", "deploy: {needs: deploy}", True, False),
        ("deploy: {needs: [build, test]}", "deploy: {needs: 7}", True, False),
        ("deploy: {needs: [build, test]}", "deploy: text", True, False),
        (BUILD, "  build: {needs: none}", True, False),
        (BUILD, "  build: {needs: none, if: needs.guard.outputs.first == 'true'}", True, False),
    ],
)
def test_whether_a_run_can_be_known_and_happens_once(
    old: str, new: str, carries_id: bool, guarded: bool
) -> None:
    assert old in GUARDED
    found = workflow(GUARDED.replace(old, new) if old else GUARDED)
    assert (found.carries_id, found.guarded) == (carries_id, guarded)


@pytest.mark.parametrize(
    ("condition", "guarded"),
    [
        ("", False),
        ("needs.guard.outputs.first == 'true'", True),
        ("${{ needs.guard.outputs.first == 'true' }}", True),
        ("success() && needs.guard.outputs.first=='true'", True),
        ("always() && needs.guard.outputs.first == 'true' && !cancelled()", True),
        ("needs.guard.outputs.first", False),  # any text is true, also `false`
        ("needs.guard.outputs.first != 'false'", False),  # a guard that ends without a word
        ("needs.guard.outputs.second == 'true'", False),  # is never told
        ("${{ needs.guard.outputs.first }} == 'true'", False),  # a text, and always true
        ("inputs.force || needs.guard.outputs.first == 'true'", False),
        ("!(true && needs.guard.outputs.first == 'true' && true)", False),
        ("needs.guard.result == 'success'", False),
        ("7", False),
    ],
)
def test_a_job_right_behind_the_guard_asks_for_its_word(condition: str, guarded: bool) -> None:
    asked = BUILD.replace("needs.guard.outputs.first == 'true'", json.dumps(condition))
    assert workflow(GUARDED.replace(BUILD, asked)).guarded is guarded


@pytest.mark.parametrize(
    ("condition", "guarded"),
    [
        ("github.ref == 'refs/heads/main'", True),
        ("success() && vars.SMOKE", True),
        ("always()", False),
        ("${{ !cancelled() }}", False),
        ("failure()", False),  # as when the guard itself fails
        ("success() || inputs.force", False),
        ("! Success ()", False),
        ("always() && needs.guard.outputs.first == 'true'", False),  # it does not need the guard
    ],
)
def test_a_job_further_behind_ends_with_those_that_it_needs(condition: str, guarded: bool) -> None:
    deploy = "deploy: {needs: [build, test]"
    text = GUARDED.replace(deploy, f"{deploy}, if: {json.dumps(condition)}")
    assert workflow(text).guarded is guarded


def test_one_of_the_jobs_that_it_needs_is_enough() -> None:
    assert workflow(GUARDED.replace("[build, test]", "[guard, test]")).guarded


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("release.yml", "    if: needs.guard.outputs.first == 'true'\n", ""),
        ("rollback.yml", "    if: needs.guard.outputs.first == 'true'\n", ""),
        ("release.yml", "  deploy:\n", "  deploy:\n    if: always()\n"),
        ("release.yml", "  smoke:\n", "  smoke:\n    if: ${{ !failure() }}\n"),
    ],
)
def test_a_copy_that_lacks_what_stops_a_second_run_is_not_guarded(
    file: str, old: str, new: str
) -> None:
    text = (SHIPPED / file).read_text(encoding="utf-8")
    assert old in text and workflow(text).guarded
    assert not workflow(text.replace(old, new)).guarded


def test_a_guard_that_does_not_look_at_the_request_is_none() -> None:
    text = (SHIPPED / "release.yml").read_text(encoding="utf-8")
    before, guard, after = text.partition("  guard:\n")
    looks, verify, rest = after.partition("  # A version is what was approved")
    other = """    outputs: {first: "${{ steps.look.outputs.first }}"}
    steps: [{id: look, run: 'test "$GITHUB_REF" = refs/heads/main'}]
"""
    assert "REQUEST_ID" in looks
    assert not workflow(before + guard + other + verify + rest).guarded


def test_a_guard_in_a_workflow_of_its_own_tells_its_outputs_there() -> None:
    old = GUARDED[GUARDED.index("  guard:") : GUARDED.index("  build:")]
    with_it = "  guard: {uses: ./.github/workflows/guard.yml, with: {request_id: x}}\n"
    assert workflow(GUARDED.replace(old, with_it)).guarded


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
