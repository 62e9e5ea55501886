"""The database went back and the code did not: a person's, and never called good."""

from pathlib import Path

import pytest

from bot.domain.errors import Refusal
from bot.services.deployments import decisions
from tests.scenarios.undoing import (
    RULES,
    asked,
    began,
    card,
    deployed,
    reversible,
    runs_at_last,
    undoes,
)
from tests.scenarios.workspace import Json, Workspace, workspace

LEFT = "the database was taken back; the code was not"


async def waits_for_the_code(team: Workspace) -> bool:
    return "About to start" in await card(team)


async def test_cancelled_after_the_database_went_back_it_is_a_persons(
    reverting: Workspace,
) -> None:
    team = reverting
    await undoes(team)
    await team.until(lambda: began(team, "down"), "PT2S")
    await team.fault("github", "status:503", path="/git/", count=1000)
    await team.until(lambda: waits_for_the_code(team), "PT5S")
    await team.clicks("bo", "Cancel")
    await team.passes("PT30S")

    assert f"Cancelled: {LEFT}" in (await team.channel())[-1]
    assert "Degraded" in (await team.channel())[-2]


async def test_void_after_the_database_went_back_it_is_a_persons(reverting: Workspace) -> None:
    team = reverting
    await undoes(team)
    await team.until(lambda: began(team, "down"), "PT2S")
    await team.fault("github", "status:503", path="/git/", count=1000)
    await team.until(lambda: waits_for_the_code(team), "PT5S")
    await team.post("/github/tag", name="v1.2.0", sha="d4" * 20)
    await team.mends()
    await team.passes("PT2M")

    assert LEFT in (await team.channel())[-1]
    assert "Degraded" in (await team.channel())[-2]
    assert not [text for text in await team.letters("bo") if "Nothing was deployed" in text]


async def test_cancelled_while_its_run_goes_on_it_is_a_persons_and_never_good(
    reverting: Workspace,
) -> None:
    team = reverting
    await team.post("/github/preset", workflow="rollback.yml", script="manual")
    await undoes(team)
    await team.until(lambda: runs_at_last(team, "rollback.yml"), "PT15S")
    await team.passes("PT5S")
    await team.clicks("bo", "Cancel")
    await team.passes("PT30S")

    bot, (card_row, alert) = team.bot, (await team.messages())[-2:]
    assert bot is not None
    assert "Degraded: the database was taken back, the code was not" in card_row["rendered"]
    assert "the database was taken back; the code" in alert["rendered"]
    assert "Roll Back brings the code to v1.2.0" in alert["rendered"]
    assert "Mark Good" not in card_row["buttons"]
    bo = team.world.slack.named("bo").id
    with pytest.raises(Refusal, match="cannot be marked good"):
        await bot.store.run(lambda tx: decisions.mark_good(tx, bot.config, 3, bo))


async def test_a_run_that_github_declines_after_the_database_went_back_is_a_persons(
    reverting: Workspace,
) -> None:
    team = reverting
    await team.fault("github", "status:422", path="/rollback.yml/dispatches")
    await undoes(team)
    await team.passes("PT5M")

    last = (await team.channel())[-1]
    assert "GitHub refused to start the run" in last
    assert LEFT in last
    assert "Degraded: the database was taken back" in (await team.channel())[-2]


async def test_a_step_that_waits_at_a_gate_of_githubs_ends_as_not_known_and_names_it(
    tmp_path: Path,
) -> None:
    settings = RULES["services"]["app"]["migrations"] | {"deadline": "PT3M"}
    rules: Json = {"services": {"app": {"migrations": settings}}}
    async with workspace(tmp_path, rules=rules, begin=reversible) as team:
        await deployed(team)
        await undoes(team)
        await team.until(lambda: began(team, "down"), "PT2S")
        await team.ends_run("waiting", "migrate")
        await team.passes("PT1M")
        run = (await team.get("/github/runs"))["runs"][0]["id"]
        assert f"run {run} waits at the gate migrate of GitHub's" in await card(team)
        await team.passes("PT3M")

        last = (await team.channel())[-1]
        assert f"run {run} still waits at the gate migrate of GitHub's after 3 min" in last
        assert "how much of the database was taken back is not known" in last
        assert "Look at the database first with @dee" in last
        assert await asked(team) == ["status", "verify", "down"]


async def waits_for_github(team: Workspace) -> bool:
    return "Not sent yet" in await card(team)


async def waits_for_somebody(team: Workspace) -> bool:
    return "Waiting for approval" in await card(team)


async def is_not_sent(team: Workspace) -> None:
    """D3 takes the database back, and GitHub does not take the dispatch that brings the code."""
    await undoes(team)
    await team.until(lambda: began(team, "down"), "PT2S")
    await team.fault("github", "rate_limit", path="/rollback.yml/dispatches", count=1000)
    await team.until(lambda: waits_for_github(team), "PT5S")


async def supersedes(team: Workspace, said: str = "to v1.1.0 because v1.2.0 was bad too") -> None:
    await team.types("dee", f"/rollback {said}")
    await team.clicks_own("dee", f"Roll Back to {said.split()[1]}")


async def alerts(team: Workspace) -> list[str]:
    """The first lines of what was said of it in the channel, besides the cards."""
    return [text.splitlines()[0] for text in await team.channel() if "half back" in text]


async def test_superseded_after_the_database_went_back_it_stays_known_as_half_back(
    reverting: Workspace,
) -> None:
    team = reverting
    await is_not_sent(team)
    await supersedes(team)
    await team.passes("PT5S")
    assert any(
        text.startswith(f"app v1.2.0 back → production: {LEFT}\nSuperseded by a rollback to v1.1.0")
        for text in await team.channel()
    )
    left = f"half back since D3: Superseded by a rollback to v1.1.0: {LEFT}"
    assert left in await team.types("bo", "/deployments status")

    await team.mends()
    await team.passes("PT5M")
    assert (await team.channel())[-1].startswith("⚠️ Production rollback executed")
    assert "half back" not in await team.types("bo", "/deployments status")
    assert await alerts(team) == []
    assert await asked(team) == ["status", "verify", "down", "status", "verify"]


async def test_where_the_next_one_is_not_taken_either_everybody_reads_that_it_is_half_back_still(
    reverting: Workspace,
) -> None:
    team = reverting
    await is_not_sent(team)
    await supersedes(team)
    await team.mends()
    await team.fault("github", "status:422", path="/rollback.yml/dispatches", count=100)
    await team.passes("PT3M")
    still = "app v1.1.0 back → production (D4): failed, and D3 is still half back"
    assert await alerts(team) == [still]
    said = next(text for text in await team.channel() if text.startswith(still))
    assert "newer code runs on the older database" in said
    assert "@dee" in said
    assert "half back since D3" in await team.types("bo", "/deployments status")
    assert "to v1.1.0?" in await team.types("bo", "/rollback because orders are lost")


async def test_nor_is_it_forgotten_when_nobody_approves_the_next_one(reverting: Workspace) -> None:
    team = reverting
    await is_not_sent(team)
    await supersedes(team, "to v1.2.1 force because nothing else is left")
    await team.mends()
    await team.until(lambda: waits_for_somebody(team), "PT5S")
    assert "half back since D3" in await team.types("bo", "/deployments status")
    await team.clicks("bo", "Cancel")
    await team.passes("PT10S")
    assert await alerts(team) == [
        "app v1.2.1 back → production (D4): cancelled, and D3 is still half back"
    ]
