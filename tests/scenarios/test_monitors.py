"""Monitors: what is read beside health decides, too, and says its figures."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.scenarios.workspace import Workspace, workspace

MONITORS: list[dict[str, Any]] = [
    {"kind": "posthog", "project": 1, "environment": "production"},
    {"kind": "sentry", "organization": "acme", "project": 1, "environment": "production"},
    {"kind": "uptime_kuma", "page": "default-page", "monitor": "app"},
]


def watched(*, bake: str | None = None) -> dict[str, Any]:
    production: dict[str, Any] = {"monitors": MONITORS}
    if bake is not None:
        production["bake"] = bake
    return {"services": {"app": {"environments": {"production": production}}}}


async def goes_live(team: Workspace) -> None:
    """v1.2.1 is in production and healthy; the bake of a quarter of an hour has begun."""
    await team.asks_and_approves()
    await team.passes("PT45S")


@pytest.mark.timeout(300)  # a quarter of an hour has sixty looks
async def test_an_error_rate_that_rises_in_the_bake_ends_it_with_its_figures(
    tmp_path: Path,
) -> None:
    async with workspace(tmp_path, seed="bake", rules=watched()) as team:
        await goes_live(team)
        for _ in range(3):
            await team.passes("PT3M")
        assert "Error rate: 0.4 % (baseline 0.4 %)" in await team.card()
        await team.post("/monitor", system="posthog", error_rate=3.2)
        await team.passes("PT3M")

        alert = (await team.channel())[-1]
        assert alert.startswith(
            "app v1.2.1 → production: validation failed, production is not proven healthy\n"
            "Error rate: 3.2 % (baseline 0.4 %)"
        )
        assert "@ana @bo Decide on the card" in alert
        assert (await team.messages())[-1]["buttons"] == ["Roll Back"]
        assert not any("✅" in text for text in await team.channel())

        await team.clicks("bo", "Roll Back")
        form = await team.get("/modal", **{"as": "bo"})
        assert form is not None and "v1.2.0" in str(form["blocks"])
        assert "Significant increase in error rates" in str(form["blocks"])
        await team.submits("bo", **{"Reason": "Significant increase in error rates"})
        await team.passes("PT3M")
        assert "⚠️ Production rollback executed" in (await team.channel())[-1]
        assert "Reason: Significant increase in error rates" in (await team.channel())[-1]
        assert not any("deployed to production successfully" in t for t in await team.channel())


async def test_all_that_was_read_stands_in_the_success_message(tmp_path: Path) -> None:
    async with workspace(tmp_path, seed="bake", rules=watched(bake="PT2M")) as team:
        await goes_live(team)
        await team.passes("PT3M")
        told = next(text for text in await team.channel() if text.startswith("✅"))
        assert "- Errors in logs: no new issues" in told
        assert "- Uptime Kuma: ✅" in told
        assert "- Error rate: Normal" in told


async def test_in_the_demo_every_monitor_is_configured_and_told_what_went_live(
    tmp_path: Path,
) -> None:
    async with workspace(tmp_path, seed="default") as team:
        await team.asks_and_approves()
        await team.passes("PT45S")
        told = (await team.channel())[-1]
        assert told.endswith(
            "- Errors in logs: no new issues (heard of from production, or by a deploy to it)\n"
            "- Response times normal\n"
            "Monitoring:\n"
            "- Uptime Kuma: ✅\n"
            "- Error rate: Normal\n"
            "- Performance: ✅"
        )
        for system in ("posthog", "sentry", "kuma"):
            assert (await team.get("/journal", system=system))["journal"], system
        told = (await team.get("/annotations"))["annotations"]
        assert [(one["system"], one["text"]) for one in told] == [
            ("posthog", "app v1.2.1 deployed to production (release D2)"),
            ("sentry", "v1.2.1 deployed to production"),
            ("pagerduty", "app v1.2.1 deployed to production (release D2)"),
        ]


async def test_what_cannot_be_read_is_said_and_holds_nobody_up(tmp_path: Path) -> None:
    async with workspace(tmp_path, seed="bake", rules=watched(bake="PT1M")) as team:
        await team.fault("posthog", "status:503", count=99)
        await team.fault("kuma", "bad_json", count=99)
        await team.post("/monitor", system="sentry", silent=True)
        await team.asks_and_approves()
        await team.passes("PT4M")
        told = next(text for text in await team.channel() if text.startswith("✅"))
        assert "- Error rate: not known, posthog cannot be read: " in told
        assert (
            "- Errors in logs: Sentry has not heard of v1.2.1 in production: nothing is known"
            in told
        )
        assert "- Uptime Kuma: not known, kuma cannot be read: " in told
        said = await team.types("cy", "/deployments show D2")
        judged = next(line for line in said.splitlines() if line.startswith("Judgement"))
        assert judged.startswith("Judgement: pass by Response times; not known: ")
        assert {"Error rate", "Error tracker", "Uptime Kuma"} <= set(
            judged.partition("not known: ")[2].split(", ")
        )


async def test_a_monitor_that_goes_down_and_new_issues_are_named(tmp_path: Path) -> None:
    async with workspace(tmp_path, seed="bake", rules=watched()) as team:
        await goes_live(team)
        await team.post(
            "/monitor", system="sentry", release="v1.2.1", issues=["KeyError", "TypeError", "Late"]
        )
        await team.passes("PT2M")
        alert = (await team.channel())[-1]
        assert "Error tracker: 3 new issues: KeyError; TypeError" in alert
