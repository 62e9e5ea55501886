"""Workflow files and their run-names, as the local GitHub reads them."""

from __future__ import annotations

from pathlib import Path

import pytest

from sandbox.github import expressions
from sandbox.github.errors import Refused
from sandbox.github.workflows import Workflow, WorkflowError

SHIPPED = Path(__file__).parents[2] / "examples" / "workflows"
SEEDED = Path(__file__).parents[2] / "sandbox" / "seeds" / "workflows"


def read(folder: Path, name: str) -> Workflow:
    return Workflow.parse(1, f".github/workflows/{name}", (folder / name).read_text())


@pytest.mark.parametrize("name", ["release.yml", "rollback.yml"])
def test_the_seeds_have_the_inputs_names_and_places_of_the_shipped_files(name: str) -> None:
    shipped, seeded = read(SHIPPED, name), read(SEEDED, name)
    assert seeded.run_name == shipped.run_name
    assert {one.name for one in shipped.inputs} <= {one.name for one in seeded.inputs}
    jobs = {job.name: job.environment for job in shipped.jobs}
    assert {job.name: job.environment for job in seeded.jobs}.items() <= jobs.items()


@pytest.mark.parametrize(
    ("inputs", "title"),
    [
        (
            {"version": "v1.2.1", "requested_by": "ana", "request_id": "r1"},
            "Release v1.2.1 by ana [r1]",
        ),
        ({"version": "v1.2.1", "requested_by": "", "request_id": ""}, "Release v1.2.1 by gonogo"),
    ],
)
def test_a_run_is_named_after_its_inputs(inputs: dict[str, str], title: str) -> None:
    assert read(SHIPPED, "release.yml").title(inputs, "gonogo", "Release") == title


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("plain", "plain"),
        ("${{ 'it''s' }}", "it's"),
        ("${{ inputs.none || ('a' && 'b') }}", "b"),
        ("${{ format('{1}-{0}', inputs.x, github.actor) }}", "bo-1"),
    ],
)
def test_expressions(template: str, text: str) -> None:
    assert expressions.render(template, {"inputs.x": "1", "github.actor": "bo"}) == text


@pytest.mark.parametrize("source", ["", "'open", "a b", "(a", "nothing(a)", "a ||", "%"])
def test_an_expression_that_makes_no_sense_is_an_error(source: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        expressions.render("${{ " + source + " }}", {})


@pytest.mark.parametrize("text", ["", "jobs: 1", "a: [", "on: push"])
def test_a_broken_file_is_no_workflow(text: str) -> None:
    with pytest.raises(WorkflowError):
        Workflow.parse(1, ".github/workflows/x.yml", text)


def test_a_workflow_without_the_trigger_is_not_dispatched() -> None:
    workflow = read(SHIPPED, "ci.yml")
    with pytest.raises(Refused, match="does not have 'workflow_dispatch' trigger"):
        workflow.accept({})
