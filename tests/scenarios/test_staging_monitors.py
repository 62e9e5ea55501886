"""Monitors of staging: read as production's are, and told where staging is told."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.scenarios import outside
from tests.scenarios.test_merges import merges, status
from tests.scenarios.workspace import Json, Workspace, workspace

MONITORS: list[dict[str, Any]] = [
    {"kind": "posthog", "project": 1, "environment": "staging"},
    {"kind": "sentry", "organization": "acme", "project": 1, "environment": "staging"},
    {"kind": "uptime_kuma", "page": "default-page", "monitor": "app"},
]
STAGING = {"monitors": MONITORS, "bake": "PT2M"}


def rules(**more: str) -> Json:
    return {"services": {"app": {"environments": {"staging": STAGING | more}}}}


@pytest.fixture
async def team(tmp_path: Path) -> AsyncIterator[Workspace]:
    async with workspace(tmp_path, seed="bake", rules=rules()) as opened:
        yield opened


async def passes(team: Workspace, minutes: int) -> None:
    for _ in range(minutes):
        await team.passes("PT1M")


async def test_after_a_merge_each_reading_is_kept_and_nothing_is_said(team: Workspace) -> None:
    await merges(team)
    await passes(team, 4)
    shown = await team.types("ana", "/deployments show D2")
    assert "\nSucceeded\n" in shown
    assert "\nError rate: 0.4 % (no baseline)\n" in shown  # a merge is known of after it
    assert "\nUptime kuma: up\n" in shown
    assert "\nIssues: " in shown
    assert await team.channel() == []


async def test_a_monitor_that_is_down_after_a_merge_is_told_once(team: Workspace) -> None:
    name = await merges(team)
    await team.passes("PT50S")
    await team.post("/monitor", system="kuma", status="down")
    await passes(team, 4)
    [alert] = [text for text in await team.channel() if text.startswith("app staging")]
    assert alert.startswith(f"app staging is not well after {name} (D2)\nUptime Kuma: down")
    assert f"app staging: {name} (D2) failed" in "\n".join(await status(team))


@pytest.mark.parametrize("rate", [0.4, 3.2])
async def test_what_somebody_deploys_there_is_compared_with_before(
    tmp_path: Path, rate: float
) -> None:
    by_hand = rules(workflow="rollback.yml")
    async with workspace(tmp_path, seed="bake", rules=by_hand) as team:
        await team.asks("/deploy v1.3.0 to staging")
        await team.passes("PT25S")
        outside.runs_on_staging(team.world, "v1.3.0")
        await team.passes("PT20S")
        await team.post("/monitor", system="posthog", error_rate=rate)
        await passes(team, 3)
        shown = await team.types("ana", "/deployments show D3")
        assert f"\nError rate: {rate} % (baseline 0.4 %)\n" in shown
        assert "\nUptime kuma: up\n" in shown
        assert "\nIssues: Sentry has not heard of v1.3.0 in staging" in shown
        said = (await team.channel())[-1]
        if rate == 0.4:
            assert await team.state() == "Succeeded"
            assert said.startswith("✅ v1.3.0 deployed to staging successfully")
            assert "- Error rate: Normal" in said
        else:
            assert (await team.state()).startswith("Degraded")
            assert said.startswith("app v1.3.0 → staging: validation failed")
            assert "Error rate: 3.2 % (baseline 0.4 %)" in said
