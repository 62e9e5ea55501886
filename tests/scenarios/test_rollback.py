"""`/rollback`: one person goes back, whatever the calendar says; nothing runs beside anything."""

from pathlib import Path

import pytest

from tests.scenarios.workspace import Json, Workspace, workspace


async def deployed(team: Workspace) -> None:
    """v1.2.1 is live and well."""
    await team.asks_and_approves()
    await team.passes("PT2M")
    assert await team.state() == "Succeeded"


async def rollback_runs(team: Workspace) -> list[Json]:
    """The runs that went back to v1.2.0, without the one that had brought it."""
    return [run for run in await team.runs_of("v1.2.0") if run["workflow"] == "rollback.yml"]


async def rolls_back(team: Workspace, person: str, line: str) -> None:
    """The command, then its button."""
    said = await team.types(person, line)
    assert "Roll back app production to" in said, said
    await team.clicks_own(person, "Roll Back to")
    await team.passes("PT2M")


async def test_back_to_the_last_known_good_version(team: Workspace) -> None:
    await deployed(team)
    await rolls_back(team, "ana", "/rollback because feature X loses orders")

    *_, card, success = await team.channel()
    assert card.splitlines()[:2] == ["app v1.2.0 back → production", "Rolled back"]
    assert success == (
        "⚠️ Production rollback executed\n"
        "Reason: feature X loses orders\n"
        "Rolled back to: v1.2.0\n"
        "Status: Service restored, investigating issue\n"
        "Next steps:\n"
        "- Root cause analysis\n"
        "- Hotfix: not started\n"
        "- ETA for fix: not yet known"
    )
    sent = (await team.dispatches())[-1]
    assert sent["path"].endswith("/workflows/rollback.yml/dispatches")
    assert sent["body"]["inputs"]["version"] == "v1.2.0"
    assert "v1.2.0" in await team.types("ana", "/deployments status app production")
    assert [entry.action for entry in await team.trail("D3")][:2] == [
        *("rollback_requested", "prepared")
    ]


async def test_the_second_time_it_does_not_return_to_what_was_just_left(team: Workspace) -> None:
    await deployed(team)
    await rolls_back(team, "ana", "/rollback because it is broken")
    said = await team.types("bo", "/rollback because still broken")
    assert said.startswith("Roll back app production to v1.1.0?")
    said = await team.types("bo", "/rollback to v1.2.1 because still broken")
    assert said.startswith("I do not go back to v1.2.1: left by a rollback.")


async def test_without_a_reason_a_form_asks_for_it(team: Workspace) -> None:
    await deployed(team)
    await team.types("bo", "/rollback")
    await team.submits(
        "bo", **{"Reason": "Critical functionality broken", "In a few words": "checkout fails"}
    )
    await team.passes("PT2M")

    assert "Reason: Critical functionality broken: checkout fails" in (await team.channel())[-1]


async def test_outside_the_hours_one_person_suffices(tmp_path: Path) -> None:
    hours = {"tz": "UTC", "hours": ["10:00", "10:05"]}
    rules = {"services": {"app": {"windows": {"production": hours}}}}
    async with workspace(tmp_path, rules=rules) as team:
        await deployed(team)
        await team.passes("PT30M")
        await team.post("/health", environment="production", status="bad")
        await team.types("dee", "/rollback because the site is down")
        await team.clicks_own("dee", "Roll Back to v1.2.0")
        await team.passes("PT15S")
        await team.post("/health", environment="production", status="ok")
        await team.passes("PT2M")

        assert (await team.channel())[-1].startswith("⚠️ Production rollback executed")


async def test_a_degraded_deployment_is_closed_by_it(team: Workspace) -> None:
    await team.asks_and_approves()
    await team.passes("PT10S")
    await team.post("/health", environment="production", status="bad")
    await team.until(lambda: team.shows("Degraded"), "PT1M")
    await team.clicks("bo", "Roll Back")
    await team.submits("bo", **{"Reason": "Critical functionality broken"})
    await team.post("/health", environment="production", status="ok")
    await team.passes("PT2M")

    assert await team.state() == "Failed"
    assert "Taken back by a rollback to v1.2.0" in await team.card()
    assert "Rolled back to: v1.2.0" in (await team.channel())[-1]
    buttons = [label for one in await team.messages() for label in one["buttons"]]
    assert "Undo Rollback" not in buttons  # what never ran well does not come again


async def test_what_only_waits_is_superseded(team: Workspace) -> None:
    await deployed(team)
    await team.asks("/deploy v1.3.0")
    await rolls_back(team, "bo", "/rollback because v1.2.1 loses orders")

    _, _, waiting, *_, last = await team.channel()
    assert waiting.splitlines()[1:3] == ["Cancelled", "Superseded by a rollback to v1.2.0"]
    assert last.startswith("⚠️ Production rollback executed")


async def test_what_runs_is_stopped_first_and_never_beside_it(team: Workspace) -> None:
    await team.asks_and_approves()
    await team.passes("PT8S")
    assert await team.state() == "Running"
    await team.types("bo", "/rollback because wrong version")
    await team.clicks_own("bo", "Abort D2 and Roll Back to v1.2.0")
    await team.passes("PT5S")
    assert len([row for row in await team.dispatches() if "rollback.yml" in row["path"]]) <= 1
    await team.passes("PT3M")

    assert await team.state() == "Cancelled"
    assert "Rolled back to: v1.2.0" in (await team.channel())[-1]
    (first,), (second,) = await team.runs_of("v1.2.1"), await rollback_runs(team)
    assert first["conclusion"] == "cancelled"
    assert first["id"] < second["id"]


async def test_two_people_at_once_roll_back_once(team: Workspace) -> None:
    await deployed(team)
    for person in ("ana", "bo"):
        await team.types(person, "/rollback because it is broken")
    for person in ("ana", "bo"):
        await team.clicks_own(person, "Roll Back to v1.2.0")
    await team.passes("PT2M")

    assert len(await rollback_runs(team)) == 1
    assert "is being changed by D3" in (await team.told("bo"))[-1]


async def test_an_old_button_does_not_act_on_another_situation(team: Workspace) -> None:
    await deployed(team)
    await team.types("bo", "/rollback because it is broken")
    await rolls_back(team, "ana", "/rollback because it is broken")
    await team.clicks_own("bo", "Roll Back to v1.2.0")
    await team.passes("PT2S")

    assert "Meanwhile v1.2.0 is live, and not v1.2.1" in (await team.told("bo"))[-1]
    assert len(await rollback_runs(team)) == 1


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("/rollback to v9.9.9 because I say so", "Known to be good: v1.1.0, v1.0.0. To insist,"),
        ("/rollback to v1.2.0 because of that", "I do not go back to v1.2.0: live now"),
        ("/rollback to yesterday", "To which version?"),
        ("/rollback to 1.2.0 because of that", "Did you mean v1.2.0?"),
        ("/rollback app app", "Two services are named"),
        ("/rollback app back to v1.0.0", "Did you mean /rollback app to v1.0.0 because …?"),
        ("/rollback apii to v1.0.0", "Did you mean /rollback to v1.0.0 because …?"),
        ("/rollback staging is red", "Did you mean /rollback staging because staging is red?"),
    ],
)
async def test_what_cannot_be_gone_back_to_is_refused_with_a_way_on(
    team: Workspace, line: str, told: str
) -> None:
    assert told in await team.types("ana", line)
    assert await team.dispatches() == []


async def test_it_goes_back_where_it_was_said_to(team: Workspace) -> None:
    nowhere = "nothing to go back to. Name a version as well and add force: … to v1.2.0 force"
    assert nowhere in await team.types("ana", "/rollback app staging because smoke is red")
    said = await team.types("dee", "/rollback staging to v1.2.0 force because smoke is red")
    assert said.startswith("Roll back app staging to v1.2.0?")
    said = await team.types("ana", "/rollback app production to v1.0.0 because v1.2.0 is bad")
    assert said.startswith("Roll back app production to v1.0.0?")


async def test_the_question_for_the_service_keeps_version_and_place(tmp_path: Path) -> None:
    shop = {"repo": "acme/app", "environments": {"production": {"bake": "PT0S"}}}
    async with workspace(tmp_path, rules={"services": {"shop": shop}}) as team:
        said = await team.types("ana", "/rollback to v1.1.0 because it is bad")
        assert said.startswith("Which service? For example: /rollback to v1.1.0 app.")
        said = await team.types("ana", "/rollback staging because smoke is red")
        assert said.startswith("Which service? For example: /rollback staging app.")


@pytest.mark.parametrize(
    ("person", "told"),
    [("cy", "Only people with the role"), ("eve", "I do not know this account")],
)
async def test_who_may_not_roll_back_is_told_so(team: Workspace, person: str, told: str) -> None:
    said = await team.types(person, "/rollback because I want to")
    assert told in said
    assert await team.dispatches() == []


async def test_a_version_that_never_ran_needs_a_second_person(team: Workspace) -> None:
    said = await team.types("bo", "/rollback to v1.2.1 force because nothing else is left")
    assert "It never ran well here" in said
    await team.clicks_own("bo", "Roll Back to v1.2.1")
    await team.passes("PT5S")
    assert await team.state() == "Waiting for approval"
    await team.clicks("bo", "Approve")
    await team.passes("PT2S")
    assert "four eyes" in (await team.told("bo"))[-1]
    assert await team.dispatches() == []
    await team.clicks("dee", "Approve")
    await team.passes("PT2M")

    assert "Rolled back to: v1.2.1" in (await team.channel())[-1]


async def test_a_team_may_ask_for_a_second_person_at_any_rollback(tmp_path: Path) -> None:
    production = {"approval": {"rollback": 1}}
    rules = {"services": {"app": {"environments": {"production": production}}}}
    async with workspace(tmp_path, rules=rules) as team:
        await deployed(team)
        said = await team.types("bo", "/rollback because v1.2.1 loses orders")
        assert "As configured, a second person has to approve it." in said
        await team.clicks_own("bo", "Roll Back to v1.2.0")
        await team.passes("PT5S")
        assert "A second person has to approve it; its card follows." in (await team.told("bo"))[-1]
        card = next(text for text in await team.channel() if "back → production" in text)
        assert "1 approver other than @bo has to press Approve before anything is switched" in card
        await team.clicks("bo", "Approve")
        await team.passes("PT2S")
        assert "four eyes" in (await team.told("bo"))[-1]
        assert await rollback_runs(team) == []
        await team.clicks("dee", "Approve")
        await team.passes("PT2M")

        assert "Rolled back to: v1.2.0" in (await team.channel())[-1]
        assert len(await rollback_runs(team)) == 1


async def test_it_goes_on_after_the_bot_was_down(team: Workspace) -> None:
    await deployed(team)
    await team.types("bo", "/rollback because it is broken")
    await team.clicks_own("bo", "Roll Back to v1.2.0")
    await team.sleeps("PT1M")
    await team.passes("PT2M")

    assert "Rolled back to: v1.2.0" in (await team.channel())[-1]
    assert len(await rollback_runs(team)) == 1


async def test_a_repository_without_a_rollback_workflow_takes_its_release_workflow(
    tmp_path: Path,
) -> None:
    rules = {"services": {"app": {"rollback_workflow": "nowhere.yml"}}}
    async with workspace(tmp_path, rules=rules) as team:
        await deployed(team)
        await rolls_back(team, "bo", "/rollback because v1.2.1 loses orders")
        assert (await team.dispatches())[-1]["path"].endswith("/release.yml/dispatches")


async def test_slack_that_does_not_answer_about_people_stops_no_rollback(team: Workspace) -> None:
    await deployed(team)
    await team.types("bo", "/rollback because it is broken")
    await team.fault("slack", "status:500", path="users.info", count=100_000)
    await team.clicks_own("bo", "Roll Back to v1.2.0")
    await team.passes("PT2M")

    assert len(await rollback_runs(team)) == 1


async def test_the_history_knows_what_was_rolled_back(team: Workspace) -> None:
    await deployed(team)
    await rolls_back(team, "bo", "/rollback because it is broken")
    assert team.bot is not None
    records = await team.bot.store.read(lambda tx: tx.records("app", "production"))
    assert [(r.version, r.rolls_back, r.hold) for r in records][-1] == ("v1.2.0", "D2", True)
