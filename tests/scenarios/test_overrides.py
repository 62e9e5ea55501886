"""Overrides: gates that people lift, with a reason, and only what they were shown."""

from pathlib import Path
from typing import Any

import pytest

from sandbox.world import World
from tests.scenarios import outside
from tests.scenarios.workspace import Workspace, workspace

REASON = "The bug is in the admin pages only"


def buggy(world: World) -> None:
    outside.open_issue(world, 11, "Payments fail", "critical")


async def lifts(team: Workspace, person: str, reason: str = REASON) -> dict[str, Any]:
    await team.clicks(person, "Override")
    return await team.submits(person, **{"Gates to lift": ["bugs"], "Reason": reason})


async def test_a_lifted_gate_needs_a_reason_and_one_person_more(tmp_path: Path) -> None:
    async with workspace(tmp_path, begin=buggy) as team:
        await team.asks()
        short = await lifts(team, "bo", "trust me")
        assert short["errors"] == {"reason": "Say why in at least 10 characters; it is kept."}
        await team.submits("bo", Reason=REASON)
        await team.passes("PT5S")

        assert await team.state() == "Waiting for approval"
        assert f"Critical bugs lifted by @bo 2024-03-26 10:00 UTC: {REASON}" in await team.card()
        assert "waits for your approval" in (await team.letters("dee"))[-1]
        await team.approves("bo")
        await team.passes("PT5S")
        assert await team.state() == "Waiting for approval"
        assert await team.dispatches() == []
        await team.approves("dee")
        await team.passes("PT45S")
        assert await team.state() == "Succeeded"
        [entry] = [e for e in await team.trail("D2") if e.action == "overrode"]
        assert (entry.actor, entry.detail["reason"]) == ("U0BO", REASON)
        assert entry.detail["lifted"] == {"bugs": "Known critical bugs: #11 Payments fail"}
        why = await team.types("cy", "/deployments why D2")
        assert f"• Critical bugs lifted by @bo 2024-03-26 10:00 UTC: {REASON}" in why


@pytest.mark.parametrize(
    ("person", "text", "answer"),
    [
        ("cy", "/deploy v1.2.1", "Only people with the role approver may lift a gate."),
        ("eve", "/deploy v1.2.1", "I am checking who is who in Slack. Nothing was done"),
        ("bo", "by bo", "You asked for D2, so somebody else has to lift its gates (four eyes)."),
    ],
)
async def test_who_may_not_lift_a_gate(tmp_path: Path, person: str, text: str, answer: str) -> None:
    async with workspace(tmp_path, begin=buggy) as team:
        await team.types("bo" if text == "by bo" else "ana", "/deploy v1.2.1")
        await team.passes("PT1S")
        await team.clicks(person, "Override")
        await team.passes("PT2S")

        assert (await team.told(person))[-1].startswith(answer)
        assert await team.state() == "Blocked"


async def test_a_form_that_was_overtaken_lifts_nothing(tmp_path: Path) -> None:
    async with workspace(tmp_path, begin=buggy) as team:
        await team.asks()
        await team.clicks("bo", "Override")
        outside.repo(team.world).issues[11].closed_at = team.world.clock.now()
        await team.passes("PT1M")
        late = await team.submits("bo", **{"Gates to lift": ["bugs"], "Reason": REASON})

        assert late["errors"] == {"reason": "Nothing blocks D2 any more."}
        assert [e for e in await team.trail("D2") if e.action == "overrode"] == []


async def test_a_form_that_did_not_show_an_outage_does_not_lift_its_freeze(tmp_path: Path) -> None:
    async with workspace(tmp_path, begin=buggy) as team:
        await team.types("dee", "/deployments lock app production because the database moves")
        await team.asks()
        await team.clicks("bo", "Override")
        await team.types("cy", "/incident outage Nobody can log in")
        await team.passes("PT5S")
        late = {"Gates to lift": ["lock", "bugs"], "Reason": REASON}
        await team.submits("bo", **late)

        assert "overrode" not in {e.action for e in await team.trail("D2")}
        form = await team.get("/modal", **{"as": "bo"})
        said, *fields = form["blocks"][1:]
        assert "*Since you opened this form* what blocks it has changed" in said["text"]["text"]
        assert "for INC-1 since 2024-03-26 10:00 UTC" in said["text"]["text"]
        gates, reason = (field["element"] for field in fields if field["type"] == "input")
        assert [one["value"] for one in gates["initial_options"]] == ["bugs"]
        assert reason["initial_value"] == REASON
        await team.submits("bo", **{"Gates to lift": ["lock", "bugs"]})
        await team.passes("PT5S")
        [entry] = [e for e in await team.trail("D2") if e.action == "overrode"]
        assert "for INC-1" in entry.detail["lifted"]["lock"]


async def test_a_form_that_showed_what_blocks_no_more_is_shown_as_it_is_now(tmp_path: Path) -> None:
    async with workspace(tmp_path, begin=buggy) as team:
        await team.types("dee", "/deployments lock app production because the database moves")
        await team.asks()
        await team.clicks("bo", "Override")
        outside.repo(team.world).issues[11].closed_at = team.world.clock.now()
        await team.passes("PT1M")
        await team.submits("bo", **{"Gates to lift": ["lock", "bugs"], "Reason": REASON})

        said, *fields = (await team.get("/modal", **{"as": "bo"}))["blocks"][1:]
        assert "*Since you opened this form* what blocks it has changed" in said["text"]["text"]
        gates = next(field["element"] for field in fields if field["type"] == "input")
        assert [one["value"] for one in gates["options"]] == ["lock"]
        assert [one["value"] for one in gates["initial_options"]] == ["lock"]


async def test_a_form_lifts_what_it_showed_where_some_of_that_is_mended(tmp_path: Path) -> None:
    async with workspace(tmp_path, begin=buggy) as team:
        outside.open_issue(team.world, 12, "So do refunds", "critical")
        await team.asks()
        await team.clicks("bo", "Override")
        outside.repo(team.world).issues[11].closed_at = team.world.clock.now()
        await team.passes("PT1M")
        await team.submits("bo", **{"Gates to lift": ["bugs"], "Reason": REASON})

        [entry] = [e for e in await team.trail("D2") if e.action == "overrode"]
        assert entry.detail["lifted"] == {"bugs": "Known critical bugs: #12 So do refunds"}


async def test_what_nobody_may_lift_is_refused_without_a_card(team: Workspace) -> None:
    outside.open_issue(team.world, 11, "Payments fail", "critical")
    await team.asks("/deploy v1.1.0")

    told = (await team.told("ana"))[-1]
    assert "app v1.1.0 → production was refused (D2); nothing was deployed." in told
    assert "v1.1.0 is older than v1.2.0, which is live." in told
    assert "Known critical bugs: #11 Payments fail." in told
    assert await team.channel() == []
