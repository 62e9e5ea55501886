"""The database on the way back, asked in the image of the newer version on a host; undone once."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from sandbox.host.engine import Job
from sandbox.world import World
from tests.scenarios.test_targets import targets
from tests.scenarios.undoing import card, deployed, reversible, undoes
from tests.scenarios.workspace import Json, Workspace, workspace

AFTER = ["migrate:status", "test:data-integrity"]
BACK = ["migrate:status", "migrate:verify", "migrate:down -- 2", "migrate:status", "migrate:verify"]


def by_image(world: World) -> Json:
    rules = targets(world.host.target())
    rules["services"]["app"]["migrations"] = {"image": {"target": "web-1"}, "call": ["dee"]}
    return rules


@pytest.fixture
async def team(tmp_path: Path) -> AsyncIterator[Workspace]:
    """v1.3.0 is live and well on a host, and its database was looked at."""
    async with workspace(tmp_path, rules=by_image, host=True, begin=reversible) as opened:
        await deployed(opened)
        await opened.until(lambda: asked_all(opened, AFTER), "PT15S")
        yield opened


def asked(team: Workspace) -> list[str]:
    """What the images were asked, oldest first; all of it in the newer version's."""
    ran = team.world.host.engine.ran
    assert {version for version, _ in ran} <= {"v1.3.0"}
    return [words.removeprefix("npm run --silent ") for _, words in ran]


async def asked_all(team: Workspace, commands: list[str]) -> bool:
    return asked(team) == commands


async def went_back(team: Workspace) -> bool:
    return (await team.channel())[-1].startswith("⚠️ Production rollback executed")


async def left_to_people(team: Workspace) -> bool:
    return "production is mixed" in (await team.channel())[-1]


async def test_confirmed_twice_the_database_goes_back_once_although_answers_are_lost(
    team: Workspace,
) -> None:
    await team.fault("ssh", "reset_after_apply", path="/start_job", count=5)
    await undoes(team)
    await team.until(lambda: asked_down(team), "PT2S")
    await team.sleeps("PT1M")
    await team.post("/health", environment="production", status="ok", version="v1.2.0")
    await team.until(lambda: went_back(team), "PT5S")

    assert asked(team) == AFTER + BACK
    assert "migrate:down 2 succeeded" in await card(team)
    running = [one.image.version for one in team.world.host.engine.containers if one.name == "app"]
    assert running == ["v1.2.0"]
    assert "Migrate:verify after: it ended well" in await team.types("cy", "/deployments show D3")


async def asked_down(team: Workspace) -> bool:
    return any(words.startswith("migrate:down") for words in asked(team))


async def test_what_failed_on_the_way_down_keeps_the_code_and_is_tried_by_nobody(
    team: Workspace,
) -> None:
    jobs = team.world.host.engine.jobs
    jobs["migrate:down"] = Job(code=1, says="down: relation marks does not exist")
    await undoes(team)
    await team.until(lambda: left_to_people(team), "PT5S")
    await team.passes("PT5S")

    said = (await team.channel())[-1]
    assert "migrate:down 2: it ended with 1: down: relation marks does not exist" in said
    assert asked(team) == AFTER + BACK[:3]
    shown = (await team.messages())[-2]
    assert "Roll Back" in shown["buttons"]
    assert not [label for label in shown["buttons"] if label.startswith("Retry")]
    thread = [row["rendered"] for row in await team.messages(thread_ts=shown["ts"])]
    assert [text for text in thread if text.startswith("Log of migrate:down 2, which did not")]
