"""Hotfix: the short way for what mends an incident: fewer checks, never fewer people."""

from datetime import datetime
from pathlib import Path

from tests.scenarios.workspace import Workspace, workspace

HOTFIX = "/deploy v1.2.1 hotfix INC-1 because sign-in is broken"
FRIDAY = datetime.fromisoformat("2024-03-29T22:00+01:00")


async def test_a_hotfix_goes_out_on_a_friday_night_with_a_second_person(tmp_path: Path) -> None:
    async with workspace(tmp_path, seed="bake", at=FRIDAY) as team:
        await team.asks("/deploy v1.2.1 dry-run")
        assert "Blocked: Closed: Friday, outside the hours" in (await team.told("ana"))[-1]
        assert await team.channel() == []

        said = await team.types("ana", HOTFIX)
        assert said.startswith("There is no incident INC-1, so nothing was deployed.")
        await team.types("ana", "/incident moderate Sign-in is broken")
        await team.asks(HOTFIX)

        card = (await team.channel())[-1]
        assert "Warning: Closed: Friday, outside the hours; opens Monday" in card
        assert "hotfix for INC-1" in card
        assert "reason: “sign-in is broken”" in card
        await team.clicks("ana", "Approve")
        await team.passes("PT1S")
        assert await team.dispatches() == []
        await team.clicks("bo", "Approve")
        await team.passes("PT5S")
        assert len(await team.dispatches()) == 1

        for line, said in (
            ("history", "D3 app v1.2.1 → production · hotfix for INC-1 · running"),
            ("show D3", "Kind: hotfix for INC-1"),
            ("why D3", "It is a hotfix for INC-1."),
        ):
            assert said in await team.types("cy", f"/deployments {line}")
        asked = (await team.trail("D3"))[0].detail
        assert (asked["kind"], asked["incident"]) == ("hotfix", "INC-1")


async def test_an_incidents_lock_warns_a_hotfix_and_stops_everything_else(team: Workspace) -> None:
    await team.types("cy", "/incident major Nobody can sign in")

    await team.asks("/deploy v1.2.1 dry-run")
    why = await team.types("ana", "/deployments why D2")
    assert "lock blocked: " in why and "It opens when INC-1 is resolved." in why
    assert "opens when INC-1 is resolved" in await team.types("dee", "/deployments unlock L1")
    await team.asks(HOTFIX)

    card = (await team.channel())[-1]
    assert "Warning: Locked by gonogo for INC-1 since" in card
    assert card.splitlines()[1] == "Waiting for approval"


async def test_a_red_build_stops_a_hotfix_too(team: Workspace) -> None:
    answer = await team.types("ana", "/deploy v1.2.1 hotfix INC-1 because broken")
    assert "say why in at least 10 characters" in answer
    answer = await team.types("ana", "/deploy v1.2.1 hotfix because sign-in is broken")
    assert answer.startswith("A hotfix for which incident?")
    await team.types("cy", "/incident moderate Sign-in is broken")
    await team.asks("/deploy v1.1.0 hotfix INC-1 because sign-in is broken")
    assert "v1.1.0 is older than v1.2.0" in (await team.told("ana"))[-1]
    assert len(await team.channel()) == 1


async def test_a_hotfix_by_the_form(team: Workspace) -> None:
    await team.types("cy", "/incident moderate Sign-in is broken")
    await team.types("ana", "/deploy")
    form = {"Service": "app", "Version": "v1.2.1", "Hotfix for incident": "7"}
    wrong = await team.submits("ana", **form)
    assert wrong["errors"]["incident"].startswith("A hotfix for which incident?")
    form["Hotfix for incident"] = "inc-1"
    wrong = await team.submits("ana", **form)
    meant = "at least 10 characters: /deploy v1.2.1 hotfix INC-1 because sign-in is broken"
    assert meant in wrong["errors"]["reason"]
    assert meant in await team.types("ana", "/deploy v1.2.1 hotfix INC-1")
    await team.submits("ana", **form, Reason="sign-in is broken")
    await team.passes("PT1S")
    assert "hotfix for INC-1" in (await team.channel())[-1]
