"""A10: a rollback and a deployment at the same instant; one holds the slot, never both at once."""

from datetime import datetime

from tests.scenarios.workspace import Json, Workspace


async def runs(team: Workspace) -> list[Json]:
    """The runs that change production, oldest first, without those of before."""
    rows: list[Json] = (await team.get("/github/runs"))["runs"]
    wanted = ("release.yml", "rollback.yml")
    return [run for run in reversed(rows) if run["workflow"] in wanted][3:]


async def test_what_runs_is_ended_before_the_rollback_begins(team: Workspace) -> None:
    await team.asks_and_approves()
    await team.passes("PT8S")
    assert await team.state() == "Running"
    said = await team.types("bo", "/rollback because v1.2.1 was a mistake")
    refused = await team.types("ana", "/deploy v1.3.0")
    assert "D2 (v1.2.1, running) is stopped first" in said
    assert "D2" in refused and "v1.2.1" in refused  # who holds the slot
    await team.clicks_own("bo", "Abort D2 and Roll Back to v1.2.0")
    refused = await team.types("ana", "/deploy v1.3.0")
    assert "D2" in refused or "D3" in refused
    await team.passes("PT3M")

    first, second = await runs(team)
    assert (first["inputs"]["version"], first["conclusion"]) == ("v1.2.1", "cancelled")
    assert (second["inputs"]["version"], second["conclusion"]) == ("v1.2.0", "success")
    ended = datetime.fromisoformat(first["updated_at"])
    assert datetime.fromisoformat(second["created_at"]) >= ended
    assert await team.runs_of("v1.3.0") == []
