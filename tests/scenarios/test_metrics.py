"""Metrics: the numbers at once, the picture as a direct message; goals with their reasons."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot import exchange
from bot.services.knowing.exchanging import take_in
from sandbox.world import World
from tests.scenarios.workspace import TUESDAY, Workspace, workspace

MONDAY = TUESDAY - timedelta(days=1, hours=10)


def when(days: float, minutes: float = 0) -> str:
    return (MONDAY + timedelta(days=days, hours=10, minutes=minutes)).isoformat()


def a_month() -> Iterator[dict[str, Any]]:
    """Four weeks before last week: two deployments a week, one of which failed, one incident."""
    for number in range(8):
        live = -35 + 7 * (number // 2) + number % 2
        yield {
            "type": "deployment",
            "id": f"X{number}",
            "service": "app",
            "environment": "production",
            "version": f"v0.{number}.0",
            "result": "failure" if number == 5 else "success",
            "requested_at": when(live, -10),
            "live_at": when(live),
            "healthy_at": when(live, 2),
            "commits": [{"sha": f"{number:040}", "authored_at": when(live - 2)}],
        }
    yield {
        "type": "incident",
        "id": "INC-9",
        "service": "app",
        "severity": "major",
        "title": "slow",
        "declared_at": when(-16),
        "started_at": when(-16),
        "restored_at": when(-16, 45),
        "cause": "X6",
        "cause_state": "suspected",
    }


async def fill(team: Workspace) -> None:
    found = exchange.read([json.dumps(line).encode() for line in a_month()])
    assert team.bot is not None
    await team.bot.store.run(lambda tx: take_in(tx, found.deployments, found.incidents))


async def pictures(team: Workspace, person: str) -> list[dict[str, Any]]:
    """The direct messages that show a picture; drawing takes real time, the first one longest."""

    async def have_come() -> bool:
        return bool(await shown())

    async def shown() -> list[dict[str, Any]]:
        rows = await team.messages(f"@{person}")
        return [row for row in rows if row["blocks"] and row["blocks"][-1]["type"] == "image"]

    await team.until(have_come)
    return await shown()


async def test_the_numbers_come_at_once_and_the_picture_soon(team: Workspace) -> None:
    await fill(team)
    told = await team.types("cy", "/deployments metrics app production 2024-02-19..2024-03-18")

    assert "Metrics 2024-02-19 to 2024-03-17, days of UTC" in told
    assert "Deployments: 7 successful, 1.8 a week (X0, X1, X2, X3, X4, X6, X7)" in told
    assert "Went live and did not succeed: 1 (X5)" in told
    assert "Lead time: 2 d 0 h (median), 2 d 0 h (mean) (X1, X2, X3, X4, X6, X7)" in told
    assert "Change failure rate: 12.5 % (X5); 25.0 % if the suspects are confirmed (X6)" in told
    assert "Time to recovery: 45 min (mean), 45 min (median) (INC-9)" in told
    assert "Failed deployment recovery time: n/a" in told
    assert "No recovery known of (X5)" in told
    assert "Rework rate: 0.0 %" in told
    assert "Goal: Deploy to staging daily: missed" in told
    assert "Goal: Deploy to production several times a week: missed, fewer than 2" in told
    assert "Goal: Change failure rate under 5 %: missed, 12.5% of the deployments failed" in told
    assert "Goal: Time to recovery under 30 min: missed" in told
    assert told.endswith(
        "A picture of it comes as a direct message. · docs/metrics.md says what each number means"
    )

    told = await team.types("cy", "/deployments show X5")
    assert "app v0.5.0 → production\nFailed\nImported as X5\n" in told
    assert "is failed" in await team.types("cy", "/deployments why X5")

    (shown,) = await pictures(team, "cy")
    image = shown["blocks"][-1]
    assert "Successful deployments per week: 19 Feb 2, 26 Feb 2, 4 Mar 1" in image["alt_text"]
    async with team.control.get(f"/slack/files/{image['slack_file']['id']}") as answer:
        assert answer.content_type == "image/png"
        assert len(await answer.read()) > 20_000


async def test_a_picture_leaves_once_although_slack_works_on_it_for_a_while(
    team: Workspace,
) -> None:
    await fill(team)
    await team.fault("slack", "status:503", path="/files.completeUploadExternal")
    await team.types("ana", "/deployments metrics app")
    await pictures(team, "ana")
    await team.passes("PT5M")
    assert len(await pictures(team, "ana")) == 1


async def test_who_may_not_upload_is_told_what_to_do(tmp_path: Path) -> None:
    def forget_a_scope(world: World) -> None:
        manifest = world.slack.manifest
        world.slack.manifest = replace(manifest, scopes=manifest.scopes - {"files:write"})

    async with workspace(tmp_path, begin=forget_a_scope) as team:
        await team.types("ana", "/deployments metrics")

        async def is_told() -> bool:
            return bool(await team.letters("ana"))

        await team.until(is_told)
        (letter,) = await team.letters("ana")
        assert letter.startswith("No picture of app production: files_getUploadURLExternal")
        assert "add the scope files:write to the Slack app" in letter


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("metrics ap", "I do not understand “ap”. Did you mean “app”?"),
        ("metrics 2024-03-01", "“2024-03-01” is no span of time."),
        ("metrix", "I know no “metrix”. Did you mean “metrics”?"),
    ],
)
async def test_a_typo_is_answered_with_what_to_type(
    team: Workspace, typed: str, answer: str
) -> None:
    assert answer in await team.types("ana", f"/deployments {typed}")


async def test_of_many_services_the_last_figures_are_told(tmp_path: Path) -> None:
    async with workspace(tmp_path, seed="many") as team:
        await team.passes("PT2M")
        told = await team.types("ana", "/deployments metrics production")
        assert told.startswith("Metrics as measured last")
        assert "s01 production, 28 days up to 2024-03-26 10:0" in told
        assert "s02 production, 28 days" in told and "s02 staging" not in told
        assert told.endswith(
            "Name one service, such as s01, for its numbers with their ids and a picture."
        )
        told = await team.types("ana", "/deployments metrics 2024-01-01..2024-02-01")
        assert told.startswith("Of which service? Of a span of time I measure one, and there are")
        assert "For example: /deployments metrics s01 2024-01-01..2024-02-01" in told
        assert "s02 production" in await team.types("ana", "/deployments metrics s02")


async def test_nothing_has_happened_and_nothing_is_claimed(team: Workspace) -> None:
    told = await team.types("ana", "/deployments metrics app production 2023-01-02..2023-01-09")
    assert "Deployments: 0 successful, 0.0 a week" in told
    assert "Lead time: n/a" in told
    assert "Change failure rate: n/a" in told
    assert "Goal: Change failure rate under 5 %: open, no deployment to production" in told


async def test_prometheus_reads_what_was_measured(team: Workspace) -> None:
    await fill(team)
    await team.passes("PT16M")
    assert team.bot is not None
    async with team.control.get(f"{team.bot.url}/metrics") as answer:
        told = await answer.text()
    place = '{environment="production",service="app"}'
    assert f"gonogo_change_failure_ratio{place}" in told
    assert f"gonogo_time_to_recovery_seconds{place} 2700.0" in told
    assert 'gonogo_goal_met{goal="mttr_minutes",service="app"} 0.0' in told
    assert 'gonogo_lead_time_seconds{environment="staging"' not in told  # nothing to measure


async def test_once_a_week_the_channel_reads_how_it_went(tmp_path: Path) -> None:
    rules = {"slack": {"digest": {"day": "wed", "at": "09:00", "tz": "Europe/Berlin"}}}
    async with workspace(tmp_path, rules=rules) as team:
        await fill(team)
        assert await team.channel() == []  # the first start posts none
        await team.passes("PT21H30M")
        assert await team.channel() == []
        await team.passes("PT1H")
        (told,) = await team.channel()
        assert told.startswith(
            "The week 2024-03-18 to 2024-03-24, days of Europe/Berlin\napp production: "
        )
        assert "Goal: Deploy to production several times a week: missed" in told
        head = (await audit_head(team))[:64]
        assert len(head) == 64

        async def has_chart() -> bool:
            return len(await team.thread()) == 1

        await team.until(has_chart)
        assert (await team.thread())[0].startswith("Metrics of app production")
        await team.reopen()
        await team.passes("PT1H")
        assert len(await team.channel()) == 1


async def audit_head(team: Workspace) -> str:
    assert team.bot is not None
    return await team.bot.store.read(lambda tx: tx.audit_head())
