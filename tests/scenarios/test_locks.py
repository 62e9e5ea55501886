"""Locks: nobody deploys where one is held, its owner is asked about it, and it opens in the end."""

from pathlib import Path

from tests.scenarios.workspace import Workspace, workspace

LOCK = "/deployments lock production for 2h because of DB maintenance"
TOLD = (
    "Locked by dee since 2024-03-26 10:00 UTC, until 2024-03-26 12:00 UTC (L1): “of DB maintenance”"
)


async def test_a_lock_refuses_with_everything_about_it_and_the_two_ways_on(
    team: Workspace,
) -> None:
    answer = await team.types("dee", LOCK)
    assert answer.startswith("L1 is set: nothing but a rollback is deployed to production of every")
    assert "/deployments unlock L1" in answer
    await team.passes("PT25M")
    assert "@dee locked production of every service until" in (await team.channel())[0]

    await team.asks()

    assert (await team.told("ana"))[-1].splitlines()[1:-1] == [
        f"• {TOLD}. Ask dee, who has held L1 for 25 min, to unlock it. "
        "Or override it with a reason."
    ]
    assert "\nBlocked\n" in (await team.channel())[-1]
    for line in ("status", "locks", "status app prod"):
        shown = await team.types("cy", f"/deployments {line}")
        assert "L1 production of every service: locked by @dee since" in shown
        assert "(25 min), until" in shown and ": “of DB maintenance”" in shown
    assert "L1" not in await team.types("cy", "/deployments status staging")
    await team.asks("/deploy v1.2.1 dry-run")
    assert f"• Blocked: {TOLD}" in (await team.told("ana"))[-1]
    assert f"lock blocked: {TOLD}." in await team.types("cy", "/deployments why D2")


async def test_at_its_expiry_a_lock_opens_itself_and_says_so(team: Workspace) -> None:
    await team.types("dee", LOCK)
    await team.passes("PT1H59M")
    assert len(await team.channel()) == 1
    await team.passes("PT1M")

    assert (await team.channel())[-1] == (
        "production of every service is no longer locked: the time of L1, set by @dee, is up."
    )
    assert await team.types("cy", "/deployments locks") == "Nothing is locked or frozen."
    await team.asks()
    assert "Waiting for approval" in (await team.channel())[-1]
    assert "Not locked" in (await team.channel())[-1]
    assert [row.action for row in await team.trail("L1")] == ["locked", "lock_expired"]


async def test_somebody_else_opens_it_after_a_question_and_the_owner_is_told(
    team: Workspace,
) -> None:
    await team.types("dee", LOCK)
    question = await team.types("bo", "/deployments unlock production")
    assert question.startswith("L1 on production of every service is not yours. locked by @dee")
    assert (await team.types("cy", "/deployments locks")).startswith("Locks")
    assert await team.letters("dee") == []

    await team.clicks_own("bo", "Unlock Anyway")
    await team.passes("PT2S")

    assert (await team.letters("dee"))[-1].startswith(
        "@bo opened your lock L1 on production of every service"
    )
    assert "@bo unlocked production of every service (L1, which @dee had set)." in (
        await team.channel()
    )
    await team.clicks_own("bo", "Unlock Anyway")
    await team.passes("PT1S")
    assert "Nothing was done: L1 was opened by @bo at" in (await team.told("bo"))[-1]
    assert [row.action for row in await team.trail("L1")] == ["locked", "unlocked"]


async def test_the_owner_is_asked_every_three_hours_and_unlocks_with_a_button(
    team: Workspace,
) -> None:
    await team.types("ana", "/deployments lock app because the importer runs")
    for hours in (3, 6, 9):
        await team.passes("PT2H59M")
        assert len(await team.letters("ana")) == hours // 3 - 1
        await team.passes("PT1M10S")
        assert (await team.letters("ana"))[-1].splitlines()[0] == (
            f"You have locked app (every environment) for {hours} h 0 min now (L1, "
            "until it is unlocked): “the importer runs”. Is it still needed?"
        )

    nag = (await team.messages("@ana"))[-1]
    assert nag["buttons"] == ["Unlock"]
    await team.clicks("ana", "Unlock", channel="@ana", ts=nag["ts"])
    await team.passes("PT6H")

    assert "@ana unlocked app (every environment) (L1)." in await team.channel()
    assert len(await team.letters("ana")) == 3


async def test_what_a_restart_missed_is_asked_once(team: Workspace) -> None:
    await team.types("ana", "/deployments lock because of the audit")
    await team.sleeps("PT10H")
    await team.passes("PT5S")
    assert len(await team.letters("ana")) == 1
    await team.passes("PT3H")
    assert len(await team.letters("ana")) == 2


async def test_a_lock_that_is_set_again_has_another_reason_and_expiry(team: Workspace) -> None:
    await team.types("dee", LOCK)
    await team.passes("PT1H")
    await team.types("dee", "/deployments lock production for 3h because it takes longer")
    await team.passes("PT1M")
    held = await team.types("cy", "/deployments locks")
    assert "(61 min)" in held and ": “it takes longer”" in held
    refused = await team.types("bo", "/deployments lock production because I want it")
    assert refused.startswith("production of every service is locked by @dee already (L1)")
    assert "`" not in refused and "/deployments unlock L1" in refused
    await team.types("bo", "/deployments lock app production because of the importer")
    assert "L1, L2 are held" in await team.types("ana", "/deployments unlock")
    assert "L2 is open" in await team.types("bo", "/deployments unlock")


async def test_a_card_that_waits_shows_the_lock_and_approve_is_refused_until_it_is_open(
    team: Workspace,
) -> None:
    await team.asks()
    assert await team.shows("Not locked")
    await team.types("dee", LOCK)
    await team.passes("PT10S")
    assert await team.shows("Blocked\n• Locked by dee since")
    card = (await team.messages())[0]["ts"]
    await team.clicks("bo", "Approve", ts=card, stale=True)
    await team.passes("PT1S")

    assert (await team.told("bo"))[-1].startswith("Nothing was approved. Locked by dee")
    assert await team.state() == "Blocked"
    assert "L1 is open" in await team.types("dee", "/deployments unlock")
    await team.passes("PT10S")
    assert await team.shows("Not locked")
    await team.clicks("bo", "Approve")
    await team.passes("PT5S")
    assert len(await team.dispatches()) == 1


async def test_a_lock_set_after_the_approval_is_judged_before_the_effect(team: Workspace) -> None:
    await team.asks()
    await team.fault("github", "status:429:retry_after=30", path="/git/")
    await team.clicks("bo", "Approve")
    await team.passes("PT5S")
    await team.types("dee", LOCK)
    await team.passes("PT1M")

    assert (await team.card()).splitlines()[1] == "Void"
    assert await team.shows("Locked by dee since 2024-03-26 10:00 UTC")
    assert await team.dispatches() == []


async def test_a_rollback_goes_through_locks_and_freezes(team: Workspace) -> None:
    await team.asks_and_approves()
    await team.until(lambda: team.shows("Succeeded"))
    await team.types("dee", "/deployments freeze sale from 2024-03-26 to 2024-03-27")
    await team.types("dee", LOCK)
    assert "Roll back app production to" in await team.types("ana", "/rollback because it is bad")
    await team.clicks_own("ana", "Roll Back to")

    async def is_back() -> bool:
        return any("Rolled back to: v1.2.0" in text for text in await team.channel())

    await team.until(is_back)
    assert "L1 production of every service" in await team.types("cy", "/deployments locks")


async def test_other_places_are_free(team: Workspace, tmp_path: Path) -> None:
    await team.types("dee", "/deployments lock staging because QA is at work")
    await team.asks()
    assert "Waiting for approval" in (await team.channel())[-1]
    async with workspace(tmp_path, seed="many", database=f"sqlite:///{tmp_path}/2.db") as many:
        await many.types("dee", "/deployments lock s02 because of the importer")
        await many.asks("/deploy v1.2.1 s01")
        assert "Waiting for approval" in (await many.channel())[-1]


async def test_who_may_lock_and_unlock(team: Workspace) -> None:
    may_not = "Only people with the role deployer may lock and unlock."
    assert (await team.types("cy", LOCK)).startswith(may_not)
    assert "I do not know this account." in await team.types("eve", LOCK)
    assert "prodution" in await team.types("dee", LOCK.replace("production", "prodution"))
    assert await team.types("cy", "/deployments locks") == "Nothing is locked or frozen."
    assert (await team.types("ana", "/deployments unlock")).startswith("No lock is held there.")
    assert (await team.types("ana", "/deployments unlock L1")) == "There is no lock L1."

    await team.types("ana", LOCK)
    assert (await team.types("cy", "/deployments unlock L1")).startswith(may_not)


async def test_a_lifted_lock_lets_this_one_through_and_stays_shut_for_others(
    team: Workspace,
) -> None:
    await team.asks()
    await team.types("dee", "/deployments lock app production because the database moves")
    await team.passes("PT5S")
    assert "Blocked\n• Locked by dee" in await team.card()
    await team.clicks("bo", "Override")
    await team.submits("bo", **{"Gates to lift": ["lock"], "Reason": "dee agreed on the phone"})
    await team.passes("PT5S")
    assert "Lock lifted by @bo 2024-03-26 10:00 UTC: dee agreed on the phone" in await team.card()
    await team.approves("bo")
    await team.passes("PT5S")
    assert await team.dispatches() == []  # one approver more
    await team.approves("dee")
    await team.passes("PT45S")
    assert await team.state() == "Succeeded"
    await team.types("ana", "/deploy v1.3.0")
    await team.passes("PT2S")
    assert "Blocked\n• Locked by dee" in (await team.channel())[-1]
