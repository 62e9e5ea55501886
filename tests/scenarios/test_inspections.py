"""After a deployment with migrations the database is looked at, and people watch its queries."""

from pathlib import Path

from tests.scenarios.undoing import RULES
from tests.scenarios.workspace import Json, Workspace, workspace

SUCCESS = "✅ v1.3.0 deployed to production successfully"


async def deployed(team: Workspace) -> None:
    """v1.3.0, which drops a column, is live."""
    await team.asks_and_approves("/deploy v1.3.0")
    await team.until(lambda: said(team, SUCCESS), "PT10S")


async def said(team: Workspace, text: str) -> bool:
    return any(row.startswith(text) for row in await team.channel())


async def listed(team: Workspace) -> Json:
    """The list below the first card."""
    ts = (await team.messages())[0]["ts"]
    rows = await team.messages(thread_ts=ts)
    return next(row for row in rows if row["text"].startswith("Database after D2"))


async def looks(team: Workspace) -> list[str]:
    """What the workflow was asked, oldest first."""
    runs = (await team.get("/github/runs"))["runs"]
    return [r["inputs"]["command"] for r in reversed(runs) if r["workflow"] == "migrate.yml"]


async def test_both_looks_are_readings_and_come_after_the_success(tmp_path: Path) -> None:
    async with workspace(tmp_path, rules=RULES) as team:
        await team.post("/github/preset", workflow="migrate.yml", script="manual")
        await deployed(team)
        await team.passes("PT1M")
        assert await team.state() == "Succeeded"
        assert (await listed(team))["rendered"].splitlines()[:3] == [
            "Database after D2, which brought 1 migration",
            "○ migrate:status: under way",
            "○ test:data-integrity: under way",
        ]
        for _ in range(2):
            await team.ends_run("success")
            await team.passes("PT1M")

        assert await looks(team) == ["status", "data-integrity"]
        status, integrity = (await listed(team))["rendered"].splitlines()[1:3]
        assert status.startswith("✓ migrate:status: run ") and status.endswith("ended well")
        assert integrity.startswith("✓ test:data-integrity: run ")
        shown = await team.types("cy", "/deployments show D2")
        assert "Migrate:status: run" in shown and "Test:data-integrity: run" in shown
        assert [e.action for e in await team.trail("D2")].count("database_looked_at") == 2


async def test_people_sign_what_they_watched_once(tmp_path: Path) -> None:
    async with workspace(tmp_path, rules=RULES) as team:
        await deployed(team)
        row = await listed(team)
        assert row["buttons"] == [
            "Sign Off No slow queries",
            "Sign Off Index usage checked",
            "Sign Off No lock contention",
        ]
        await team.clicks("cy", "Sign Off No slow queries", ts=row["ts"])
        await team.clicks("ana", "Sign Off Index usage checked", ts=row["ts"])
        await team.passes("PT10S")
        assert "Only people with the role" in (await team.told("cy"))[-1]
        now = await listed(team)
        assert "○ No slow queries\n✓ Index usage checked, signed off by @ana" in now["rendered"]
        assert now["buttons"] == ["Sign Off No slow queries", "Sign Off No lock contention"]
        await team.clicks("bo", "Sign Off Index usage checked", ts=row["ts"], stale=True)
        await team.passes("PT5S")
        assert "needs no name (any more)" in (await team.told("bo"))[-1]
        assert "signed off" in await team.types("cy", "/deployments why D2")


async def test_what_does_not_fit_is_told_to_those_who_answer_for_it(tmp_path: Path) -> None:
    async with workspace(tmp_path, rules=RULES) as team:
        await team.post("/github/preset", workflow="migrate.yml", script="auto_failure")
        await deployed(team)
        await team.passes("PT3M")
        told = [row for row in await team.thread() if "test:data-integrity after D2" in row]
        assert len(told) == 1
        assert told[0].startswith("@ana @bo test:data-integrity after D2: run ")
        assert "✗ test:data-integrity: run" in (await listed(team))["rendered"]
        assert await team.state() == "Succeeded"


async def test_a_lost_answer_asks_the_database_once(tmp_path: Path) -> None:
    async with workspace(tmp_path, rules=RULES) as team:
        path = "/workflows/migrate.yml/dispatches"
        await team.fault("github", "status_after_apply:502", path=path)
        await deployed(team)
        await team.reopen()
        await team.passes("PT3M")
        assert await looks(team) == ["status", "data-integrity"]
        assert (await listed(team))["rendered"].count("ended well") == 2


async def test_without_migrations_there_is_nothing_to_look_at(team: Workspace) -> None:
    await team.asks_and_approves()
    await team.passes("PT2M")
    assert not any("Database after" in row for row in await team.thread())


async def test_what_is_not_configured_never_passes_for_good(tmp_path: Path) -> None:
    rules = {"services": {"app": {"migrations": {"paths": ["migrations/*.sql"]}}}}
    async with workspace(tmp_path, rules=rules) as team:
        await deployed(team)
        assert "○ test:data-integrity: not configured" in (await listed(team))["rendered"]
        await team.passes("PT1M")
        assert await looks(team) == []
