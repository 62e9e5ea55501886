"""Windows: asked, approved and sent while production may change, or nothing is sent."""

from contextlib import AbstractAsyncContextManager
from datetime import datetime
from pathlib import Path
from typing import Any

from tests.scenarios.workspace import Workspace, workspace

CLOSED = "Closed: outside the hours; opens Monday 2024-04-01 09:00 Europe/Berlin"
VOID = f"{CLOSED}; the approval is void. Nothing was deployed. Ask for a new one."


def berlin(folder: Path, at: str, **more: Any) -> AbstractAsyncContextManager[Workspace]:
    """The team of Monday to Thursday, nine to five, at a time in Berlin's winter."""
    return workspace(folder, seed="bake", at=datetime.fromisoformat(f"{at}+01:00"), **more)


def rules(**app: Any) -> dict[str, Any]:
    return {"services": {"app": app}}


async def test_asked_at_16_55_and_approved_at_17_05_is_refused_at_the_click(
    tmp_path: Path,
) -> None:
    async with berlin(tmp_path, "2024-03-28T16:55") as team:
        await team.asks()
        assert "Window open (Thursday 2024-03-28 16:55 Europe/Berlin)" in await team.card()
        await team.passes("PT10M")
        assert f"Blocked\n• {CLOSED}" in await team.card()
        await team.clicks("bo", "Approve", ts=(await team.messages())[0]["ts"], stale=True)
        await team.passes("PT10S")

        assert (await team.told("bo"))[-1].startswith(
            f"Nothing was approved. {CLOSED}. Deploy again when it is open. D2 stays open until"
        )
        assert await team.state() == "Blocked"
        assert await team.dispatches() == []


async def test_approved_in_the_last_minute_and_sent_after_it_is_void(tmp_path: Path) -> None:
    async with berlin(tmp_path, "2024-03-28T16:58") as team:
        await team.asks()
        await team.fault("github", "status:429:retry_after=150", path="/git/")
        await team.clicks("bo", "Approve")
        await team.passes("PT3M")

        assert f"Void\n{VOID}" in await team.card()
        assert "approved by @bo" in await team.card()
        assert VOID in (await team.letters("ana"))[-1]
        assert VOID in (await team.letters("bo"))[-1]
        assert await team.dispatches() == []


async def test_asked_and_approved_within_the_hours_is_deployed_and_may_end_after_them(
    tmp_path: Path,
) -> None:
    async with berlin(tmp_path, "2024-03-28T16:58") as team:
        await team.asks_and_approves()
        await team.passes("PT20M")

        assert await team.state() == "Succeeded"


async def test_a_lost_dispatch_is_not_sent_again_after_the_hours(tmp_path: Path) -> None:
    async with berlin(tmp_path, "2024-03-28T16:58") as team:
        await team.fault("github", "reset_before", path="/dispatches")
        await team.asks_and_approves()
        await team.passes("PT5M")

        assert (await team.state()).startswith("Needs attention")
        assert CLOSED in await team.card()
        await team.clicks("bo", "Send Again")
        await team.passes("PT10S")

        assert CLOSED in await team.card()
        assert len(await team.dispatches()) == 1


async def test_a_run_that_turns_up_after_the_hours_is_followed(tmp_path: Path) -> None:
    async with berlin(tmp_path, "2024-03-28T16:58") as team:
        await team.fault("github", "status_after_apply:502", path="/dispatches")
        await team.fault("github", "list_lag:400")
        await team.asks_and_approves()
        await team.passes("PT5M")
        assert (await team.state()).startswith("Needs attention")
        await team.passes("PT20M")

        assert await team.state() == "Succeeded"
        assert len(await team.dispatches()) == 1


async def test_a_friday_evening_is_blocked_with_all_reasons(tmp_path: Path) -> None:
    async with berlin(tmp_path, "2024-03-22T18:00") as team:
        await team.asks()

        assert (await team.told("ana"))[-1].splitlines()[1] == (
            "• Closed: Friday, outside the hours; opens Monday 2024-03-25 09:00 Europe/Berlin. "
            "Deploy again when it is open."
        )
        assert await team.state() == "Blocked"
        assert "Approve" not in (await team.messages())[0]["buttons"]


async def test_holidays_and_freezes_are_the_teams_own(tmp_path: Path) -> None:
    freeze = {"name": "audit", "start": "2024-03-28T08:00Z", "end": "2024-03-28T12:00Z"}
    holidays = {"country": "DE", "day_before_holiday": True, "freezes": [freeze]}
    calendar = rules(windows={"production": holidays})
    async with berlin(tmp_path, "2024-03-28T10:00", rules=calendar) as team:
        await team.asks()

        [closed] = [line for line in (await team.told("ana"))[-1].splitlines() if "Closed" in line]
        assert "day before a holiday, freeze audit; opens Tuesday 2024-04-02 09:00" in closed


async def test_staging_is_always_free(tmp_path: Path) -> None:
    staging = rules(environments={"staging": {"workflow": "release.yml"}})
    async with berlin(tmp_path, "2024-03-22T18:00", rules=staging) as team:
        await team.asks("/deploy v1.2.1 to staging")

        await team.passes("PT5S")
        assert await team.state() == "Running"
        assert "Window" not in await team.card()


async def test_a_dry_run_says_that_it_is_closed(tmp_path: Path) -> None:
    async with berlin(tmp_path, "2024-03-28T17:00") as team:
        await team.asks("/deploy v1.2.1 dry-run")

        assert f"• Blocked: {CLOSED}" in (await team.told("ana"))[-1]


async def test_a_team_without_windows_reads_nothing_of_them(team: Workspace) -> None:
    await team.asks()

    assert await team.state() == "Waiting for approval"
    assert "Window" not in await team.card()


async def test_a_closed_window_is_lifted_with_a_reason_and_one_approver_more(
    tmp_path: Path,
) -> None:
    async with berlin(tmp_path, "2024-03-28T18:30") as team:
        await team.asks()
        assert f"Blocked\n• {CLOSED}" in await team.card()
        await team.clicks("bo", "Override")
        reason = "The shop is empty tonight anyway"
        await team.submits("bo", **{"Gates to lift": ["window"], "Reason": reason})
        await team.passes("PT5S")
        assert await team.state() == "Waiting for approval"
        assert f"lifted by @bo 2024-03-28 17:30 UTC: {reason}" in await team.card()
        await team.approves("bo")
        await team.passes("PT5S")
        assert await team.dispatches() == []
        await team.approves("dee")
        await team.passes("PT45S")
        assert len(await team.dispatches()) == 1
