"""After a rollback: its message says when the fix is expected, and the status what was left."""

from tests.scenarios.test_rollback import deployed, rolls_back
from tests.scenarios.workspace import Workspace


async def sets_eta(team: Workspace, person: str, words: str) -> None:
    """Set ETA on the message of the rollback."""
    pressed = await team.clicks(person, "Set ETA")
    if pressed["modal"] is not None:
        await team.submits(person, **{"When is it expected?": words})
    await team.passes("PT5S")


async def test_an_eta_fills_the_teams_message_in_its_place(team: Workspace) -> None:
    await deployed(team)
    await rolls_back(team, "ana", "/rollback because feature X loses orders")
    before = await team.channel()
    assert before[-1].endswith("- ETA for fix: not yet known")
    await sets_eta(team, "bo", "today  16:00")
    after = await team.channel()
    assert after[-1] == before[-1].replace("not yet known", "today 16:00")
    assert len(after) == len(before)
    await sets_eta(team, "ana", "tomorrow")
    assert (await team.channel())[-1].endswith("- ETA for fix: tomorrow")
    found = [entry for entry in await team.trail("D3") if entry.action == "eta_set"]
    assert [(entry.actor, entry.detail["eta"]) for entry in found] == [
        ("U0BO", "today 16:00"),
        ("U0ANA", "tomorrow"),
    ]


async def test_who_holds_no_role_sets_no_eta(team: Workspace) -> None:
    await deployed(team)
    await rolls_back(team, "ana", "/rollback because feature X loses orders")
    await sets_eta(team, "cy", "never")
    assert "Only people with the role" in (await team.told("cy"))[-1]
    assert (await team.channel())[-1].endswith("- ETA for fix: not yet known")


async def test_an_eta_outlives_a_restart_and_a_slack_that_does_not_answer(
    team: Workspace,
) -> None:
    await deployed(team)
    await rolls_back(team, "ana", "/rollback because feature X loses orders")
    await team.fault("slack", "status:500", path="chat.update", count=3)
    await sets_eta(team, "bo", "today 16:00")
    await team.reopen()

    async def is_shown() -> bool:
        return (await team.channel())[-1].endswith("- ETA for fix: today 16:00")

    await team.until(is_shown)


async def test_the_status_says_what_is_live_and_what_was_left(team: Workspace) -> None:
    await deployed(team)
    await rolls_back(team, "ana", "/rollback because feature X loses orders")
    said = await team.types("cy", "/deployments status app production")
    assert "app production: v1.2.0 (D3) since" in said
    assert "not to go back to: v1.2.1" in said
