"""A bad incident wakes people: what its message says of that, and what happens when it does not."""

import asyncio
from pathlib import Path
from typing import Any

from tests.scenarios.workspace import Workspace, workspace

OUTAGE = "/incident outage All users unable to access service"
RULES = {"incidents": {"paging": {"group": "S0REL", "by_hand": "call +49 30 901820"}}}


async def paging(team: Workspace, root: int = 0) -> str:
    """The line of an incident's message about paging."""
    lines = (await team.channel())[root].splitlines()
    return next((line for line in lines if line.startswith(("Paging", "PagerDuty"))), "")


async def room(team: Workspace, root: int = 0) -> list[str]:
    ts = (await team.messages())[root]["ts"]
    return [row["rendered"] for row in (await team.messages(thread_ts=ts))[1:]]


async def events(team: Workspace) -> list[Any]:
    """What PagerDuty was sent, in order."""
    rows = (await team.get("/journal", system="pagerduty", method="POST"))["journal"]
    return [row["body"] for row in rows]


async def woken(team: Workspace) -> list[Any]:
    """What PagerDuty wakes people for."""
    found: list[Any] = (await team.get("/pagerduty"))["incidents"]
    return found


async def test_an_outage_wakes_somebody_once_and_lets_them_sleep_again(team: Workspace) -> None:
    await team.types("cy", OUTAGE)
    await team.passes("PT5S")
    assert await paging(team) == "Paging by PagerDuty: paged"
    [event] = await events(team)
    assert (event["event_action"], event["dedup_key"]) == ("trigger", "incident:1")
    payload = event["payload"]
    assert payload["summary"].startswith("INC-1 outage: Service outage detected: All users")
    assert (payload["severity"], payload["source"]) == ("critical", "app")
    assert "/archives/C0DEPLOY/p" in event["links"][0]["href"]

    await team.post("/pagerduty/acknowledge", **{"as": "bo"})
    await team.passes("PT15S")
    assert await paging(team) == "Paging by PagerDuty: acknowledged by bo"
    await team.clicks("dee", "Resolve")
    await team.passes("PT5S")
    assert await paging(team) == "Paging by PagerDuty: over"
    assert [one["event_action"] for one in await events(team)] == ["trigger", "resolve"]
    assert [one["status"] for one in await woken(team)] == ["resolved"]


async def test_what_is_not_bad_and_what_is_no_incident_wakes_nobody(team: Workspace) -> None:
    await team.types("ana", "/incident moderate Search is slow")
    await team.types("ana", "/incident drill: outage The database is gone")
    said = await team.types("ana", "/incident outage drill: The database is gone")
    assert "A drill: /incident drill outage The database is gone. If it is real," in said
    await team.passes("PT1M")
    assert len(await team.channel()) == 2
    assert await events(team) == []
    assert [await paging(team, root) for root in (0, 1)] == ["", ""]


async def test_whoever_opens_it_by_the_form_may_wake_people_or_let_them_sleep(
    team: Workspace,
) -> None:
    await team.types("cy", "/incident Checkout is slow")
    await team.submits("cy", Severity="Moderate: accelerate a hotfix", Paging="Wake people")
    await team.types("cy", "/incident All is down")
    await team.submits("cy", Severity="Outage: roll back now", Paging="Wake nobody")
    await team.passes("PT5S")
    assert [one["incident_key"] for one in await woken(team)] == ["incident:1"]
    assert await paging(team, 0) == "Paging by PagerDuty: paged"
    assert await paging(team, 1) == ""
    assert team.bot is not None
    told = await team.bot.store.read(lambda tx: [event.text for event in tx.events(2)])
    assert "Wakes nobody, which its severity does not ask for" in told

    await team.clicks("dee", "Edit", ts=(await team.messages())[1]["ts"])
    await team.submits("dee", Severity="Major: roll back")
    await team.passes("PT5S")
    assert [one["incident_key"] for one in await woken(team)] == ["incident:1"]

    ts = (await team.messages())[1]["ts"]
    await team.clicks("bo", "Resolve", ts=ts)
    await team.passes("PT5S")
    await team.clicks("bo", "Reopen", ts=ts)
    await team.submits("bo", **{"What is back": "All of it"})
    await team.passes("PT5S")
    assert [one["incident_key"] for one in await woken(team)] == ["incident:1", "incident:2"]


async def test_raising_the_severity_wakes_and_lowering_it_lets_people_finish(
    team: Workspace,
) -> None:
    await team.types("ana", "/incident moderate Search is slow")
    await team.passes("PT1S")
    await team.clicks("ana", "Edit")
    await team.submits("ana", Severity="Major: roll back")
    await team.passes("PT5S")
    assert await paging(team) == "Paging by PagerDuty: paged"
    await team.clicks("dee", "Edit")
    await team.submits("dee", Severity="Minor: monitor, fix in the next deployment")
    await team.passes("PT15S")
    assert [one["event_action"] for one in await events(team)] == ["trigger"]
    assert await paging(team) == "Paging by PagerDuty: paged"


async def test_a_pager_that_is_down_is_tried_until_it_takes_the_page(team: Workspace) -> None:
    await team.fault("pagerduty", "status:500", path="enqueue")
    await team.fault("pagerduty", "status:429:retry_after=20", path="enqueue")
    await team.types("ana", OUTAGE)
    await team.passes("PT9S")
    assert (await paging(team)).startswith("Paging by PagerDuty: retrying (2), rate limit (429")
    await team.passes("PT20S")
    assert await paging(team) == "Paging by PagerDuty: paged"
    assert len(await woken(team)) == 1
    assert not any("did not take the page" in line for line in await room(team))


async def test_while_it_stays_down_people_are_called_in_slack(tmp_path: Path) -> None:
    async with workspace(tmp_path, rules=RULES) as team:
        await team.fault("pagerduty", "status:503", count=1000)
        await team.types("ana", OUTAGE)
        await team.passes("PT1M")
        [call] = [line for line in await room(team) if "did not take the page" in line]
        assert call.startswith("@release-managers PagerDuty did not take the page yet (503")
        assert call.endswith("INC-1 needs people, call +49 30 901820.")
        [letter] = [line for line in await team.letters("dee") if "needs you" in line]
        assert letter.startswith("INC-1 Service outage detected (outage) needs you: All users")
        assert "retrying (" in await paging(team)
        await team.mends()
        await team.passes("PT1M")
        assert await paging(team) == "Paging by PagerDuty: paged"
        assert len([line for line in await room(team) if "did not take" in line]) == 1


async def test_a_definite_no_is_told_at_once_with_what_to_do(tmp_path: Path) -> None:
    async with workspace(tmp_path, rules=RULES, PAGERDUTY_ROUTING_KEY="f" * 32) as team:
        await team.types("ana", OUTAGE)
        await team.passes("PT5S")
        says = await paging(team)
        assert says.startswith("PagerDuty: not delivered (400 Event object is invalid")
        assert says.endswith("call +49 30 901820")
        [call] = [line for line in await room(team) if "did not take the page" in line]
        assert "yet" not in call
        await team.passes("PT5M")
        assert len(await events(team)) == 1


async def test_without_a_pager_people_are_called_in_slack(tmp_path: Path) -> None:
    async with workspace(tmp_path, rules=RULES, PAGERDUTY_ROUTING_KEY="") as team:
        await team.types("ana", OUTAGE)
        await team.passes("PT5S")
        assert await paging(team) == "Paging: not configured, call +49 30 901820"
        [call] = [line for line in await room(team) if "No pager is set up." in line]
        assert call.startswith("@release-managers")
        assert any("needs you" in letter for letter in await team.letters("dee"))


async def test_a_page_whose_answer_was_lost_is_not_sent_again_when_it_arrived(
    team: Workspace,
) -> None:
    await team.fault("pagerduty", "reset_after_apply", path="enqueue")
    await team.types("ana", OUTAGE)
    await team.passes("PT10S")
    assert await paging(team) == "Paging by PagerDuty: paged"
    assert len(await events(team)) == 1


async def test_after_a_restart_nobody_is_woken_again(team: Workspace) -> None:
    await team.types("ana", OUTAGE)
    await team.passes("PT5S")
    await team.post("/pagerduty/resolve", **{"as": "bo"})
    await team.sleeps("PT1M")
    await team.passes("PT30S")
    assert await paging(team) == "Paging by PagerDuty: over, closed there by bo"
    assert len(await events(team)) == 1


async def test_without_a_token_it_is_sent_again_under_its_key(tmp_path: Path) -> None:
    async with workspace(tmp_path, PAGERDUTY_API_TOKEN="") as team:
        await team.fault("pagerduty", "reset_after_apply")
        await team.types("ana", OUTAGE)
        await team.passes("PT10S")
        assert len(await events(team)) == 2
        assert [one["events"] for one in await woken(team)] == [2]
        says = await paging(team)
        assert says == "Paging by PagerDuty: paged, acknowledgement not visible"


async def test_two_incidents_have_pages_of_their_own(team: Workspace) -> None:
    await team.types("ana", OUTAGE)
    await team.types("bo", "/incident major Checkout is slow")
    await team.passes("PT5S")
    ts = (await team.messages())[0]["ts"]
    await team.clicks("dee", "Resolve", ts=ts)
    await team.passes("PT15S")
    found = {one["incident_key"]: one["status"] for one in await woken(team)}
    assert found == {"incident:1": "resolved", "incident:2": "triggered"}
    assert await paging(team, 1) == "Paging by PagerDuty: paged"


async def test_what_is_back_wakes_people_once_more(team: Workspace) -> None:
    await team.types("ana", OUTAGE)
    await team.passes("PT5S")
    await team.clicks("dee", "Resolve")
    await team.passes("PT5S")
    await team.clicks("dee", "Reopen")
    await team.submits("dee", **{"What is back": "Nothing loads"})
    await team.passes("PT5S")
    assert [one["event_action"] for one in await events(team)] == ["trigger", "resolve", "trigger"]
    assert await paging(team) == "Paging by PagerDuty: paged"


async def test_a_page_that_cannot_be_ended_is_told(team: Workspace) -> None:
    await team.types("ana", OUTAGE)
    await team.passes("PT5S")
    await team.fault("pagerduty", "status:400", path="enqueue")
    await team.clicks("dee", "Resolve")
    await team.passes("PT5S")
    assert (await paging(team)).startswith("Paging by PagerDuty: not ended (400")


async def test_an_incident_that_is_over_while_its_page_is_sent_wakes_nobody_for_long(
    team: Workspace,
) -> None:
    await team.fault("pagerduty", "slow:2", path="enqueue")
    await team.types("ana", OUTAGE)
    advancing = asyncio.create_task(team.passes("PT2S"))
    async with asyncio.timeout(30):
        while not await events(team):
            await asyncio.sleep(0.02)
    await team.clicks("dee", "Resolve")
    await advancing
    await team.passes("PT5S")
    assert [one["event_action"] for one in await events(team)] == ["trigger", "resolve"]
    assert [one["status"] for one in await woken(team)] == ["resolved"]
    assert await paging(team) == "Paging by PagerDuty: over"
