"""Freezes: an admin closes production for a while, from Slack, and everybody sees it."""

from pathlib import Path

from tests.scenarios.workspace import Workspace, workspace

AWAY = "/deployments freeze team away from 2024-03-26 to 2024-03-27"
CLOSED = "Closed: freeze team away; opens Thursday 2024-03-28 00:00 UTC"


async def test_a_freeze_from_slack_closes_production_until_it_is_lifted(team: Workspace) -> None:
    answer = await team.types("dee", AWAY)
    assert answer == (
        "team away is set: nothing but a rollback or a hotfix goes to production of every service "
        "from Tuesday 2024-03-26 00:00 up to Thursday 2024-03-28 00:00 UTC. "
        "Lift it with /deployments freeze lift team away."
    )
    await team.asks()
    assert f"• {CLOSED}. Deploy again when it is open." in (await team.told("ana"))[-1]
    assert (await team.channel())[0].startswith("@dee froze production of every service from")
    for line in ("status", "locks", "status production"):
        shown = await team.types("cy", f"/deployments {line}")
        assert "Freeze team away, production of every service: holds, from" in shown
        assert "set by @dee" in shown
    assert "team away" not in await team.types("cy", "/deployments status staging")

    await team.types("dee", "/deployments freeze lift Team Away")
    await team.asks()

    assert "@dee lifted the freeze of production of every service: team away." in (
        await team.channel()
    )
    assert (await team.channel())[-1].splitlines()[1] == "Waiting for approval"
    assert await team.types("cy", "/deployments locks") == "Nothing is locked or frozen."
    assert [row.action for row in await team.trail("F1")] == ["freeze_set", "freeze_lifted"]


async def test_a_freeze_that_begins_while_a_card_waits_shows_on_it(team: Workspace) -> None:
    await team.types("dee", "/deployments freeze sale from 2024-03-26 10:20 to 2024-03-26 10:40")
    await team.asks()
    card = (await team.channel())[-1]
    assert "Window open (Tuesday 2024-03-26 10:00 UTC)" in card
    await team.passes("PT20M")

    card = (await team.channel())[-1]
    assert "Blocked\n• Closed: freeze sale; opens Tuesday 2024-03-26 10:40 UTC" in card
    await team.clicks("bo", "Approve", ts=(await team.messages())[-1]["ts"], stale=True)
    await team.passes("PT1S")
    assert (await team.told("bo"))[-1].startswith("Nothing was approved. Closed: freeze sale")


async def test_who_may_freeze_and_what_cannot_be_lifted(tmp_path: Path) -> None:
    freeze = {"name": "audit", "start": "2024-05-01T00:00Z", "end": "2024-05-02T00:00Z"}
    rules = {"services": {"app": {"windows": {"production": {"freezes": [freeze]}}}}}
    async with workspace(tmp_path, rules=rules) as team:
        for line in (AWAY, "/deployments freeze lift audit"):
            for person in ("ana", "bo"):
                assert "Only people with the role admin" in await team.types(person, line)
        for line, answer in (
            ("lift audit", "audit stands in gonogo.yaml; whoever keeps that file can take it out."),
            ("lift nothing", "There is no freeze nothing. From Slack there are: none."),
            ("audit from 2024-05-01 to 2024-05-02", "audit stands in gonogo.yaml already."),
            ("old from 2024-03-01 to 2024-03-02", "That is over already (2024-03-03 00:00 UTC)."),
        ):
            assert await team.types("dee", f"/deployments freeze {line}") == answer
        await team.types("dee", AWAY)
        again = await team.types("dee", AWAY.replace("team away", "TEAM away"))
        assert again.startswith("@dee has set a freeze team away already.")
        assert "Freeze audit, app production: is to come, from" in await team.types(
            "cy", "/deployments locks"
        )


async def test_staging_is_free_and_so_are_other_services(tmp_path: Path) -> None:
    async with workspace(tmp_path, seed="many") as team:
        await team.types("dee", "/deployments freeze sale from 2024-03-26 to 2024-03-27 s02")
        await team.asks("/deploy v1.2.1 s01")
        assert (await team.channel())[-1].splitlines()[1] == "Waiting for approval"
        assert "Window" not in (await team.channel())[-1]
        await team.asks("/deploy v1.2.1 s02 dry-run")
        assert "Blocked: Closed: freeze sale" in (await team.told("ana"))[-1]


async def test_rules_that_only_warn_stand_on_the_card_and_stop_nobody(tmp_path: Path) -> None:
    windows = {"warn": ["outside_hours"], "preferred": ["06:00", "07:00"]}
    rules = {"services": {"app": {"windows": {"production": windows}}}}
    async with workspace(tmp_path, seed="bake", rules=rules) as team:
        await team.passes("PT8H")
        await team.asks_and_approves()
        await team.passes("PT5S")
        assert len(await team.dispatches()) == 1
        why = await team.types("cy", "/deployments why D2")
        but = "outside the hours, outside the preferred hours"
        assert f"window warned: Window open, but {but} (Tuesday" in why
