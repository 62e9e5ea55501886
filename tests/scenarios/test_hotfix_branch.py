"""A hotfix is begun from Slack: first its branch, then its pull request, once there is a commit."""

from pathlib import Path

from sandbox.world import World
from tests.scenarios import outside
from tests.scenarios.test_remedies import presses, rolled_back, said_below
from tests.scenarios.workspace import Workspace, workspace

ABOUT = "What does it mend?"
BRANCH = "hotfix/D3-feature-x-loses-orders"
RULES = {
    "services": {
        "app": {"aftercare": {"label": "urgent", "reviewers": ["bo", "team:acme/release-managers"]}}
    }
}


async def starts(team: Workspace, person: str) -> None:
    """Start Hotfix, and its form as it is opened."""
    pressed = await presses(team, person, "Start Hotfix")
    if pressed["modal"] is not None:
        await team.submits(person)
    await team.passes("PT5S")


async def test_a_hotfix_begins_with_a_branch_and_gets_its_pull_request_with_a_commit(
    tmp_path: Path,
) -> None:
    async with workspace(tmp_path, rules=RULES) as team:
        await rolled_back(team)
        await starts(team, "ana")
        here = outside.repo(team.world)
        live = outside.commit_of(team.world, "v1.2.0")
        assert here.git.branches[BRANCH] == live
        assert (await said_below(team))[-1] == (
            f"{BRANCH} starts at v1.2.0 ({live[:7]}), as @ana asked:\n"
            f"```git fetch origin\ngit switch {BRANCH}\n# make the fix\n"
            'git commit -am "fix: …"\ngit push```\n'
            "I open its pull request as soon as it has a commit."
        )
        assert "- Hotfix in progress" in (await team.channel())[-1]
        await team.passes("PT3M")
        assert here.next_number() == 12

        outside.pushes(team.world, BRANCH, "fix: keep orders")
        await team.passes("PT5S")
        assert (await said_below(team))[-1] == "The pull request of the hotfix is open: #12. @ana"
        made = here.pulls[12]
        assert (made.title, made.base) == ("feature X loses orders", "main")
        assert (made.labels, made.asked, made.asked_teams) == (
            ("urgent",),
            ["bo-acme"],
            ["release-managers"],
        )
        page = f"{team.world.base_url}/github/acme/app/pull/12"
        async with team.control.get(page) as answer:
            assert f"from {BRANCH} into main, labels: urgent" in await answer.text()
        assert made.body.startswith("A hotfix for D3, from v1.2.0, which is live.")
        assert [e.action for e in await team.trail("D3")][-3:] == [
            *("hotfix_wanted", "hotfix_begun", "hotfix_made")
        ]


async def test_lost_answers_make_nothing_twice(team: Workspace) -> None:
    await rolled_back(team)
    await team.fault("github", "status_after_apply:502", path="/git/refs")
    await starts(team, "ana")
    await team.reopen()
    await team.passes("PT2M")
    assert f"{BRANCH} starts at v1.2.0" in (await said_below(team))[-1]
    outside.pushes(team.world, BRANCH, "fix: keep orders")
    await team.fault("github", "status_after_apply:502", path="/acme/app/pulls", method="POST")
    await team.passes("PT5M")
    here = outside.repo(team.world)
    assert [p.branch for p in here.pulls.values()].count(BRANCH) == 1
    assert "The pull request of the hotfix was opened already: #12." in (await said_below(team))[-1]
    assert here.pulls[12].labels == ("hotfix",)


async def test_where_workflow_files_have_changed_since_it_takes_one_more_right(
    tmp_path: Path,
) -> None:
    """The branch begins at an older commit; GitHub's answer does not say what is missing."""

    def without(world: World) -> None:
        world.github_as = "app"
        del world.github.app.permissions["workflows"]

    async with workspace(tmp_path, begin=without) as team:
        await rolled_back(team)
        branches = outside.repo(team.world).git.branches
        for name in branches.keys() - {"main"}:
            del branches[name]
        outside.commit(team.world, "Lint, too", {".github/workflows/lint.yml": "on: push\n"})
        await starts(team, "ana")
        assert (
            "GitHub says: 403 Resource not accessible by integration (needs contents=write; "
            "contents=write,workflows=write); where workflow files have changed since that commit, "
            "this takes the App's right workflows: write"
        ) in (await said_below(team))[-1]
        assert BRANCH not in branches

        team.world.github.app.permissions["workflows"] = "write"
        await team.post("/github/expire_tokens")
        await starts(team, "ana")
        assert f"{BRANCH} starts at v1.2.0" in (await said_below(team))[-1]


async def test_a_second_wish_finds_the_first_and_others_may_not(team: Workspace) -> None:
    await rolled_back(team)
    await starts(team, "cy")
    assert "Only people with the role" in (await team.told("cy"))[-1]
    await starts(team, "ana")
    await starts(team, "bo")
    assert (await team.told("bo"))[-1] == f"The hotfix has its branch already: {BRANCH}."


async def test_who_cannot_review_is_told_and_the_pull_request_stays(tmp_path: Path) -> None:
    def leaves(world: World) -> None:
        del world.github.logins["bo"]

    async with workspace(tmp_path, rules=RULES, begin=leaves) as team:
        await rolled_back(team)
        await starts(team, "ana")
        outside.pushes(team.world, BRANCH, "fix: keep orders")
        await team.passes("PT5S")
        told = (await said_below(team))[-1]
        assert told.startswith("The pull request of the hotfix is open: #12. @ana\n")
        assert "Nobody was asked to review it: 422 Reviews may only be requested" in told


async def test_a_moderate_incident_hastens_its_hotfix(team: Workspace) -> None:
    await team.types("ana", "/incident moderate Sign-in is broken")
    await team.passes("PT5S")
    root = (await team.messages())[-1]
    assert "Start Hotfix" in root["buttons"]
    await team.clicks("ana", "Start Hotfix", ts=root["ts"])
    await team.submits("ana", **{ABOUT: "Sign-in: tokens time out!"})
    await team.passes("PT5S")

    thread = [row["rendered"] for row in await team.messages(thread_ts=root["ts"])]
    branch = "hotfix/INC-1-sign-in-tokens-time-out"
    assert f"{branch} starts at v1.2.0" in thread[-1]
    assert branch in outside.repo(team.world).git.branches


async def test_a_major_incident_rolls_back_first(team: Workspace) -> None:
    await team.types("ana", "/incident major Sign-in is broken")
    await team.passes("PT5S")
    assert "Start Hotfix" not in (await team.messages())[-1]["buttons"]
