"""gonogo check looks at the gates of GitHub's: whether they work, and who could pass them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path

import pytest
import yaml

from bot import config
from bot.adapters.github import Installation, PyGithubAdapter
from bot.doctor import gate_doctor
from sandbox import app
from sandbox.github.environments import Environment
from sandbox.seeds import Seed
from sandbox.world import World
from tests.scenarios import outside


@pytest.fixture
async def world() -> AsyncIterator[World]:
    made = World(Seed.named("default"))
    runner = await app.start(made)
    yield made
    await runner.cleanup()


async def gate_findings(
    seed: str,
    begin: Callable[[World], None] = lambda _: None,
    approval: Mapping[str, object] | None = None,
    **service: str,
) -> list[str]:
    """What the doctor says about the gate of production, as it is in that seed; `approval` and the
    settings of the `service` stand in gonogo.yaml instead of the seed's.
    """
    world = World(Seed.named(seed))
    begin(world)
    runner = await app.start(world)
    account = "ghp_local_token" if seed == "gated" else _as_app(world)
    github = PyGithubAdapter(
        f"{world.base_url}/github", account, reviewer_token="ghp_local_reviewer"
    )
    rules = yaml.safe_load(world.seed.gonogo_yaml(world.base_url))
    rules["services"]["app"].update(service)
    if approval is not None:
        rules["services"]["app"]["environments"]["production"]["approval"] = dict(approval)
    loaded = config.parse(yaml.safe_dump(rules))
    [place] = gate_doctor.gates(loaded)
    found = await gate_doctor.gate(loaded, github, *place)
    await github.close()
    await runner.cleanup()
    return [f"{one.ok}: {one.text}" for one in found]


def _as_app(world: World) -> Installation:
    hub = world.github.app
    return Installation(
        f"{world.base_url}/github",
        app_id=str(hub.id),
        private_key=hub.pem(),
        installation_id=hub.installation,
        repositories={"acme/app"},
    )


async def test_a_gate_that_works_and_whom_github_would_let_besides() -> None:
    assert await gate_findings("gated") == [
        "True: The run waits at GitHub's environment production",
        "True: ana-acme, bo-acme may deploy and could approve that at GitHub; gonogo tells on it",
    ]
    assert await gate_findings("ruled") == [
        "True: The run waits at GitHub's environment production"
    ]


async def test_a_gate_at_which_nobody_could_answer() -> None:
    def without_us(world: World) -> None:
        production(world).reviewers = ("dee-acme",)
        production(world).prevent_self_review = True

    assert await gate_findings("gated", without_us) == [
        "False: gonogo-reviewer is no required reviewer of GitHub's environment production",
        "True: “prevent self-review” stops gonogo-bot alone, which starts the runs",
    ]


@pytest.mark.parametrize("seed", ["gated", "ruled"])
async def test_an_unguarded_one_that_github_spells_otherwise(seed: str) -> None:
    def unguarded(world: World) -> None:
        production(world).reviewers = production(world).rules = ()
        outside.name_anew(world, "Production")

    [problem] = await gate_findings(seed, unguarded)
    assert problem.startswith("False: GitHub's environment Production has no ")


async def test_the_letter_case_of_the_deploying_job_is_no_finding() -> None:
    first, *_ = await gate_findings("gated", deploy_job="DEPLOY")
    assert first == "True: The run waits at GitHub's environment production"


async def test_an_environment_that_is_not_there() -> None:
    def without_it(world: World) -> None:
        del world.github.repositories["acme/app"].environments["production"]

    [problem] = await gate_findings("gated", without_it)
    assert "has no required reviewers, so a run would not wait for anybody" in problem


@pytest.mark.parametrize("gate", ["production", "production-approval"])
async def test_a_job_that_would_wait_for_good_for_an_apps_rule(gate: str) -> None:
    def shipped(world: World) -> None:
        outside.takes_shipped(world, guarded=("production", "production-approval"))

    approval = {"mode": "github_protection_rule", "environments": [gate]}
    found = await gate_findings("ruled", shipped, approval)
    assert [text for text in found if text.startswith("False")] == [
        "False: GitHub asks no deployment protection rule about the job migrate: it names the "
        "environment production with deployment: false"
    ]


async def test_the_workflow_that_is_shipped_waits_where_the_example_says() -> None:
    def shipped(world: World) -> None:
        outside.takes_shipped(world, guarded=("production-approval",))

    example = config.load(Path("gonogo.example.yaml")).environment("app", "production")
    assert example is not None
    approval = {"mode": "github_protection_rule", "environments": [*example.approval.environments]}
    assert await gate_findings("ruled", shipped, approval) == [
        "True: The run waits at GitHub's environment production-approval"
    ]


def production(world: World) -> Environment:
    return world.github.repositories["acme/app"].environments["production"]
