"""How an incident ends: taken back or mended, seen healthy, resolved, written down, closed."""

import re
from datetime import timedelta

import pytest

from bot.domain.incidents.timeline import in_order
from tests.scenarios.workspace import Workspace

OUTAGE = "/incident outage All users unable to access service"


async def room(team: Workspace, incident: str = "INC-1") -> list[str]:
    """The thread of an incident."""
    return [
        row["rendered"] for row in (await team.messages(thread_ts=await root(team, incident)))[1:]
    ]


async def root(team: Workspace, incident: str = "INC-1") -> str:
    """The ts of its message."""
    rows = await team.messages()
    return next(str(row["ts"]) for row in rows if f"{incident} ·" in row["rendered"])


async def message(team: Workspace, incident: str = "INC-1") -> str:
    rows = await team.messages()
    return next(str(row["rendered"]) for row in rows if f"{incident} ·" in row["rendered"])


async def suspect(team: Workspace, called: str = "Suspect:") -> str:
    """The ts of the message about the suspect."""
    rows = await team.messages(thread_ts=await root(team))
    return next(str(row["ts"]) for row in rows if called in row["rendered"])


async def timeline(team: Workspace) -> list[str]:
    assert team.bot is not None
    return [event.text for event in await team.bot.store.read(lambda tx: tx.events(1))]


async def deployed(team: Workspace, line: str = "/deploy v1.2.1") -> None:
    await team.types("ana", line)
    await team.passes("PT1S")
    await team.clicks("bo", "Approve")
    await team.passes("PT2M")


async def issues(team: Workspace) -> list[str]:
    found = team.world.github.repositories["acme/app"].issues.values()
    return [issue.body for issue in found if issue.title.startswith("Post-mortem")]


async def test_rolling_the_suspect_back_restores_the_service(team: Workspace) -> None:
    await deployed(team)
    await team.passes("PT10M")
    await team.types("cy", OUTAGE)
    await team.passes("PT1S")
    assert "Roll back first: v1.2.0 is the last known-good version." in (await room(team))[0]
    await team.clicks("ana", "Roll Back", ts=await suspect(team))
    await team.passes("PT1S")
    thread = await root(team)
    await team.clicks_own("ana", "Roll Back to v1.2.0")
    await team.passes("PT2M")
    shown = await team.messages(thread_ts=thread, **{"as": "ana"})
    alone = [row["rendered"] for row in shown if row.get("ephemeral_for")]
    assert "Roll back app" in alone[0] and "It starts now" in alone[1]

    assert "Status: Restored" in await message(team)
    assert "Rolled back to: v1.2.0" in (await team.channel())[-1]
    assert "Reason: INC-1: All users unable to access service" in (await team.channel())[-1]
    assert team.bot is not None
    incident, rollback, noted = await team.bot.store.read(
        lambda tx: (tx.incident(1), tx.deployment(3), tx.events(1))
    )
    assert incident is not None and rollback is not None
    assert incident.restored_at == rollback.healthy_at
    events = [one for one in in_order(noted) if not one.text.startswith("Paging")]
    assert [re.sub("1[0-9] min", "12 min", one.text) for one in events] == [
        "Opened as outage: All users unable to access service",
        "v1.2.1 (D2) suspected: live 12 min before the start",
        "Production frozen (L1)",
        "Rollback D3 (v1.2.0) is running",
        "Restored",
        "Rollback D3 (v1.2.0) succeeded, validated",
        "D2 confirmed as the cause",
        "Post-mortem drafted: #11",
    ]
    times = [one.occurred_at for one in events]
    assert times == sorted(times)
    assert times[:3] == [incident.declared_at] * 3
    assert rollback.requested_at < times[3] < (rollback.live_at or times[3])
    assert times[4] == rollback.healthy_at
    assert times[5] == times[6] and timedelta(0) <= times[5] - times[4] < timedelta(seconds=5)
    assert incident.cause_state == "confirmed"
    told = next(line for line in await room(team) if "its checks passed: restored" in line)
    assert "D3 brought v1.2.0" in told
    cause = (await room(team))[0]
    assert "Cause: v1.2.1 (D2), confirmed: live 1" in cause
    assert "It was rolled back: v1.2.0 is live." in cause and "Roll back first" not in cause
    [buttons] = [
        row["buttons"]
        for row in await team.messages(thread_ts=await root(team))
        if row["ts"] == await suspect(team, "Cause:")
    ]
    assert buttons == ["Refute"]


async def test_a_rollback_of_something_else_only_asks(team: Workspace) -> None:
    await deployed(team)
    await team.types("cy", OUTAGE)
    await team.passes("PT1S")
    await team.clicks("bo", "Not This One", ts=await suspect(team))
    await team.types("ana", "/rollback because who knows")
    await team.clicks_own("ana", "Roll Back to v1.2.0")
    await team.passes("PT2M")
    assert "Status: Investigating" in await message(team)
    assert any("press Restored if they are" in line for line in await room(team))


async def test_the_old_roll_back_button_explains_itself(team: Workspace) -> None:
    await deployed(team)
    await team.types("ana", OUTAGE)
    await team.passes("PT1S")
    button = await suspect(team)
    await team.clicks("ana", "Resolve", ts=await root(team))
    await team.passes("PT4S")
    before = len(await team.dispatches())
    await team.clicks("ana", "Roll Back", ts=button, stale=True)
    await team.passes("PT10S")
    assert "Nothing was done: INC-1 is resolved since" in (await team.told("ana"))[-1]
    assert len(await team.dispatches()) == before


async def test_the_linked_hotfix_restores_the_service(team: Workspace) -> None:
    await team.types("cy", "/incident major Checkout is slow")
    await deployed(team, "/deploy v1.2.1 hotfix INC-1 because it makes checkout fast")
    assert "Status: Restored" in await message(team)


async def test_a_minor_one_is_carried_by_the_next_deployment(team: Workspace) -> None:
    await team.types("cy", "/incident minor The logo is pale")
    await team.types("ana", "/deploy v1.2.1")
    await team.passes("PT1S")
    assert "follows up INC-1" in (await team.channel())[-1]
    await team.clicks("bo", "Approve")
    await team.passes("PT2M")
    assert any("v1.2.1 is live, which was to follow INC-1 up" in line for line in await room(team))
    assert await issues(team) == []


async def test_from_restored_to_closed(team: Workspace) -> None:
    await team.types("ana", OUTAGE)
    await team.passes("PT5M")
    await team.clicks("bo", "Restored", ts=await root(team))
    await team.passes("PT5S")
    [draft] = await issues(team)
    assert "- Restored: 2024-03-26 10:05 UTC (after 5 min)" in draft
    assert "All users unable to access service" in draft
    issue = list(team.world.github.repositories["acme/app"].issues.values())[-1]
    assert issue.assignees == ("ana-acme",)
    assert any("@ana owns it and is assigned." in line for line in await room(team))
    await team.clicks("bo", "Resolve", ts=await root(team))
    await team.passes("PT5S")
    assert "post-mortem draft, due" in await message(team)

    await team.clicks("bo", "Close", ts=await root(team))
    said = await team.submits("bo", **{"Close as": "Resolved"})
    assert said["errors"]["closure"] == (
        "It cannot be closed as resolved yet: nobody is its lead (Assign Lead); "
        "its post-mortem is not published (Post-Mortem Published)."
    )
    await team.clicks("bo", "Assign Lead", ts=await root(team))
    await team.submits("bo", Lead="dee")
    await team.clicks("dee", "Post-Mortem Published", ts=await root(team))
    await team.passes("PT5S")
    await team.clicks("bo", "Close", ts=await root(team))
    await team.submits("bo", **{"Close as": "Resolved"})
    await team.passes("PT5S")
    assert "Status: Closed (resolved)" in await message(team)
    assert len(await issues(team)) == 1


async def test_a_duplicate_is_closed_as_one_of_another(team: Workspace) -> None:
    await team.types("ana", OUTAGE)
    await team.types("cy", "/incident major Checkout is slow")
    await team.passes("PT5S")
    await team.clicks("bo", "Close", ts=await root(team, "INC-2"))
    said = await team.submits("bo", **{"Close as": "Duplicate"})
    assert said["errors"]["original"] == "Choose what it is a duplicate of, or None of these."
    named = "INC-1 outage, investigating: Service outage detected"
    await team.submits("bo", **{"Close as": "Duplicate", "Duplicate of": named})
    await team.passes("PT5S")
    assert "Status: Closed (duplicate of INC-1)" in await message(team, "INC-2")
    assert "INC-2 was closed as a duplicate of this" in await timeline(team)


async def test_who_owes_a_post_mortem_is_reminded(team: Workspace) -> None:
    team.world.github.logins["dee"] = ""  # has no access to the repository
    await team.types("dee", OUTAGE)
    await team.passes("PT1M")
    await team.clicks("dee", "Resolve", ts=await root(team))
    for span, count in (("PT19H50M", 0), ("PT20M", 1), ("PT4H", 2), ("PT24H", 3), ("PT72H", 6)):
        await team.passes(span)
        told = [letter for letter in await team.letters("dee") if "post-mortem of INC-1" in letter]
        assert len(told) == count, span
    said = await room(team)
    assert any("The post-mortem of INC-1" in line for line in said)
    assert any("@dee owns it; GitHub did not assign dee-acme" in line for line in said)


@pytest.mark.parametrize("kind", ["reset_after_apply", "status_after_apply:502", "status:502"])
async def test_a_draft_whose_answer_was_lost_is_not_made_twice(team: Workspace, kind: str) -> None:
    await team.types("ana", OUTAGE)
    await team.passes("PT1S")
    await team.fault("github", kind, path="/issues", method="POST")
    await team.clicks("bo", "Restored", ts=await root(team))
    await team.passes("PT20S")
    assert "post-mortem draft: waiting for GitHub" in await message(team)
    await team.passes("PT2M")
    assert len(await issues(team)) == 1
    assert any("The post-mortem is drafted in" in line for line in await room(team))


async def test_what_was_no_incident_counts_for_nothing(team: Workspace) -> None:
    await team.types("ana", OUTAGE)
    await team.passes("PT1S")
    await team.clicks("bo", "Close", ts=await root(team))
    await team.submits("bo", **{"Close as": "False positive"})
    await team.passes("PT20M")
    assert "Status: Closed (false positive)" in await message(team)
    assert not any("No new information" in line for line in await room(team))
    await team.asks()
    assert "Waiting for approval" in (await team.channel())[-1]


async def test_it_comes_back(team: Workspace) -> None:
    await team.types("ana", OUTAGE)
    await team.passes("PT5M")
    await team.clicks("bo", "Restored", ts=await root(team))
    await team.passes("PT5S")
    await team.clicks("bo", "Reopen", ts=await root(team))
    await team.submits("bo", **{"What is back": "Nobody can log in"})
    await team.passes("PT5S")
    assert "Status: Investigating" in await message(team)
    assert "Started: 2024-03-26 10:00 UTC" in await message(team)
    assert team.bot is not None
    incident = await team.bot.store.read(lambda tx: tx.incident(1))
    assert incident is not None and incident.restored_at is None


async def test_only_a_lead_or_an_approver_lowers_the_severity(team: Workspace) -> None:
    await team.types("ana", OUTAGE)
    await team.passes("PT1S")
    await team.clicks("ana", "Edit", ts=await root(team))
    minor = "Minor: monitor, fix in the next deployment"
    said = await team.submits("ana", Severity=minor)
    assert "may lower the severity" in said["errors"]["severity"]
    await team.clicks("bo", "Edit", ts=await root(team))
    await team.submits("bo", Severity=minor)
    await team.passes("PT5S")
    assert any("lowered the severity of INC-1 from outage to minor" in t for t in await room(team))
    await team.asks()
    assert "Waiting for approval" in (await team.channel())[-1]
