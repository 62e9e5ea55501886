"""The database on the way back: left as it is, unless somebody confirms twice; undone once."""

from pathlib import Path

from tests.scenarios.test_targets import VERCEL, starts, targets
from tests.scenarios.undoing import (
    DONE,
    RULES,
    UNDO,
    asked,
    began,
    card,
    code_stays,
    deployed,
    reversible,
    undoes,
)
from tests.scenarios.workspace import Json, Workspace, workspace


async def test_the_code_alone_goes_back_and_what_cannot_be_undone_is_red(tmp_path: Path) -> None:
    async with workspace(tmp_path, rules=RULES) as team:
        await deployed(team)
        said = await team.types("bo", "/rollback because orders are lost")
        assert "1 migration in between; the database stays as it is:" in said
        assert "🔴 0007_drop_legacy_column.sql: no way down" in said
        shown = (await team.messages(**{"as": "bo"}))[-1]["buttons"]
        assert not [label for label in shown if label.startswith("Undo")]
        await team.clicks_own("bo", "Roll Back to v1.2.0")
        await team.passes("PT2M")

        assert (await team.channel())[-1].startswith("⚠️ Production rollback executed")
        assert "🔴 0007_drop_legacy_column.sql: no way down" in await card(team)
        assert await asked(team) == []


async def test_confirmed_twice_the_database_goes_back_first(reverting: Workspace) -> None:
    team = reverting
    await undoes(team)
    await team.passes("PT5M")

    assert (await team.channel())[-1].startswith("⚠️ Production rollback executed")
    assert await asked(team) == list(DONE)
    runs = list(reversed((await team.get("/github/runs"))["runs"]))
    (down,) = [r for r in runs if r["inputs"].get("command") == "down"]
    assert (down["inputs"]["count"], down["inputs"]["version"]) == ("2", "v1.3.0")
    assert [r["workflow"] for r in runs[-6:]] == ["migrate.yml"] * 5 + ["rollback.yml"]
    shown = await card(team)
    assert "Database: 2 migrations undone before the code goes back, once" in shown
    assert "Backup: 2024-03-26T02:00:00Z" in shown
    assert "Call if it goes wrong: @dee" in shown
    assert "migrate:down 2 succeeded" in shown
    assert "Migrate:verify after: run" in await team.types("cy", "/deployments show D3")


async def test_over_targets_it_goes_before_the_first_of_them(tmp_path: Path) -> None:
    rules = targets(VERCEL)
    rules["services"]["app"] |= RULES["services"]["app"]
    async with workspace(tmp_path, rules=rules, begin=reversible) as team:
        await deployed(team)
        await undoes(team)
        await team.passes("PT30S")
        assert await starts(team, "vercel") == []
        await team.passes("PT4M")

        assert (await team.channel())[-1].startswith("⚠️ Production rollback executed")
        assert await asked(team) == list(DONE)
        assert len(await starts(team, "vercel")) == 1


async def test_a_way_down_that_failed_is_tried_by_nobody_and_keeps_the_code(
    reverting: Workspace,
) -> None:
    team = reverting
    await undoes(team)
    await team.until(lambda: began(team, "down"), "PT2S")
    await team.passes("PT12S")  # its first job only looks for twins
    await team.ends_run("failure")
    await team.passes("PT1M")

    last = (await team.channel())[-1]
    assert "production is mixed" in last
    assert "migrate:down 2: run " in last
    assert not [text for text in await team.channel() if text.startswith("⚠️")]
    assert await asked(team) == ["status", "verify", "down"]
    buttons = (await team.messages())[-2]["buttons"]
    assert "Roll Back" in buttons
    assert not [label for label in buttons if label.startswith("Retry")]


async def test_what_looks_wrong_before_keeps_the_database_as_it_is(reverting: Workspace) -> None:
    team = reverting
    await undoes(team)
    await team.until(lambda: began(team, "verify"), "PT5S")
    await team.ends_run("failure")
    await team.passes("PT1M")

    assert "Nothing was switched" in (await team.channel())[-1]
    assert await asked(team) == ["status", "verify"]


async def test_a_lost_answer_is_looked_for_and_nothing_is_done_twice(reverting: Workspace) -> None:
    team = reverting
    await team.fault("github", "reset_after_apply", path="/migrate.yml/dispatches", count=5)
    await undoes(team)
    await team.passes("PT5M")

    assert (await team.channel())[-1].startswith("⚠️ Production rollback executed")
    assert await asked(team) == list(DONE)


async def test_what_nobody_saw_begin_is_never_sent_again(reverting: Workspace) -> None:
    team = reverting
    await undoes(team)
    await team.until(lambda: began(team, "verify"), "PT1S")
    await team.fault("github", "reset_before", path="/migrate.yml/dispatches", count=1)
    await team.passes("PT6M")

    assert "nobody knows whether it was done" in (await team.channel())[-1]
    assert await asked(team) == ["status", "verify"]
    sent = [row for row in await team.dispatches() if "migrate.yml" in row["path"]]
    assert len(sent) == 2 + 3  # after the deployment, and on the way back


async def test_it_goes_on_where_it_was_after_the_bot_was_down(reverting: Workspace) -> None:
    team = reverting
    await undoes(team)
    await team.until(lambda: began(team, "down"), "PT5S")
    await team.sleeps("PT2M")
    await team.passes("PT4M")

    assert (await team.channel())[-1].startswith("⚠️ Production rollback executed")
    assert await asked(team) == list(DONE)


async def test_a_workflow_that_shows_no_request_id_is_not_started(tmp_path: Path) -> None:
    rules: Json = {"services": {"app": {"migrations": {"workflow": "ci.yml"}}}}
    async with workspace(tmp_path, rules=rules, begin=reversible) as team:
        await deployed(team)
        await undoes(team)
        await team.passes("PT1M")

        assert (
            "Nothing was switched. migrate:status before: ci.yml does not show its"
            in ((await team.channel())[-1])
        )


async def test_what_was_undone_once_is_not_undone_by_the_next_rollback(
    reverting: Workspace,
) -> None:
    team = reverting
    await team.types("dee", "/rollback because orders are lost")
    await code_stays(team)
    said = await team.types("bo", "/rollback because orders are still lost")
    assert "D3 took 2 migrations back already; it is left as it is now" in said
    shown = (await team.messages(**{"as": "bo"}))[-1]["buttons"]
    assert shown[0] == "Roll Back to v1.2.0"
    assert not [label for label in shown if label.startswith("Undo")]
    await team.clicks_own("dee", UNDO)
    await team.passes("PT2S")
    assert "Meanwhile 0 migrations could be undone, and not 2." in (await team.told("dee"))[-1]

    await team.clicks_own("bo", "Roll Back to v1.2.0")
    await team.passes("PT3M")
    assert (await team.channel())[-1].startswith("⚠️ Production rollback executed")
    assert "D3 took 2 migrations back already" in await card(team)
    assert await asked(team) == list(DONE)


async def test_what_failed_on_the_way_down_is_not_begun_by_the_next_rollback(
    reverting: Workspace,
) -> None:
    team = reverting
    await undoes(team)
    await team.until(lambda: began(team, "down"), "PT2S")
    await team.passes("PT12S")
    await team.ends_run("failure")
    await team.passes("PT1M")
    await team.types("bo", "/rollback because orders are still lost")
    shown = (await team.messages(**{"as": "bo"}))[-1]["buttons"]
    assert not [label for label in shown if label.startswith("Undo")]
