"""App Home: what waits for whom, how things stand, and what one is told about."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sandbox.slack.rendering import blocks_text
from tests.scenarios.test_incident_ends import root
from tests.scenarios.test_watches import goes_live, takes
from tests.scenarios.workspace import Workspace, workspace


async def home(team: Workspace, person: str) -> str:
    """What a person reads on the Home tab, a moment after opening it."""
    await team.get("/home", **{"as": person})
    await team.passes("PT2S")
    return await shown(team, person)


async def shown(team: Workspace, person: str) -> str:
    """What stands on the Home of a person who has it open."""
    view = await team.get("/home", **{"as": person, "open": "false"})
    return blocks_text(team.world.slack, view["blocks"])


async def presses_at_home(team: Workspace, person: str, button: str) -> None:
    view = await team.get("/home", **{"as": person, "open": "false"})
    await team.post("/click", **{"as": person, "view_id": view["id"], "button": button})
    await team.passes("PT2S")


async def test_it_says_what_waits_for_whom(team: Workspace) -> None:
    await team.asks()
    boss = await home(team, "bo")
    assert boss.startswith(
        "Waits for you\nApprove or reject app v1.2.1 → production (D2), asked for by @ana, until "
    )
    assert "app production: v1.2.0 (D1)" in boss
    assert "app production, 28 days up to 2024-03-26 10:00 UTC: " in boss
    assert "Goal: Deploy to staging daily: " in boss
    assert "D2: v1.2.1 waiting for approval, by @ana" in boss
    assert (await home(team, "ana")).startswith(
        "Waits for you\n"
        "Sign off for app v1.2.1 → production (D2), in its thread: Monitoring configured\n"
    )
    assert "Nothing waits for you." in await home(team, "cy")

    await team.approves("bo")
    await team.passes("PT20S")
    assert "Nothing waits for you." in await shown(team, "bo")


async def test_what_ran_before_is_counted_soon_after_the_first_start(team: Workspace) -> None:
    await team.passes("PT2M")
    assert "UTC: 0.2 deployments a week" in await home(team, "cy")


async def test_the_link_leads_to_the_card(team: Workspace) -> None:
    await team.asks()
    await home(team, "bo")
    view = await team.get("/home", **{"as": "bo", "open": "false"})
    (card,) = await team.messages()
    assert f"/p{card['ts'].replace('.', '')}|app v1.2.1" in view["blocks"][1]["text"]["text"]


@pytest.mark.parametrize("kind", ["status:404", "status:503"])
async def test_a_card_that_cannot_be_linked_stops_nothing(team: Workspace, kind: str) -> None:
    await team.asks()
    await team.fault("slack", kind, path="/chat.getPermalink", count=99)
    assert "app v1.2.1 → production (D2)" in await home(team, "bo")
    await team.types("ana", "/deployments lock app staging because of a migration")
    await team.passes("PT30S")
    assert "L1 app staging: locked by @ana" in await shown(team, "bo")


async def test_locks_incidents_windows_and_links(tmp_path: Path) -> None:
    rules = {"links": {"Dashboards": "https://grafana.example/d/app"}}
    async with workspace(tmp_path, seed="bake", rules=rules) as team:
        await team.types("ana", "/deployments lock app staging because of a migration")
        await team.types("dee", "/incident minor the logo is gone")
        await team.passes("PT5S")
        told = await home(team, "dee")
        assert "Tell people news of INC-1" in told
        assert "L1 app staging: locked by @ana" in told
        assert "INC-1 app: minor degradation (minor, investigating) since" in told
        assert "app production: Window open" in told
        assert "Dashboards" in told
        view = await team.get("/home", **{"as": "dee", "open": "false"})
        texts = [str(block.get("text", {}).get("text")) for block in view["blocks"]]
        assert any("<https://grafana.example/d/app|Dashboards>" in text for text in texts)


async def test_what_a_bake_and_an_incident_ask_of_whom(tmp_path: Path) -> None:
    async with workspace(tmp_path, seed="bake") as team:
        await goes_live(team)
        asked_to = "Watch app v1.2.1 → production (D2), until 2024-03-26 10:15 UTC: press"
        assert asked_to in await home(team, "dee")
        mine = await home(team, "ana")
        assert asked_to in mine
        assert (
            "Sign off for app v1.2.1 → production (D2), in its thread: Application loads in "
            "browser, Authentication works, Critical user flows tested and "
        ) in mine
        assert "Sign off" not in await home(team, "cy")
        await takes(team, "dee")
        assert asked_to not in await home(team, "ana")
        assert "Sign off for app v1.2.1" in await home(team, "dee")

        await team.types("cy", "/incident major Sign-in is slow")
        await team.passes("PT5S")
        assert "Confirm or rule out D2 as the cause of INC-1" in await home(team, "cy")
        assert "Confirm or rule out" not in await home(team, "dee")
        for button in ("Restored", "Resolve"):
            await team.clicks("dee", button, ts=await root(team))
            await team.passes("PT5S")
        assert "Publish the post-mortem of INC-1 app: major degradation, due 2024-03-27 10:0" in (
            await home(team, "cy")
        )


async def test_notifications_are_switched_where_they_are_shown(team: Workspace) -> None:
    assert "You get a direct message when something that you wrote" in await home(team, "ana")
    await presses_at_home(team, "ana", "Turn Off")
    assert "You get no direct message when" in await shown(team, "ana")
    assert [entry.action for entry in await team.trail("U0ANA")] == ["letters_off"]
    await presses_at_home(team, "ana", "Turn On")
    assert "You get a direct message when" in await shown(team, "ana")
    assert await team.letters("ana") == []


async def test_a_guest_sees_nothing(team: Workspace) -> None:
    told = await home(team, "eve")
    assert told.startswith("I do not know this account.")
    assert "v1.2.0" not in told


async def test_many_openings_are_shown_once_and_a_fault_is_outlived(team: Workspace) -> None:
    await team.fault("slack", "status:503", path="/views.publish", count=3)
    for _ in range(5):
        await team.get("/home", **{"as": "ana"})
    await team.passes("PT30S")
    assert "app production: v1.2.0" in await shown(team, "ana")
    done = [row for row in await calls(team) if row["status"] == 200]
    assert len(done) <= 3


async def test_it_is_kept_up_to_date_for_a_while(team: Workspace) -> None:
    await home(team, "cy")
    await team.types("ana", "/deployments lock production because of maintenance")
    await team.passes("PT30S")
    assert "L1 production of every service" in await shown(team, "cy")
    await team.passes("PT15M")
    before = len(await calls(team))
    await team.types("ana", "/deployments unlock L1")
    await team.passes("PT2M")
    assert len(await calls(team)) == before
    assert "Locks and freezes" not in await home(team, "cy")


async def calls(team: Workspace) -> list[dict[str, Any]]:
    rows = (await team.get("/journal", system="slack"))["journal"]
    return [row for row in rows if row["path"] == "/views.publish"]
