"""A rollback that got half-way leaves production mixed, however people close it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.deployments.deployments import Deployment
from bot.domain.deployments.states import Kind, State
from bot.domain.rollbacks.target_steps import Progress, TargetStep
from bot.domain.rollbacks.targets import Fate
from bot.domain.rollbacks.undoing import Undoing
from bot.messages.deployments import announcements
from bot.messages.deployments.controls import controls
from bot.messages.knowing import reports as words
from bot.services.deployments import decisions
from bot.services.knowing import reports
from tests.services.team import PEOPLE, START, Team
from tests.services.test_rollback_of_what_was_sent import goes_live


def step(target: str, fate: Fate) -> TargetStep:
    return TargetStep(
        target=target, progress=Progress.ENDED, fate=fate, began_at=START, ended_at=START
    )


async def stopped(team: Team, api: Fate) -> Deployment:
    """v1.1.0 was live; the rollback to v1.0.0 brought web there, and api not."""
    await goes_live(team, "v1.0.0")
    await goes_live(team, "v1.1.0")
    live, now = await team.newest(), team.clock.now()
    steps = (step("web", Fate.SUCCEEDED), step("api", api))
    rollback = Deployment(
        service="app",
        environment="production",
        version="v1.0.0",
        kind=Kind.ROLLBACK,
        state=State.DEGRADED,
        approvers=0,
        repo="acme/app",
        workflow="rollback.yml",
        requested_by=PEOPLE["bo"],
        requested_at=now,
        rolls_back=live.name,
        steps=steps,
    )
    return await team.store.run(lambda tx: tx.add(rollback))


async def mixed(team: Team) -> str:
    """The operation since which production is mixed, as the status tells it."""
    places = await team.store.read(lambda tx: reports.places(tx, team.config))
    found = next(place.mixed for place in places if place.service == "app")
    return found.name if found else ""


def buttons(deployment: Deployment) -> list[str]:
    row = controls(deployment)
    return [one["text"]["text"] for one in row["elements"]] if row else []


async def test_one_that_is_closed_still_leaves_it_mixed_until_something_succeeds(
    team: Team,
) -> None:
    await stopped(team, Fate.FAILED_BROKEN)
    assert await mixed(team) == "D3"
    assert await team.does(
        lambda tx: decisions.close_failed(tx, team.config, 3, PEOPLE["bo"])
    ) is None  # fmt: skip
    assert await mixed(team) == "D3"
    await goes_live(team, "v1.2.0")
    assert await mixed(team) == ""


async def test_it_stays_so_however_many_were_asked_for_since_and_came_to_nothing(
    team: Team,
) -> None:
    found = await stopped(team, Fate.FAILED_RESTORED)
    await team.does(lambda tx: decisions.close_failed(tx, team.config, found.id, PEOPLE["bo"]))
    nothing = replace(found, id=0, kind=Kind.RELEASE, state=State.CANCELLED, steps=())
    for _ in range(11):
        await team.store.run(lambda tx: tx.add(nothing))
    assert await mixed(team) == "D3"


@pytest.mark.parametrize(
    ("api", "refused", "left"),
    [
        (
            Fate.FAILED_BROKEN,
            "D3 cannot be marked good: nothing good runs at api. Press one of the other buttons of "
            "its card.",
            "D3",
        ),
        (Fate.FAILED_RESTORED, None, "D3"),
        (Fate.UNKNOWN, None, ""),
    ],
)
async def test_what_is_broken_is_good_by_nobodys_word_and_the_alert_names_the_buttons_there_are(
    team: Team, api: Fate, refused: str | None, left: str
) -> None:
    found = await stopped(team, api)
    good = [] if refused else ["Mark Good"]
    assert buttons(found) == ["Retry api", *good, "Roll Back", "Close as Failed"]
    advice = ", ".join(["Retry what failed", *good, "Roll Back"])
    assert f"Decide on the card: {advice}, or Close as Failed." in str(
        announcements.failed(found).blocks
    )
    no = await team.does(lambda tx: decisions.mark_good(tx, team.config, 3, PEOPLE["bo"]))
    assert (str(no) if no else None) == refused
    assert await mixed(team) == left


async def test_a_database_that_went_back_without_the_code_is_told_until_something_succeeds(
    team: Team,
) -> None:
    found = await stopped(team, Fate.SUCCEEDED)
    down = replace(found.steps[0], target="migrate:down 2", command="down")
    left = Undoing(count=2, version="v1.1.0", is_half_back=True)
    said = "Cancelled: the database was taken back; the code was not"
    half = replace(found, steps=(down,), undoing=left, notice=said)
    await team.store.run(lambda tx: tx.save(found, half))
    told = f"*half back* since D3: {said}"
    assert told in await status(team)
    no = await team.does(lambda tx: decisions.close_failed(tx, team.config, 3, PEOPLE["bo"]))
    assert no is None
    assert (await status(team)).startswith("*app production*: v1.1.0 (D2) since")
    assert told in await status(team)
    await goes_live(team, "v1.2.0")
    assert "half back" not in await status(team)


async def status(team: Team) -> str:
    """The place of app, as `/deployments status` tells it."""
    places = await team.store.read(lambda tx: reports.places(tx, team.config))
    return words.place(next(one for one in places if one.service == "app"))
