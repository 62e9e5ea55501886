"""A12: Friday 22:00, an outage, a freeze, a lock, red CI: one person goes back all the same."""

from datetime import UTC, datetime
from pathlib import Path

from tests.scenarios.workspace import Workspace, workspace

FRIDAY = datetime(2024, 3, 29, 14, 0, tzinfo=UTC)
HOURS = {"tz": "UTC", "hours": ["09:00", "17:00"], "weekdays": ["mon", "tue", "wed", "thu", "fri"]}
RULES = {"services": {"app": {"windows": {"production": HOURS}}}}


async def everything_is_against_it(team: Workspace) -> None:
    """v1.2.1 was deployed in time; then the evening comes."""
    await team.asks_and_approves()
    await team.passes("PT2M")
    assert await team.state() == "Succeeded"
    await team.passes("PT7H58M")
    await team.types("dee", "/deployments lock because nobody is awake")
    await team.types("dee", "/deployments freeze easter from 2024-03-29 to 2024-04-02")
    await team.post("/github/preset", workflow="ci.yml", script="auto_failure")
    await team.post("/github/merge", pr=8)
    await team.post("/health", environment="production", status="bad")
    await team.types("cy", "/incident outage All users unable to access service")
    await team.passes("PT1M")
    refused = await team.types("ana", "/deploy v1.3.0")
    await team.passes("PT5S")
    assert "v1.3.0" in refused
    assert any("Blocked" in row for row in await team.channel())


async def test_nothing_but_a_reason_is_asked_of_one_person(tmp_path: Path) -> None:
    async with workspace(tmp_path, at=FRIDAY, rules=RULES) as team:
        await everything_is_against_it(team)
        said = await team.types("bo", "/rollback")
        assert said == ""  # the form asks for the reason
        await team.submits("bo", **{"Reason": "Critical functionality broken"})
        await team.passes("PT15S")
        assert not any("Rolled back to" in row for row in await team.channel())
        await team.post("/health", environment="production", status="ok")
        await team.passes("PT2M")

        shown = await team.channel()
        assert any(
            row.startswith(
                "⚠️ Production rollback executed\nReason: Critical functionality broken\n"
                "Rolled back to: v1.2.0\nStatus: Service restored"
            )
            for row in shown
        )
        assert "L3 app production: held by gonogo" in await team.types("bo", "/deployments locks")
        assert team.bot is not None
        (record,) = await team.bot.store.read(lambda tx: tx.incident_records("app"))
        rollback = (await team.bot.store.read(lambda tx: tx.records("app", "production")))[-1]
        assert record.restored_at == rollback.healthy_at
