"""The database on the way back: left as it is, unless somebody confirms twice; undone once."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.domain.errors import Refusal
from bot.services.deployments import decisions
from sandbox.world import World
from tests.scenarios.test_incident_ends import OUTAGE, suspect
from tests.scenarios.test_targets import VERCEL, starts, targets
from tests.scenarios.workspace import Json, Workspace, workspace

RULES: Json = {"services": {"app": {"migrations": {"workflow": "migrate.yml", "call": ["dee"]}}}}
UNDO = "Undo 2 migrations and Roll Back to v1.2.0"
DONE = ("status", "verify", "down", "status", "verify")


def reversible(world: World) -> None:
    """v1.3.0 brings two migrations, each with a way down."""
    git = world.github.repository("acme/app").git
    brings = git.tagged("v1.3.0")
    assert brings is not None
    both = {
        "migrations/0007_add_notes.sql": "create table notes ();\n-- down\ndrop table notes;\n",
        "migrations/0008_add_marks.sql": "create table marks ();\n-- down\ndrop table marks;\n",
    }
    git.commits[brings.sha] = replace(brings, changes=both)


@pytest.fixture
async def reverting(tmp_path: Path) -> AsyncIterator[Workspace]:
    """v1.3.0 is live and well, and can be undone."""
    async with workspace(tmp_path, rules=RULES, begin=reversible) as opened:
        await deployed(opened)
        yield opened


async def deployed(team: Workspace) -> None:
    await team.asks_and_approves("/deploy v1.3.0")
    await team.passes("PT2M")
    assert await team.state() == "Succeeded"


async def undoes(team: Workspace) -> None:
    await team.types("bo", "/rollback because orders are lost")
    await team.clicks_own("bo", UNDO)


async def asked(team: Workspace) -> list[str]:
    """What the workflow was asked to do to the database on the way back, oldest first."""
    runs = (await team.get("/github/runs"))["runs"]
    return [r["inputs"]["command"] for r in reversed(runs) if is_of_the_way_back(r)]


def is_of_the_way_back(run: Json) -> bool:
    """Whether the database was asked then, and not after the deployment D2 before it."""
    ours = run["workflow"] == "migrate.yml"
    return ours and not run["inputs"]["request_id"].startswith("D2-")


async def card(team: Workspace) -> str:
    return next(text for text in reversed(await team.channel()) if "back → production" in text)


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


async def began(team: Workspace, command: str) -> bool:
    return (await asked(team))[-1:] == [command]


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


async def test_the_form_takes_the_code_back_alone(reverting: Workspace) -> None:
    team = reverting
    await team.types("bo", "/rollback")
    await team.submits("bo", Reason="Critical functionality broken")
    await team.passes("PT3M")

    assert (await team.channel())[-1].startswith("⚠️ Production rollback executed")
    assert "2 migrations in between; the database stays as it is:" in await card(team)
    assert await asked(team) == []


async def test_the_form_goes_to_another_version_as_well(reverting: Workspace) -> None:
    team = reverting
    await team.types("bo", "/rollback")
    await team.submits("bo", **{"Back to": "v1.1.0", "Reason": "Critical functionality broken"})
    await team.passes("PT3M")

    assert "Rolled back to: v1.1.0" in (await team.channel())[-1]
    assert await asked(team) == []


async def test_a_form_that_was_open_since_before_takes_the_code_back_alone(
    reverting: Workspace,
) -> None:
    team = reverting
    await team.types("bo", "/rollback")
    slack = team.world.slack
    view = slack.views.top(slack.named("bo").id)
    assert view is not None
    memory = json.loads(view.source["private_metadata"])
    memory["order"] = json.dumps(json.loads(memory["order"]) | {"undo": 2})
    view.source["private_metadata"] = json.dumps(memory)
    await team.submits("bo", Reason="Critical functionality broken")
    await team.passes("PT3M")

    assert (await team.channel())[-1].startswith("⚠️ Production rollback executed")
    assert await asked(team) == []


async def code_stays(team: Workspace) -> None:
    """The database is taken back, and the run that should bring the code fails."""
    await undoes(team)
    await team.until(lambda: runs_at_last(team, "rollback.yml"), "PT2S")
    await team.ends_run("failure")
    await team.passes("PT1M")
    assert await asked(team) == list(DONE)


async def runs_at_last(team: Workspace, workflow: str) -> bool:
    return bool((await team.get("/github/runs"))["runs"][0]["workflow"] == workflow)


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


async def test_from_an_incident_the_migrations_are_listed_before_they_are_undone(
    reverting: Workspace,
) -> None:
    team = reverting
    await team.types("cy", OUTAGE)
    await team.passes("PT1S")
    await team.clicks("bo", "Roll Back", ts=await suspect(team))
    await team.passes("PT1S")
    shown = next(text for text in reversed(await team.told("bo")) if "Roll back app" in text)
    assert "2 migrations in between; the database stays as it is:" in shown
    assert "0008_add_marks.sql" in shown


LEFT = "the database was taken back; the code was not"


async def waits_for_the_code(team: Workspace) -> bool:
    return "About to start" in await card(team)


async def test_cancelled_after_the_database_went_back_it_is_a_persons(
    reverting: Workspace,
) -> None:
    team = reverting
    await undoes(team)
    await team.until(lambda: began(team, "down"), "PT2S")
    await team.fault("github", "status:503", path="/git/", count=1000)
    await team.until(lambda: waits_for_the_code(team), "PT5S")
    await team.clicks("bo", "Cancel")
    await team.passes("PT30S")

    assert f"Cancelled: {LEFT}" in (await team.channel())[-1]
    assert "Degraded" in (await team.channel())[-2]


async def test_void_after_the_database_went_back_it_is_a_persons(reverting: Workspace) -> None:
    team = reverting
    await undoes(team)
    await team.until(lambda: began(team, "down"), "PT2S")
    await team.fault("github", "status:503", path="/git/", count=1000)
    await team.until(lambda: waits_for_the_code(team), "PT5S")
    await team.post("/github/tag", name="v1.2.0", sha="d4" * 20)
    await team.mends()
    await team.passes("PT2M")

    assert LEFT in (await team.channel())[-1]
    assert "Degraded" in (await team.channel())[-2]
    assert not [text for text in await team.letters("bo") if "Nothing was deployed" in text]


async def test_cancelled_while_its_run_goes_on_it_is_a_persons_and_never_good(
    reverting: Workspace,
) -> None:
    team = reverting
    await team.post("/github/preset", workflow="rollback.yml", script="manual")
    await undoes(team)
    await team.until(lambda: runs_at_last(team, "rollback.yml"), "PT15S")
    await team.passes("PT5S")
    await team.clicks("bo", "Cancel")
    await team.passes("PT30S")

    bot, (card_row, alert) = team.bot, (await team.messages())[-2:]
    assert bot is not None
    assert "Degraded: the database was taken back, the code was not" in card_row["rendered"]
    assert "the database was taken back; the code" in alert["rendered"]
    assert "Roll Back brings the code to v1.2.0" in alert["rendered"]
    assert "Mark Good" not in card_row["buttons"]
    bo = team.world.slack.named("bo").id
    with pytest.raises(Refusal, match="cannot be marked good"):
        await bot.store.run(lambda tx: decisions.mark_good(tx, bot.config, 3, bo))


async def test_a_run_that_github_declines_after_the_database_went_back_is_a_persons(
    reverting: Workspace,
) -> None:
    team = reverting
    await team.fault("github", "status:422", path="/rollback.yml/dispatches")
    await undoes(team)
    await team.passes("PT5M")

    last = (await team.channel())[-1]
    assert "GitHub refused to start the run" in last
    assert LEFT in last
    assert "Degraded: the database was taken back" in (await team.channel())[-2]


async def test_a_step_that_waits_at_a_gate_of_githubs_ends_as_not_known_and_names_it(
    tmp_path: Path,
) -> None:
    settings = RULES["services"]["app"]["migrations"] | {"deadline": "PT3M"}
    rules: Json = {"services": {"app": {"migrations": settings}}}
    async with workspace(tmp_path, rules=rules, begin=reversible) as team:
        await deployed(team)
        await undoes(team)
        await team.until(lambda: began(team, "down"), "PT2S")
        await team.ends_run("waiting", "migrate")
        await team.passes("PT1M")
        run = (await team.get("/github/runs"))["runs"][0]["id"]
        assert f"run {run} waits at the gate migrate of GitHub's" in await card(team)
        await team.passes("PT3M")

        last = (await team.channel())[-1]
        assert f"run {run} still waits at the gate migrate of GitHub's after 3 min" in last
        assert "how much of the database was taken back is not known" in last
        assert "Look at the database first with @dee" in last
        assert await asked(team) == ["status", "verify", "down"]
