"""Who does what in an incident: a lead decides, somebody else may tell people, and is reminded."""

from pathlib import Path

from tests.scenarios.test_incident_ends import OUTAGE, deployed, message, room, root, suspect
from tests.scenarios.test_incident_stories import AT_1432
from tests.scenarios.workspace import Workspace, workspace

UNDECIDED = "D2 is still only suspected"


async def test_who_keeps_people_informed_is_reminded_in_the_leads_place(tmp_path: Path) -> None:
    async with workspace(tmp_path, at=AT_1432) as team:
        await team.types("ana", OUTAGE)
        await team.passes("PT1S")
        await team.clicks("ana", "Assign Lead", ts=await root(team))
        said = await team.submits("ana", Lead="dee", Communications="bo")
        assert said.get("errors") is None, said
        await team.passes("PT5S")
        assert "Team: Investigating, led by @dee, news by @bo" in await message(team)
        told = "@dee leads INC-1, @bo keeps people informed, says @ana."
        assert any(line.startswith(told) for line in await room(team))
        await team.passes("PT12M")
        await team.passes("PT3M")
        assert any("the next update is due" in line for line in await team.letters("bo"))
        assert not any("the next update is due" in line for line in await team.letters("dee"))
        assert any(line.startswith("@bo The update that was promised") for line in await room(team))

        await team.clicks("dee", "Assign Lead", ts=await root(team))
        said = await team.submits("dee", Communications="eve")
        assert "is nobody of the team" in said["errors"]["lead"]


async def test_after_ten_minutes_somebody_has_to_decide_about_the_suspect(team: Workspace) -> None:
    await deployed(team)
    await team.types("cy", OUTAGE)
    await team.passes("PT9M50S")
    assert not any(UNDECIDED in line for line in await room(team))
    await team.passes("PT20S")
    [asked] = [line for line in await room(team) if UNDECIDED in line]
    assert asked.startswith("@cy D2 is still only suspected, and nothing is rolled back")
    await team.passes("PT20M")
    assert sum(UNDECIDED in line for line in await room(team)) == 1


async def test_nobody_is_asked_about_what_is_decided(team: Workspace) -> None:
    await deployed(team)
    await team.types("cy", OUTAGE)
    await team.passes("PT1S")
    await team.clicks("bo", "Not This One", ts=await suspect(team))
    await team.passes("PT12M")
    assert not any(UNDECIDED in line for line in await room(team))


async def test_a_bot_that_was_away_does_not_ask_late(team: Workspace) -> None:
    await deployed(team)
    await team.types("cy", OUTAGE)
    await team.passes("PT1M")
    await team.sleeps("PT13M")
    await team.passes("PT1M")
    assert not any(UNDECIDED in line for line in await room(team))


async def form(team: Workspace, who: str) -> str:
    return str(await team.get("/modal", **{"as": who}))


async def test_news_from_a_form_that_was_opened_earlier_move_nothing_back(team: Workspace) -> None:
    await team.types("ana", OUTAGE)
    await team.passes("PT1S")
    for who in ("ana", "cy", "bo"):
        await team.clicks(who, "Post Update", ts=await root(team))
    await team.submits("bo", Status="Monitoring", **{"What is new": "A fix is out."})
    await team.submits("ana", **{"What is new": "200 tickets."})
    await team.passes("PT5S")
    assert "Team: Monitoring" in await message(team)
    [told] = [line for line in await room(team) if "200 tickets." in line]
    assert "\nMonitoring." in told

    said = await team.submits("cy", Status="Identified", **{"What is new": "It is the proxy."})
    assert said["response_action"] == "update"
    newer = await form(team, "cy")
    assert "it became *monitoring*. Yours is not posted" in newer and "It is the proxy." in newer
    assert not any("proxy" in line for line in await room(team))
    await team.submits("cy", Status="Identified")
    await team.passes("PT5S")
    assert "Status: Identified" in await message(team)
    assert any("It is the proxy." in line for line in await room(team))


async def test_who_was_not_touched_stays_as_somebody_else_chose(team: Workspace) -> None:
    await team.types("ana", OUTAGE)
    await team.passes("PT1S")
    await team.clicks("bo", "Assign Lead", ts=await root(team))
    await team.submits("bo", Lead="bo")
    for who in ("bo", "ana", "dee"):
        await team.clicks(who, "Assign Lead", ts=await root(team))
    await team.submits("bo", Lead="dee", Communications="bo")
    await team.submits("ana")
    await team.passes("PT5S")
    assert "led by @dee, news by @bo" in await message(team)

    said = await team.submits("dee", Communications="ana")
    assert said["response_action"] == "update"
    newer = await form(team, "dee")
    assert "it got other people: <@U0DEE> leads, <@U0BO> has the communications" in newer
    assert "led by @dee, news by @bo" in await message(team)
    await team.submits("dee")
    await team.passes("PT5S")
    assert "led by @dee, news by @ana" in await message(team)
