"""Shortcuts open an incident: from anywhere, or from a message that tells of it."""

from pathlib import Path

from tests.scenarios.test_incident_ends import message, room
from tests.scenarios.workspace import Workspace, workspace

WROTE = "@bo checkout fails for all & <nobody> can pay, see https://status.acme.example"


async def test_what_somebody_wrote_becomes_an_incident(team: Workspace) -> None:
    said = await team.post("/say", **{"as": "cy", "channel": "deployments", "text": WROTE})
    await team.passes("PT4M")
    used = {"as": "ana", "channel": "deployments", "name": "Open incident about this"}
    assert (await team.post("/shortcut", **used, ts=said["ts"]))["modal"]
    form = await team.get("/modal", **{"as": "ana"})
    assert form["blocks"][0]["text"]["text"].startswith("From what <@U0CY> wrote in <#C0DEPLOY>.")
    await team.submits("ana", Severity="Major: roll back")
    await team.passes("PT1S")
    assert f"Impact: {WROTE}" in await message(team)
    assert "Started: 2024-03-26 10:00 UTC" in await message(team)
    assert "Opened from what @cy wrote in #deployments. The message" in await room(team)
    link = f"{team.world.base_url}/archives/C0DEPLOY/p{said['ts'].replace('.', '')}"
    posted = await team.sent("/chat.postMessage")
    assert any(f"<{link}|The message>" in row["text"] for row in posted)

    wrong = {"as": "cy", "channel": "deployments", "ts": said["ts"]}
    await team.post("/edit", **wrong, text="only cards fail")
    await team.passes("PT1S")
    assert team.bot is not None
    events = await team.bot.store.read(lambda tx: tx.events(1))
    source = f"C0DEPLOY:{said['ts']}"
    told = [(event.text, event.by) for event in events if event.source == source]
    assert told == [(WROTE, "U0CY"), ("only cards fail", "U0CY")]


async def test_one_is_opened_from_anywhere_but_not_by_a_guest(team: Workspace) -> None:
    opened = await team.post("/shortcut", **{"as": "eve", "name": "Open an incident"})
    assert opened["modal"] is None
    await team.passes("PT1S")
    answers = await team.messages("@eve", **{"as": "eve"})
    assert "I do not know this account" in answers[-1]["rendered"]

    assert (await team.post("/shortcut", **{"as": "ana", "name": "Open an incident"}))["modal"]
    await team.submits("ana", **{"What users see": "Nobody can log in"})
    await team.passes("PT1S")
    assert "Impact: Nobody can log in" in await message(team)


async def test_a_long_message_of_an_app_in_another_channel_fits(tmp_path: Path) -> None:
    async with workspace(tmp_path, mode="http") as team:
        text = "🔥 outage " * 300
        said = await team.post("/say", **{"as": "cy", "channel": "general", "text": text})
        team.world.slack.channel_named("general").messages[said["ts"]].user = ""
        used = {"as": "ana", "channel": "general", "name": "incident_from_message"}
        assert (await team.post("/shortcut", **used, ts=said["ts"]))["modal"]
        await team.submits("ana")
        await team.passes("PT1S")
        told = "Opened from what an app wrote in #general."
        assert any(line.startswith(told) for line in await room(team))
