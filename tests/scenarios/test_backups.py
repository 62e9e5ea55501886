"""Backups: what the database could be restored from is read before its migrations run."""

from __future__ import annotations

import gc
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.config import ConfigError
from sandbox.world import World
from tests.scenarios.workspace import Workspace, workspace

BRINGS_MIGRATIONS = "/deploy v1.3.0"
NEWEST = "Newest backup 2024-03-26T02:00:00Z, 8 h 0 min old"


def blocking(**service: Any) -> dict[str, Any]:
    """Rules of a team that brings no migration without a backup."""
    return {"services": {"app": {"gates": {"backup": "block"}, **service}}}


def none_since_days(world: World) -> None:
    del world.digitalocean.database("app").backups[:2]


def none_at_all(world: World) -> None:
    world.digitalocean.database("app").backups.clear()


async def fields(team: Workspace) -> list[str]:
    """What Approve asks Bo for."""
    pressed = await team.clicks("bo", "Approve")
    if pressed["modal"] is None:
        return []
    form = await team.get("/modal", **{"as": "bo"})
    return [b["label"]["text"] for b in form["blocks"] if b["type"] == "input"]


async def test_a_recent_backup_stands_on_the_card_and_nobody_has_to_name_it(
    team: Workspace,
) -> None:
    await team.asks(BRINGS_MIGRATIONS)
    assert NEWEST in await team.card()
    assert await fields(team) == ["Staging validation completed"]
    await team.submits("bo", **{"Staging validation completed": ["staging"]})
    await team.passes("PT45S")

    assert await team.state() == "Succeeded"
    assert f"• backup passed: {NEWEST}." in await team.types("cy", "/deployments why D2")


async def test_without_migrations_nobody_asks_for_backups(team: Workspace) -> None:
    await team.asks()
    assert "backup" not in (await team.card()).lower()
    assert (await team.get("/journal", system="digitalocean"))["journal"] == []


@pytest.mark.parametrize(
    ("begin", "says"),
    [
        (none_since_days, "Newest backup 2024-03-24T02:00:00Z, 2 d 8 h old: more than 26 h 0 min"),
        (none_at_all, "The database has no backup"),
    ],
)
async def test_an_old_or_a_missing_one_warns_and_is_asked_for(
    tmp_path: Path, begin: Callable[[World], None], says: str
) -> None:
    async with workspace(tmp_path, begin=begin) as team:
        await team.asks(BRINGS_MIGRATIONS)
        assert f"Warning: {says}" in await team.card()
        assert (await fields(team))[1:] == ["Backup id", "Age of the backup"]


async def test_where_it_blocks_a_fresh_one_opens_the_card_by_itself(tmp_path: Path) -> None:
    async with workspace(tmp_path, rules=blocking(), begin=none_at_all) as team:
        await team.asks(BRINGS_MIGRATIONS)
        assert await team.state() == "Blocked"
        assert "• The database has no backup. Have one made, and see why" in await team.card()
        made = team.world.clock.now() - timedelta(minutes=2)
        team.world.digitalocean.database("app").backups.append(made)
        await team.passes("PT1M")
        await team.passes("PT5S")

        assert await team.state() == "Waiting for approval"
        assert f"Newest backup {made:%Y-%m-%dT%H:%M:%SZ}, 3 min old" in await team.card()


async def test_a_lifted_one_is_not_asked_for(tmp_path: Path) -> None:
    async with workspace(tmp_path, rules=blocking(), begin=none_at_all) as team:
        await team.asks(BRINGS_MIGRATIONS)
        await team.clicks("bo", "Override")
        reason = "The table that goes is empty since 2019"
        await team.submits("bo", **{"Gates to lift": ["backup"], "Reason": reason})
        await team.passes("PT5S")

        assert f"Backup lifted by @bo 2024-03-26 10:00 UTC: {reason}" in await team.card()
        assert await fields(team) == ["Staging validation completed"]


async def test_a_backup_that_grows_old_after_the_approval_voids_it(tmp_path: Path) -> None:
    async with workspace(tmp_path, rules=blocking()) as team:
        await team.asks(BRINGS_MIGRATIONS)
        team.world.digitalocean.database("app").backups.clear()
        await team.approves("bo")
        await team.passes("PT10S")

        assert "Void\nThe database has no backup; the approval is void." in await team.card()
        assert await team.dispatches() == []


async def test_a_silent_digitalocean_never_passes(tmp_path: Path) -> None:
    async with workspace(tmp_path, rules=blocking()) as team:
        await team.fault("digitalocean", "status:503", path="/backups", count=1000)
        await team.types("ana", BRINGS_MIGRATIONS)
        await team.until(team.has_card)
        assert await team.state() == "Blocked"
        assert "• Backup could not be read: " in await team.card()
        await team.mends()
        await team.passes("PT1M")
        await team.passes("PT5S")

        assert "Newest backup 2024-03-26T02:00:00Z, 8 h" in await team.card()


async def test_what_is_not_set_up_is_signed_by_hand(tmp_path: Path) -> None:
    async with workspace(tmp_path, rules=blocking(backups=None)) as team:
        await team.asks(BRINGS_MIGRATIONS)
        assert "Not set up: No database whose backups are read" in await team.card()
        assert (await fields(team))[1:] == ["Backup id", "Age of the backup"]


async def test_a_database_without_a_token_ends_the_start(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as wrong:
        async with workspace(tmp_path, DIGITALOCEAN_TOKEN=""):
            pass
    assert wrong.value.problems == ["DIGITALOCEAN_TOKEN: is missing (backups of app)"]
    del wrong  # holds what was made until then
    gc.collect()  # tells of a connection that was left open, which is an error
