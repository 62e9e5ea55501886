"""What the process asks of a deployment that went wrong: the five items fill themselves."""

from pathlib import Path

from tests.scenarios.workspace import Workspace, workspace

ITEMS = (
    "Issue documented",
    "Rollback executed",
    "Root cause identified",
    "Hotfix planned",
    "Post-mortem scheduled",
)


async def issues(team: Workspace) -> list[str]:
    """The five as `/deployments show` tells them to anybody."""
    shown = await team.types("cy", "/deployments show D2")
    lines = shown.splitlines()
    return [line for line in lines if any(f" {item}" in line for item in ITEMS)]


async def test_from_a_bad_deployment_to_its_post_mortem(tmp_path: Path) -> None:
    async with workspace(tmp_path) as team:
        await team.post("/github/preset", workflow="release.yml", script="manual")
        await team.asks_and_approves()
        await team.passes("PT10S")
        await team.post("/health", environment="production", status="bad")
        await team.ends_run("success")
        await team.passes("PT6M")
        documented = "✓ Issue documented: not healthy within 5 min: HTTP 500"
        assert await issues(team) == [documented, *(f"○ {item}" for item in ITEMS[1:])]

        await team.types("dee", "/incident outage Nobody can log in")
        await team.passes("PT5S")
        await team.clicks("bo", "Roll Back")
        await team.submits("bo", Reason="Significant increase in error rates")
        await team.post("/health", environment="production", status="ok", version="v1.2.0")
        await team.passes("PT5M")
        assert await issues(team) == [
            "✓ Issue documented: Taken back by a rollback to v1.2.0",
            "✓ Rollback executed: D3, v1.2.0 rolled back",
            "✓ Root cause identified: it is the confirmed cause of INC-1",
            "○ Hotfix planned",
            "○ Post-mortem scheduled",
        ]

        await team.types("ana", "/deploy v1.3.0 hotfix INC-1 because sign-in is mended")
        await team.passes("PT5S")
        await team.clicks("dee", "Resolve")
        await team.passes("PT1M")
        *_, hotfix, post_mortem = await issues(team)
        assert hotfix == "✓ Hotfix planned: D4, v1.3.0 blocked"
        assert post_mortem == "✓ Post-mortem scheduled: INC-1, due 2024-03-27 10:11 UTC"
