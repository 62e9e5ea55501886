"""Where the configuration says so, what fails its validation is rolled back without a person; what
only a person may decide about is left to them.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bot.domain.closures.locks import Lock, LockKind
from tests.scenarios.workspace import Workspace, workspace

MONITORS = [{"kind": "posthog", "project": 1, "environment": "production"}]


def by_itself(**more: Any) -> dict[str, Any]:
    production = {"automatic_rollback": True, **more}
    return {"services": {"app": {"environments": {"production": production}}}}


async def alert(team: Workspace) -> str:
    return next(text for text in await team.channel() if "validation failed, production" in text)


@pytest.mark.timeout(300)
async def test_figures_that_are_bad_twice_take_it_back_and_all_of_it_is_said(
    tmp_path: Path,
) -> None:
    rules = by_itself(monitors=MONITORS)
    async with workspace(tmp_path, seed="bake", rules=rules) as team:
        await team.asks_and_approves()
        await team.passes("PT45S")
        await team.post("/monitor", system="posthog", error_rate=3.2)
        await team.passes("PT3M")
        told = await alert(team)
        assert "Error rate: 3.2 % (baseline 0.4 %)" in told
        assert "I go back to v1.2.0 by myself, as configured: D3." in told
        await team.passes("PT2M")
        assert "⚠️ Production rollback executed" in (await team.channel())[-1]
        assert (
            "Reason: Automatic, as configured: Error rate: 3.2 % (baseline 0.4 %)"
            in (await team.channel())[-1]
        )
        card = next(text for text in await team.channel() if "v1.2.0 back →" in text)
        assert "begun by gonogo, as configured" in card
        assert "begun by gonogo, as configured" in await team.types("cy", "/deployments show D3")
        assert not any("deployed to production successfully" in t for t in await team.channel())
        asked = [e for e in await team.trail("D3") if e.action == "rollback_requested"]
        assert [(e.actor, e.detail["by"]) for e in asked] == [("gonogo", "configuration")]


async def test_a_lock_leaves_it_to_a_person(tmp_path: Path) -> None:
    async with workspace(tmp_path, seed="bake", rules=by_itself()) as team:
        await team.asks_and_approves()
        await team.passes("PT45S")
        await team.types("dee", "/deployments lock app production because I look at the disks")
        await team.post("/health", environment="production", status="bad")
        await team.passes("PT2M")
        assert "I do not roll back by myself: L1 is held. Decide on the card" in await alert(team)
        assert (await team.state()).startswith("Degraded")
        assert [e.action for e in await team.trail("D2")][-1] == "not_rolled_back"


async def test_the_hold_of_an_earlier_rollback_stops_none(tmp_path: Path) -> None:
    async with workspace(tmp_path, seed="bake", rules=by_itself()) as team:
        hold = Lock(
            service="app",
            environment="production",
            kind=LockKind.HOLD,
            subject="D1",
            owner="",
            reason="rolled back",
            set_at=team.world.clock.now(),
        )
        assert team.bot is not None
        await team.asks_and_approves()
        await team.passes("PT45S")
        await team.bot.store.run(lambda tx: tx.add_lock(hold))
        await team.post("/health", environment="production", status="bad")
        await team.passes("PT2M")
        assert "I go back to v1.2.0 by myself, as configured: D3." in await alert(team)


async def test_a_migration_without_a_way_down_leaves_it_to_a_person(tmp_path: Path) -> None:
    async with workspace(tmp_path, rules=by_itself(deadline="PT1M")) as team:
        await team.asks_and_approves("/deploy v1.3.0")
        await team.post("/health", environment="production", status="bad", version="v1.3.0")
        await team.passes("PT2M")
        told = await alert(team)
        assert "I do not roll back by myself: " in told
        assert "cannot be undone in the database" in told
        assert (await team.state()).startswith("Degraded")


async def test_it_rests_on_the_configuration_up_to_the_last_moment(tmp_path: Path) -> None:
    async with workspace(tmp_path, seed="bake", rules=by_itself()) as team:
        await team.asks_and_approves()
        await team.passes("PT45S")
        await team.fault("github", "status:502", path="rollback.yml", count=99)
        await team.post("/health", environment="production", status="bad")
        await team.passes("PT1M")
        assert "by myself, as configured: D3" in await alert(team)
        await team.close()
        team.rules = by_itself(automatic_rollback=False)
        await team.mends()
        await team.open()
        await team.passes("PT2M")
        assert not any("Production rollback executed" in text for text in await team.channel())
        said = await team.types("ana", "/deployments why D3")
        assert "who asked for it may no longer roll back" in said
