"""What would hold a rollback up is found before it is needed."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime

import pytest
import yaml

from bot import config
from bot.adapters.github import PyGithubAdapter
from bot.doctor import way_back_doctor
from sandbox import app
from sandbox.github.environments import Environment
from sandbox.seeds import Seed
from sandbox.world import World

Look = Callable[..., Awaitable[list[str]]]
NOW = datetime(2024, 3, 26, 10, tzinfo=UTC)


@pytest.fixture
async def world() -> AsyncIterator[World]:
    made = World(Seed.named("default"))
    runner = await app.start(made)
    yield made
    await runner.cleanup()


@pytest.fixture
async def look(world: World) -> AsyncIterator[Look]:
    github = PyGithubAdapter(f"{world.base_url}/github", "ghp_local_token")

    async def found(
        rollback: str = "rollback.yml", migrate: str = "migrate.yml", job: str = "migrate"
    ) -> list[str]:
        loaded = yaml.safe_load(world.seed.gonogo_yaml(world.base_url))
        loaded["services"]["app"]["rollback_workflow"] = rollback
        loaded["services"]["app"]["migrations"] |= {"workflow": migrate, "job": job}
        ways = way_back_doctor.ways(config.parse(yaml.dump(loaded)))
        each = [await way_back_doctor.look(github, way) for way in ways]
        return [f"{one.ok} {one}" for findings in each for one in findings]

    yield found
    await github.close()


def guarded(world: World, name: str, **rules: object) -> None:
    places = world.github.repositories["acme/app"].environments
    places[name] = Environment(77_000 + len(places), name, NOW, **rules)  # type: ignore[arg-type]


async def test_the_shipped_workflows_wait_for_nobody(look: Look) -> None:
    assert await look() == [
        "True way back of app: rollback.yml waits for nobody",
        "True database of app: migrate.yml waits for nobody",
    ]


async def test_reviewers_and_wait_timers_are_named(world: World, look: Look) -> None:
    guarded(world, "production-rollback", reviewers=("dee-acme",), wait_minutes=15)
    code, database = await look(migrate="rollback.yml", job="deploy")
    assert code.startswith(
        "False way back of app: rollback.yml waits at production-rollback for dee-acme and its "
        "wait timer of 15 min; give rollback.yml an environment of its own"
    )
    assert database.startswith("False database of app: rollback.yml waits at production-rollback")


async def test_without_a_workflow_of_its_own_the_gate_of_the_release_counts(
    world: World, look: Look
) -> None:
    guarded(world, "production", reviewers=("dee-acme",))
    code, database = await look("gone.yml", "lost.yml")
    assert "release.yml waits at production for dee-acme" in code
    assert "acme/app has no lost.yml; copy one from examples/workflows" in database


async def test_an_environment_that_is_not_there_has_no_secrets(world: World, look: Look) -> None:
    """GitHub would make it at the first run, and that run would deploy without them."""
    del world.github.repositories["acme/app"].environments["production-rollback"]
    code, database = await look()
    assert code == (
        "False way back of app: rollback.yml names the environment production-rollback, which does "
        "not exist, so a run would have none of its secrets and variables; make it at GitHub "
        "under Settings, Environments, with what its jobs need (docs/install.md)"
    )
    assert database == "True database of app: migrate.yml waits for nobody"


async def test_a_job_that_the_file_does_not_have_is_named(look: Look) -> None:
    assert (await look(job="deploy"))[1] == (
        "False database of app: migrate.yml has no job “deploy”; correct migrations.job; its jobs "
        "are guard, migrate"
    )


async def test_what_cannot_be_read_is_not_free(world: World, look: Look) -> None:
    world.faults.add(system="github", kind="status:403", path="/environments/", count=100)
    assert "True way back of app" not in (await look())[0]
