"""After a rollback, at GitHub: what was rolled back is reverted by a pull request."""

from pathlib import Path

from sandbox.world import World
from tests.scenarios import outside
from tests.scenarios.test_rollback import deployed, rolls_back
from tests.scenarios.workspace import Json, Workspace, workspace

WHICH = "Which pull request?"


async def rolled_back(team: Workspace) -> None:
    """v1.2.1 was deployed, and rolled back by Ana."""
    await deployed(team)
    await rolls_back(team, "ana", "/rollback because feature X loses orders")


async def thread_of_rollback(team: Workspace) -> list[Json]:
    """The replies below the card of the rollback."""
    rows = await team.messages()
    card = next(row for row in rows if row["text"].startswith("app v1.2.0 back"))
    return (await team.messages(thread_ts=card["ts"]))[1:]


async def said_below(team: Workspace) -> list[str]:
    """What people read in that thread."""
    return [row["rendered"] for row in await thread_of_rollback(team)]


async def presses(team: Workspace, person: str, button: str) -> Json:
    """A button in that thread."""
    rows = await thread_of_rollback(team)
    ts = next(row["ts"] for row in rows if button in row["buttons"])
    return await team.clicks(person, button, ts=ts)


async def reverts(team: Workspace, person: str, change: str = "#4 Add feature X") -> None:
    """Revert, and its form."""
    pressed = await presses(team, person, "Revert")
    if pressed["modal"] is not None:
        await team.submits(person, **{WHICH: change})
    await team.passes("PT5S")


async def mutations(team: Workspace) -> int:
    """How often GitHub was asked for a revert."""
    rows = (await team.get("/journal", system="github", method="POST"))["journal"]
    return sum(row["path"] == "/graphql" for row in rows)


async def test_a_pull_request_of_what_was_rolled_back_is_reverted(team: Workspace) -> None:
    await rolled_back(team)
    assert "- Hotfix: not started" in (await team.channel())[-1]
    await presses(team, "ana", "Revert")
    form = await team.get("/modal", **{"as": "ana"})
    options = form["blocks"][1]["element"]["options"]
    assert [one["text"]["text"] for one in options] == [
        "#4 Add feature X",
        "#5 Fix bug Y",
        "#6 Update dependency Z",
    ]
    await team.submits("ana", **{WHICH: "#4 Add feature X"})
    await team.passes("PT5S")
    assert (await team.told("ana"))[-1] == (
        "I ask GitHub for a revert of #4; the thread of D3 tells."
    )

    assert (await said_below(team))[-1] == (
        "#12 reverts #4 “Add feature X”, as @ana asked. It is not merged yet: it needs its review "
        "and its checks, as any other."
    )
    assert "- Revert in progress: #12" in (await team.channel())[-1]
    made = outside.repo(team.world).pulls[12]
    assert (made.title, made.base, made.branch) == (
        'Revert "Add feature X"',
        "main",
        "revert-4-feature-x",
    )
    assert made.body == "Reverts #4, which D3 rolled back.\n"
    assert [(e.action, e.actor) for e in await team.trail("D3")][-2:] == [
        ("revert_wanted", "U0ANA"),
        ("revert_made", "U0ANA"),
    ]


async def test_what_is_reverted_already_is_not_reverted_twice(team: Workspace) -> None:
    await rolled_back(team)
    await presses(team, "bo", "Revert")
    await reverts(team, "ana")
    # Bo's form is older than that.
    await team.submits("bo", **{WHICH: "#4 Add feature X"})
    await team.passes("PT1M")
    assert (await team.told("bo"))[-1] == "There is a revert of #4 already: #12."
    assert await mutations(team) == 1
    await presses(team, "bo", "Revert")
    form = await team.get("/modal", **{"as": "bo"})
    assert "feature X" not in str(form)


async def test_one_that_somebody_made_at_github_is_found(team: Workspace) -> None:
    await rolled_back(team)
    outside.reverts(team.world, 4, by="bo-acme")
    await reverts(team, "ana")
    assert (await said_below(team))[-1] == (
        "#4 “Add feature X” is reverted by #12, which was there already. @ana"
    )
    assert await mutations(team) == 0


async def test_who_holds_no_role_reverts_nothing(team: Workspace) -> None:
    await rolled_back(team)
    await reverts(team, "cy")
    assert "Only people with the role" in (await team.told("cy"))[-1]
    assert await mutations(team) == 0


async def test_a_lost_answer_is_looked_for_and_never_sent_again(team: Workspace) -> None:
    await rolled_back(team)
    await team.fault("github", "status_after_apply:502", path="/graphql")
    await reverts(team, "ana")
    await team.reopen()
    await team.passes("PT2M")
    assert "#12 reverts #4 “Add feature X”" in (await said_below(team))[-1]
    assert await mutations(team) == 1


async def test_one_that_never_arrived_is_left_to_a_person(team: Workspace) -> None:
    await rolled_back(team)
    await team.fault("github", "status:502", path="/graphql")
    await reverts(team, "ana")
    await team.passes("PT5M")
    assert (await said_below(team))[-1] == (
        "@ana There is no revert of #4: GitHub's answer was lost, and nothing is to be seen "
        "there. Look at GitHub first. Press Revert again when that is mended, or revert it by "
        "hand: git revert, and a pull request."
    )
    assert await mutations(team) == 1
    await reverts(team, "ana")
    assert "#12 reverts #4 “Add feature X”" in (await said_below(team))[-1]
    assert await mutations(team) == 2


async def test_what_github_cannot_revert_is_told_with_its_reason(team: Workspace) -> None:
    await rolled_back(team)
    here = outside.repo(team.world)
    merged = here.git.commits[here.pulls[4].merge_commit_sha or ""]
    outside.commit(team.world, "Rework feature X", dict.fromkeys(merged.changes, "reworked"))
    await reverts(team, "ana")
    assert (await said_below(team))[-1].startswith(
        "@ana There is no revert of #4: GitHub says: Sorry, this pull request couldn’t be "
        "reverted automatically. Look at GitHub first."
    )


async def test_an_app_without_the_right_is_told_so(tmp_path: Path) -> None:
    def without(world: World) -> None:
        world.github_as = "app"
        world.github.app.permissions["pull_requests"] = "read"

    async with workspace(tmp_path, begin=without) as team:
        await rolled_back(team)
        await reverts(team, "ana")
        told = (await said_below(team))[-1]
        assert "GitHub says: Resource not accessible by integration." in told


async def test_a_rollback_that_a_person_calls_good_is_followed_by_the_same(tmp_path: Path) -> None:
    short = {"services": {"app": {"environments": {"production": {"deadline": "PT1M"}}}}}
    async with workspace(tmp_path, rules=short) as team:
        await deployed(team)
        await team.post("/health", environment="production", status="bad")
        await rolls_back(team, "ana", "/rollback because feature X loses orders")
        await team.passes("PT75S")
        await team.clicks("dee", "Mark Good")
        await team.passes("PT2S")
        buttons = [name for row in await thread_of_rollback(team) for name in row["buttons"]]
        assert {"Revert", "Start Hotfix"} <= {*buttons}
