"""The public hears of a maintenance before a deployment, when somebody says so, and of its end."""

from pathlib import Path
from typing import Any

from sandbox.statuspage.host import PAGE, component_id
from tests.scenarios.test_publishing import LAG
from tests.scenarios.workspace import Workspace, workspace

OFFERED = {"status_page": {"maintenance": True}}
STATUSPAGE = {
    "status_page": {"kind": "statuspage", "page": PAGE, "maintenance": True},
    "services": {"app": {"component": component_id("app")}},
}
TITLE = "Maintenance of app (D2)"
SAYS = (
    "We are bringing a new version into production. There may be short interruptions while we do."
)


async def announces(team: Workspace, person: str = "ana", **values: str) -> dict[str, Any]:
    """Presses the button below the card, and sends the preview."""
    await team.clicks(person, "Announce Maintenance", ts=await offer(team))
    told = await team.submits(person, **values)
    await team.passes("PT5S")
    return told


async def kuma(team: Workspace) -> list[tuple[str, str]]:
    """The maintenances that the page at Uptime Kuma shows."""
    found = await team.get("/kuma")
    assert found["posts"] == []
    return [(one["title"], one["description"]) for one in found["under_way"]]


async def kept(team: Workspace) -> list[tuple[str, bool]]:
    """All of Kuma's maintenances: what they say, and whether they are active."""
    found = await team.get("/kuma")
    return [(one["description"], one["active"]) for one in found["maintenances"]]


async def offer(team: Workspace) -> str:
    replies = await team.messages(thread_ts=(await team.messages())[0]["ts"])
    return next(str(row["ts"]) for row in replies if "Announce Maintenance" in row["buttons"])


async def lines(team: Workspace) -> list[str]:
    """What the thread of the card says of the page."""
    return [line for line in await team.thread() if "tatus page:" in line or "not take it" in line]


async def test_it_is_announced_before_and_over_at_the_end(tmp_path: Path) -> None:
    async with workspace(tmp_path, rules=OFFERED) as team:
        await team.asks()
        await team.clicks("ana", "Announce Maintenance", ts=await offer(team))
        preview = str(await team.get("/modal", **{"as": "ana"}))
        assert "This is public" in preview and "(D2)" in preview and "10 minutes" in preview
        assert await kuma(team) == []
        await team.submits("ana")
        await team.passes("PT5S")
        assert await kuma(team) == [(TITLE, SAYS)]
        assert await lines(team) == [
            f"Status page: maintenance, posted at its page {LAG}: “{SAYS}”"
        ]

        await team.approves("bo")
        await team.passes("PT20S")
        assert await kuma(team) == [(TITLE, SAYS)]
        await team.passes("PT2M")
        assert "✅ v1.2.1 deployed to production" in (await team.channel())[-1]
        assert await kuma(team) == []
        assert await kept(team) == [("The maintenance is complete.", False)]
        assert "completed, posted" in (await lines(team))[-1]


async def test_what_did_not_go_out_is_over_as_well(tmp_path: Path) -> None:
    async with workspace(tmp_path, rules=OFFERED) as team:
        await team.asks()
        await announces(team)
        await team.clicks("ana", "Cancel")
        await team.passes("PT5S")
        assert await kept(team) == [("The maintenance has ended.", False)]
        await team.clicks("ana", "Announce Maintenance", ts=await offer(team))
        await team.passes("PT1S")
        assert (await team.told("ana"))[-1] == "Nothing was announced: D2 (v1.2.1) is over."


async def test_a_page_that_is_down_or_answers_late_gets_one_post(tmp_path: Path) -> None:
    async with workspace(tmp_path, rules=OFFERED) as team:
        await team.asks()
        await team.fault("kuma", "reset_after_apply", path="addMaintenance")
        await announces(team)
        await team.passes("PT15S")
        first, *_, last = await lines(team)
        assert first.startswith("Status page: maintenance, not posted yet (the connection broke)")
        assert last.startswith("Status page: maintenance, posted")
        assert await kuma(team) == [(TITLE, SAYS)]
        assert len(await kept(team)) == 1


async def test_who_asked_for_what_is_declined_is_told(tmp_path: Path) -> None:
    async with workspace(tmp_path, rules=OFFERED) as team:
        await team.asks()
        await team.fault("kuma", "status:500", path="addMaintenance")
        await announces(team)
        [told] = await lines(team)
        assert told.startswith("@ana The status page does not take it (SQLITE_BUSY")

        await team.clicks("ana", "Cancel", ts=await card(team))
        await team.passes("PT5S")
        assert await kept(team) == []
        assert (await lines(team))[-1] == "Status page: completed, nothing was posted."


async def test_at_statuspage_the_worst_shows(tmp_path: Path) -> None:
    async with workspace(tmp_path, rules=STATUSPAGE) as team:
        await team.asks()
        await announces(team)
        assert await page(team) == ("under_maintenance", [(TITLE, "in_progress")])
        [known] = (await team.get("/statuspage"))["incidents"]
        assert (known["scheduled_for"][:16], known["scheduled_until"][:16]) == (
            "2024-03-26T10:00", "2024-03-26T11:00"
        )  # fmt: skip
        await team.types("cy", "/incident moderate Search is slow")
        await team.passes("PT2S")
        ts = (await team.messages())[1]["ts"]
        await team.clicks("dee", "Publish", ts=ts)
        await team.submits("dee")
        await team.passes("PT5S")
        assert (await page(team))[0] == "degraded_performance"
        await team.clicks("dee", "Resolve", ts=ts)
        await team.passes("PT5S")
        assert (await page(team))[0] == "under_maintenance"
        await team.clicks("ana", "Cancel", ts=(await team.messages())[0]["ts"])
        await team.passes("PT5S")
        health, posts = await page(team)
        assert health == "operational"
        assert posts[0] == (TITLE, "completed")


async def page(team: Workspace) -> tuple[str, list[tuple[str, str]]]:
    found = await team.get("/statuspage")
    [part] = found["components"]
    return part["status"], [(one["name"], one["status"]) for one in found["incidents"]]


async def test_a_rollback_is_not_kept_waiting_by_a_question(tmp_path: Path) -> None:
    async with workspace(tmp_path, rules=OFFERED) as team:
        await team.asks_and_approves()
        await team.passes("PT2M")
        await team.types("ana", "/rollback because it is broken")
        await team.clicks_own("ana", "Roll Back to v1.2.0")
        await team.passes("PT5S")
        ts = next(row["ts"] for row in await team.messages() if "back →" in row["text"])
        assert "Announce Maintenance" not in str(await team.messages(thread_ts=str(ts)))


async def test_who_has_no_say(tmp_path: Path) -> None:
    async with workspace(tmp_path, rules=OFFERED) as team:
        await team.asks()
        button = await offer(team)
        await team.clicks("cy", "Announce Maintenance", ts=button)
        await team.passes("PT1S")
        assert "may tell the public" in (await team.told("cy"))[-1]
        await team.clicks("bo", "Announce Maintenance", ts=button)
        told = await team.submits("bo", **{"What the public reads": " "})
        assert told["errors"] == {"text": "Say something to the public, or close this form."}
        await team.submits("bo", **{"What the public reads": "Soon."})
        await team.passes("PT5S")
        await team.clicks("ana", "Announce Maintenance", ts=button)
        await team.passes("PT1S")
        assert "is announced already" in (await team.told("ana"))[-1]


async def card(team: Workspace) -> str:
    return str((await team.messages())[0]["ts"])


async def test_where_nobody_wants_it_nothing_is_offered(team: Workspace) -> None:
    await team.asks()
    assert "Announce Maintenance" not in str(await team.messages(thread_ts=await card(team)))
