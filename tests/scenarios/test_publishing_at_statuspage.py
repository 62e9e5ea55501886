"""The same at Statuspage: the post, and the component that falls and rises with it."""

from pathlib import Path

from sandbox.statuspage.host import PAGE, component_id
from tests.scenarios.test_publishing import line, opened, publishes
from tests.scenarios.workspace import Workspace, workspace

STATUSPAGE = {
    "status_page": {"kind": "statuspage", "page": PAGE},
    "services": {"app": {"component": component_id("app")}},
}


async def test_at_statuspage_its_component_falls_and_rises_with_the_worst(tmp_path: Path) -> None:
    async with workspace(tmp_path, rules=STATUSPAGE) as team:
        await opened(team)
        await opened(team, "/incident moderate Checkout is slow")
        await publishes(team, root=1)
        assert await health(team) == "degraded_performance"
        await publishes(team, root=0)
        assert await health(team) == "major_outage"
        assert (await line(team)).endswith("posted at its page")
        await team.clicks("dee", "Resolve", ts=(await team.messages())[0]["ts"])
        await team.passes("PT5S")
        assert await health(team) == "degraded_performance"
        await team.clicks("dee", "Resolve", ts=(await team.messages())[1]["ts"])
        await team.passes("PT5S")
        assert await health(team) == "operational"
        found = (await team.get("/statuspage"))["incidents"]
        assert [one["status"] for one in found] == ["resolved", "resolved"]


async def health(team: Workspace) -> str:
    [part] = (await team.get("/statuspage"))["components"]
    return str(part["status"])


async def test_a_try_that_was_lost_is_looked_for_even_after_a_definite_no(tmp_path: Path) -> None:
    async with workspace(tmp_path, rules=STATUSPAGE) as team:
        await opened(team)
        await team.fault("statuspage", "reset_after_apply", method="POST", count=1)
        await team.fault("statuspage", "status:401", method="GET", count=1)
        await publishes(team)
        await team.passes("PT2M")
        told = await line(team)
        assert told.startswith("Status page: perhaps posted (") and told.endswith(", look there")
        await publishes(team, "Update Status Page", says="Mending.")
        await team.passes("PT2M")
        [one] = (await team.get("/statuspage"))["incidents"]
        assert one["incident_updates"][0]["body"] == "Mending."
