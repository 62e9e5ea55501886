"""/incident: one line opens everything, and whoever waits for news hears when there is some."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.scenarios.pressing import press_at_once
from tests.scenarios.workspace import Workspace, workspace

OUTAGE = "/incident outage All users unable to access service"
AT_1432 = datetime(2024, 3, 26, 14, 32, tzinfo=UTC)
TEMPLATE = """🚨 INCIDENT: Service outage detected
Status: Investigating
Impact: All users unable to access service
Started: 2024-03-26 14:32 UTC
Team: Investigating
Updates: Will provide update in 15 minutes"""


async def texts(team: Workspace) -> list[str]:
    return [row["text"] for row in await team.messages()]


async def room(team: Workspace, root: int = -1) -> list[str]:
    """The thread of an incident, by the place of its message in the channel."""
    ts = (await team.messages())[root]["ts"]
    return [row["rendered"] for row in (await team.messages(thread_ts=ts))[1:]]


async def test_one_line_opens_an_incident_in_the_words_of_the_process(tmp_path: Path) -> None:
    async with workspace(tmp_path, at=AT_1432) as team:
        answer = await team.types("cy", OUTAGE)
        assert answer.startswith("Incident INC-1 is open (outage: roll back now).")
        await team.passes("PT1S")
        assert await texts(team) == [TEMPLATE]
        sent = await team.sent("/chat.postMessage")
        assert sent[0]["text"] == TEMPLATE
        assert any("No deployment of app went live" in line for line in await room(team))


async def test_words_without_a_severity_open_the_form_with_what_was_typed(team: Workspace) -> None:
    await team.types("ana", "/incident update page is broken")
    assert (await team.get("/modal", **{"as": "ana"}))["callback_id"] == "incident"
    await team.submits("ana", Severity="Moderate: accelerate a hotfix")
    await team.passes("PT1S")
    lines = (await texts(team))[0].splitlines()
    assert lines[0] == "🚨 INCIDENT: app: moderate degradation"
    assert lines[2] == "Impact: update page is broken"
    assert lines[5] == "Updates: Will provide update in 30 minutes"
    assert any("hotfix INC-1 because" in line for line in await room(team))


async def test_a_guest_opens_nothing(team: Workspace) -> None:
    assert "INC-1" not in await team.types("eve", OUTAGE)
    assert await texts(team) == []


async def test_the_list_names_what_is_open(team: Workspace) -> None:
    assert (await team.types("ana", "/incident list")).startswith("No incident is open.")
    await team.types("ana", OUTAGE)
    await team.types("ana", "/incident minor The logo is pale")
    listed = await team.types("ana", "/incident list")
    assert "INC-1" in listed and "INC-2" in listed and "The logo is pale" in listed
    await team.passes("PT1S")
    await team.clicks("ana", "Resolve", ts=(await team.messages())[0]["ts"])
    assert "INC-1" not in await team.types("ana", "/incident list")


async def test_what_to_do_is_one_press_away_for_anybody_and_to_the_end(team: Workspace) -> None:
    async def reads(person: str) -> str:
        return str(await team.get("/modal", **{"as": person}))

    await team.types("ana", OUTAGE)
    await team.passes("PT1S")
    await team.clicks("cy", "Playbook")
    assert "*Roll back first, understand later.*" in await reads("cy")
    await team.types("bo", "/incident playbook")
    assert "call each other, and roll back by hand" in await reads("bo")
    await team.clicks("ana", "Close")
    await team.submits("ana", **{"Close as": "False positive"})
    await team.passes("PT5S")
    assert (await team.messages())[0]["buttons"] == ["Playbook"]
    await team.clicks("dee", "Playbook")
    assert "Write what happened and why it made sense" in await reads("dee")


async def test_a_team_with_a_playbook_of_its_own_is_led_there(tmp_path: Path) -> None:
    rules = {"incidents": {"playbook": "https://wiki.acme.example/how"}}
    async with workspace(tmp_path, rules=rules) as team:
        place = {"as": "cy", "channel": "deployments", "text": "/incident playbook"}
        told = (await team.post("/say", **place))["response"]["text"]
        assert told == "The playbook: <https://wiki.acme.example/how|what to do>"


async def test_nobody_tells_anything_so_the_bot_does(tmp_path: Path) -> None:
    async with workspace(tmp_path, at=AT_1432) as team:
        await team.types("ana", OUTAGE)
        await team.passes("PT12M")
        assert "the next update is due" in (await team.letters("ana"))[-1]
        await team.passes("PT3M")
        assert "is due now" in (await room(team))[-1]
        await team.passes("PT2M")
        said = (await room(team))[-1]
        assert "No new information since 14:32 UTC. Still investigating." in said
        assert (await texts(team))[0].splitlines()[5].startswith("Updates: Next update by")
        assert "15:04 UTC" in (await texts(team))[0]


async def test_an_update_keeps_the_promise_and_makes_the_next(tmp_path: Path) -> None:
    async with workspace(tmp_path, at=AT_1432) as team:
        await team.types("ana", OUTAGE)
        await team.passes("PT14M")
        await team.types("bo", "/incident update The database is full")
        await team.passes("PT4M")
        thread = await room(team)
        assert "The database is full" in thread[-1]
        assert not any("is due now" in line or "No new information" in line for line in thread)
        await team.passes("PT15M")  # 15:05, four minutes late
        await team.types("bo", "/incident update INC-1 Making room")
        await team.passes("PT9M")
        await team.types("bo", "/incident update INC-1 There is room")
        await team.passes("PT6M")
        await team.clicks("bo", "Resolve", ts=(await team.messages())[0]["ts"])
        await team.passes("PT1S")
        assert "Updates: 3 of 4 on time, one 4 min late" in (await texts(team))[-1]


async def test_after_a_restart_what_is_overdue_is_one_message(tmp_path: Path) -> None:
    async with workspace(tmp_path, at=AT_1432) as team:
        await team.types("ana", OUTAGE)
        await team.passes("PT9M")
        before = len(await room(team))
        await team.sleeps("PT9M")
        late = (await room(team))[before:]
        assert len(late) == 1
        assert "@ana No new information since 14:32 UTC" in late[0]
        assert await team.letters("ana") == []
        assert team.bot is not None
        events = await team.bot.store.read(lambda tx: tx.events(1))
        assert "gonogo was away from about 14:40 to 14:50 UTC" in [event.text for event in events]


@pytest.mark.parametrize("kind", ["status:503", "status_after_apply:503"])
async def test_while_slack_is_down_reminders_do_not_pile_up(tmp_path: Path, kind: str) -> None:
    async with workspace(tmp_path, at=AT_1432) as team:
        await team.types("ana", OUTAGE)
        await team.passes("PT10M")
        before = len(await room(team))
        await team.fault("slack", kind, path="/chat.postMessage", count=1000)
        await team.passes("PT8M")
        await team.mends()
        await team.passes("PT3M")
        late = (await room(team))[before:]
        assert [line for line in late if "is due now" in line][1:] == []
        assert sum("No new information since 14:32 UTC" in line for line in late) == 1
        if kind == "status:503":
            assert await team.letters("ana") == []


async def test_two_people_resolve_at_once(team: Workspace) -> None:
    await team.types("ana", OUTAGE)
    await team.passes("PT1S")
    ts = (await team.messages())[0]["ts"]
    await press_at_once(team, "Resolve", ts, "ana", "bo")
    await team.passes("PT4S")
    announced = [text for text in await texts(team) if text.startswith("INCIDENT RESOLVED")]
    assert len(announced) == 1
    told = [*await team.told("ana"), *await team.told("bo")]
    assert sum("Nothing was done: INC-1 is resolved already" in text for text in told) == 1
    assert "Resolve" not in (await team.messages())[0]["buttons"]


async def test_a_stale_button_explains_itself(team: Workspace) -> None:
    await team.types("ana", OUTAGE)
    await team.passes("PT1S")
    ts = (await team.messages())[0]["ts"]
    await team.clicks("ana", "Resolve", ts=ts)
    await team.passes("PT4S")
    await team.clicks("bo", "Restored", ts=ts, stale=True)
    await team.passes("PT1S")
    assert "INC-1 is resolved already" in (await team.told("bo"))[-1]


async def test_two_incidents_never_touch_each_other(tmp_path: Path) -> None:
    async with workspace(tmp_path, at=AT_1432) as team:
        await team.types("ana", OUTAGE)
        await team.types("bo", "/incident major Checkout is slow")
        await team.passes("PT13M")
        await team.types("ana", "/incident update INC-1 It is the proxy")
        await team.passes("PT3M")
        first, second = await room(team, 0), await room(team, 1)
        assert "It is the proxy" in first[-1]
        assert "@bo The update that was promised" in second[-1]
        assert not any("proxy" in line for line in second)
        await team.clicks("ana", "Resolve", ts=(await team.messages())[0]["ts"])
        await team.passes("PT2M")
        assert "No new information since 14:32 UTC" in (await room(team, 1))[-1]


async def test_a_drill_says_so_and_counts_nowhere(team: Workspace) -> None:
    await team.types("ana", "/incident drill outage Nobody can log in")
    await team.passes("PT1S")
    assert (await texts(team))[0].startswith("[DRILL] 🚨 INCIDENT: Service outage detected")
    assert team.bot is not None
    records = await team.bot.store.read(lambda tx: tx.incident_records("app"))
    assert records == ()


async def test_production_is_frozen_while_it_is_open(team: Workspace) -> None:
    await team.types("ana", "/incident major Checkout is slow")
    await team.asks()
    card = (await team.channel())[-1]
    assert "Blocked" in card and "It opens when INC-1 is resolved." in card
    await team.clicks("ana", "Resolve", ts=(await team.messages())[0]["ts"])
    await team.passes("PT1S")
    await team.asks()
    await team.until(lambda: waits(team), "PT2S")


async def waits(team: Workspace) -> bool:
    """Whether a card waits for approval and nothing blocks it."""
    return any("\nWaiting for approval\n" in text for text in await team.channel())


async def deployed(team: Workspace) -> None:
    """v1.2.1 is brought to production, all the way."""
    await team.asks_and_approves()
    await team.passes("PT2M")


async def test_the_last_deployment_is_suspected_with_its_reason(team: Workspace) -> None:
    await deployed(team)
    await team.passes("PT10M")
    await team.types("ana", OUTAGE)
    await team.passes("PT1S")
    suspect = (await room(team))[0]
    assert re.search(r"Suspect: v1\.2\.1 \(D\d+\)", suspect)
    assert "live 11 min before the start" in suspect or "live 12 min before the start" in suspect
    root = (await team.messages())[-1]["ts"]
    reply = (await team.messages(thread_ts=root))[1]["ts"]
    await team.clicks("cy", "Confirm", ts=reply)
    await team.passes("PT1S")
    assert "Only people with a role in the team's deployments" in (await team.told("cy"))[-1]
    await team.clicks("bo", "Confirm", ts=reply)
    await team.passes("PT4S")
    assert (await room(team))[0].startswith("Cause: v1.2.1")
    await team.clicks("bo", "Refute", ts=reply)
    await team.passes("PT4S")
    assert "is not the cause" in (await room(team))[0]
    await team.clicks("bo", "Confirm", ts=reply, stale=True)
    await team.passes("PT1S")
    assert "is no longer suspected in INC-1" in (await team.told("bo"))[-1]


async def test_severity_and_clocks_are_put_right_with_a_trail(team: Workspace) -> None:
    await team.types("ana", "/incident major Checkout is slow")
    await team.passes("PT5M")
    await team.clicks("ana", "Edit")
    said = await team.submits("ana", **{"Started at": "2024-03-26T11:00:00+00:00"})
    assert "before it was started" in said["errors"]["started"] or "to come" in str(said)
    said = await team.submits("ana", Severity="Minor: monitor, fix in the next deployment")
    await team.clicks("ana", "Edit")
    await team.submits("ana", **{"Started at": "2024-03-26T09:50:00+00:00"})
    await team.passes("PT4S")
    assert "Started: 2024-03-26 09:50 UTC" in (await texts(team))[0]
    trail = await team.trail("INC-1")
    assert trail[-1].detail["changes"]["started_at"][1] == "2024-03-26 09:50 UTC"
