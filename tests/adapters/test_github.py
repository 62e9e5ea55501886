"""The GitHub adapter reads acme/app as it stands in the sandbox, in as few requests as it can."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import replace

import pytest

from bot.adapters.github import PyGithubAdapter
from bot.domain.deployments.changes import Change
from bot.domain.errors import NotFound
from bot.domain.gates import Check
from sandbox.github.git import Commit, digest
from sandbox.world import World

APP = "acme/app"
RELEASE = "release.yml"


def statuses(world: World) -> Counter[int]:
    """How many of the bot's requests got which status since somebody looked."""
    rows = world.journal.entries("github")
    world.journal.clear()
    return Counter(int(str(row["status"])) for row in rows if row["direction"] == "from_bot")


async def test_who_we_are_is_asked_once(world: World, github: PyGithubAdapter) -> None:
    assert [await github.login(), await github.login()] == ["gonogo-bot", "gonogo-bot"]
    assert statuses(world) == {200: 1}


async def test_the_newest_version_comes_first(world: World, github: PyGithubAdapter) -> None:
    git = world.github.repositories[APP].git
    top = git.branches["main"]
    git.tags |= {name: top for name in ("v1.10.0", "v1.9.0", "v2.0.0-rc.1", "latest", "v3")}

    names = " ".join(tag.name for tag in await github.tags(APP))

    assert names == "v2.0.0-rc.1 v1.10.0 v1.9.0 v1.3.0 v1.2.1 v1.2.0 v1.1.0 v1.0.0"


async def test_tags_are_peeled_once(world: World, github: PyGithubAdapter) -> None:
    first = await github.tags(APP)
    assert statuses(world) == {200: 6}  # the list, and each of the five tag objects
    assert await github.tags(APP) == first
    assert await github.tag(APP, "v1.2.1") == first[1]
    assert statuses(world) == {304: 1, 200: 1}

    git = world.github.repositories[APP].git
    assert first[1].object_sha == git.tags["v1.2.1"]
    assert first[1].commit == git.commit_of(git.tags["v1.2.1"]) != first[1].object_sha
    assert first[1].dated is not None and first[1].dated.tzinfo is not None


async def test_a_moved_tag_is_seen_at_once(world: World, github: PyGithubAdapter) -> None:
    before = await github.tag(APP, "v1.2.1")
    git = world.github.repositories[APP].git
    world.github.point_tag(world.github.repositories[APP], "v1.2.1", git.branches["main"], "ana")

    after = await github.tag(APP, "v1.2.1")

    assert after.commit == after.object_sha == git.branches["main"] != before.commit


async def test_of_all_tags_however_many_the_newest_hundred_versions_are_told(
    world: World, github: PyGithubAdapter
) -> None:
    git = world.github.repositories[APP].git
    git.tags |= {f"v0.{number}.0": git.branches["main"] for number in range(2500)}
    git.tags |= {f"build-{number}": git.branches["main"] for number in range(2500)}

    found = await github.tags(APP)
    assert (len(found), found[0].name, found[-1].name) == (100, "v1.3.0", "v0.2405.0")


async def test_a_tag_that_is_not_there(github: PyGithubAdapter) -> None:
    with pytest.raises(NotFound):
        await github.tag(APP, "v9.9.9")
    with pytest.raises(NotFound):
        await github.tags("acme/none")


async def test_a_release_is_published_or_not(world: World, github: PyGithubAdapter) -> None:
    assert await github.release_notes(APP, "v1.2.1") == "Feature X, bug Y, dependency Z."
    assert await github.release_notes(APP, "v9.9.9") is None


async def test_what_lies_between_two_versions(world: World, github: PyGithubAdapter) -> None:
    found = await github.changes(APP, "v1.2.0", "v1.2.1")

    assert [(c.pull_request, c.title, c.author) for c in found.changes] == [
        (4, "Add feature X", "ana-acme"),
        (5, "Fix bug Y", "cy-acme"),
        (6, "Update dependency Z", "bo-acme"),
    ]
    assert (found.base, found.ancestry, found.commits, found.files) == ("v1.2.0", "ahead", 3, 3)
    assert found.url is not None and "/compare/" in found.url
    assert statuses(world) == {200: 2}


async def test_what_lies_between_two_commits_is_asked_once(
    world: World, github: PyGithubAdapter
) -> None:
    git = world.github.repositories[APP].git
    tagged = [git.resolve(name) for name in ("v1.2.0", "v1.2.1")]
    base, head = (commit.sha for commit in tagged if commit is not None)

    def compared() -> int:
        rows = world.journal.entries("github", "GET")
        return sum("/compare/" in str(row["path"]) for row in rows)

    one, *others = await asyncio.gather(*(github.compared(APP, base, head) for _ in range(3)))
    assert others == [one, one]
    first = await github.changes(APP, base, head)
    assert replace(first, changes=()) == one
    assert await github.changes(APP, base, head) == first
    assert compared() == 1
    for _ in range(2):  # what a name stands for may have changed
        await github.changes(APP, "v1.2.0", head)
    assert compared() == 3


async def test_a_title_is_the_pull_requests_and_not_the_commits(
    world: World, github: PyGithubAdapter
) -> None:
    world.github.repositories[APP].pulls[4].title = "Add feature X, at last"

    titles = [change.title for change in (await github.changes(APP, "v1.2.0", "v1.2.1")).changes]
    assert titles == ["Add feature X, at last", "Fix bug Y", "Update dependency Z"]


async def test_a_commit_without_pull_request_stands_for_itself(
    world: World, github: PyGithubAdapter
) -> None:
    found = await github.changes(APP, "v1.3.0", "main")

    sha = world.github.repositories[APP].git.branches["main"]
    assert found.changes == (
        Change(
            title="Describe the release process [skip ci]",
            author="dee-acme",
            sha=sha,
            url=f"{world.base_url}/github/acme/app/commit/{sha}",
        ),
    )


async def test_the_first_deployment_shows_its_newest_change(github: PyGithubAdapter) -> None:
    found = await github.changes(APP, None, "v1.2.1")

    assert [change.title for change in found.changes] == ["Update dependency Z"]
    assert (found.base, found.ancestry, found.commits) == (None, "unknown", 1)


async def test_going_back_and_standing_still(github: PyGithubAdapter) -> None:
    back = await github.changes(APP, "v1.2.1", "v1.2.0")
    same = await github.changes(APP, "v1.2.1", "v1.2.1")

    assert (back.ancestry, back.changes) == ("behind", ())
    assert (same.ancestry, same.changes) == ("identical", ())


@pytest.mark.parametrize(("base", "head"), [("v9.9.9", "v1.2.1"), (None, "v9.9.9")])
async def test_changes_of_what_is_not_there(
    github: PyGithubAdapter, base: str | None, head: str
) -> None:
    with pytest.raises(NotFound):
        await github.changes(APP, base, head)


async def test_a_commit_is_on_the_branch_or_beside_it(
    world: World, github: PyGithubAdapter
) -> None:
    git = world.github.repositories[APP].git
    merged, aside = git.commit_of(git.tags["v1.2.1"]), git.branches["dark"]
    tip = git.branches["main"]

    answers = [await github.is_on_branch(APP, sha, "main") for sha in (merged, tip, aside)]
    assert answers == [True, True, False]


async def test_checks_are_those_of_the_commit(world: World, github: PyGithubAdapter) -> None:
    commit = (await github.tag(APP, "v1.2.1")).commit
    run = next(r for r in world.github.actions.runs.values() if r.sha == commit)
    names = ("test", "build", "staging")
    statuses(world)

    assert await github.checks(APP, commit) == tuple(
        Check(name=name, conclusion="success", run_id=run.id) for name in names
    )
    assert statuses(world) == {200: 2}


async def test_a_commit_that_nothing_checked(world: World, github: PyGithubAdapter) -> None:
    """GitHub calls it pending, for ever."""
    tip = world.github.repositories[APP].git.branches["main"]
    assert await github.checks(APP, tip) == ()


async def test_the_shipped_workflow_carries_the_request_once(
    world: World, github: PyGithubAdapter
) -> None:
    found = await github.workflow(APP, RELEASE)

    assert (found.file, found.branch, found.active) == (RELEASE, "main", True)
    assert (found.carries_id, found.guarded) == (True, True)
    assert found.inputs == {
        "version": True,
        "sha": False,
        "request_id": False,
        "requested_by": False,
    }
    assert statuses(world) == {200: 3}
    assert await github.workflow(APP, RELEASE) == found
    assert statuses(world) == {304: 2}  # the repository was looked at a moment ago


async def test_a_workflow_is_disabled_changed_or_missing(
    world: World, github: PyGithubAdapter
) -> None:
    repo = world.github.repositories[APP]
    before = await github.workflow(APP, RELEASE)
    files = {f".github/workflows/{RELEASE}": "on: {workflow_dispatch: {}}\njobs: {}\n"}
    parents, now = (repo.git.branches["main"],), world.clock.now()
    repo.disabled.add(RELEASE)
    assert not (await github.workflow(APP, RELEASE)).active

    repo.disabled.clear()
    repo.git.add(Commit(digest("edit"), "Edit", "ana-acme", now, parents, files), "main")
    after = await github.workflow(APP, RELEASE)
    assert (after.inputs, after.guarded, after.active) == ({}, False, True)
    assert after.blob != before.blob

    with pytest.raises(NotFound):
        await github.workflow(APP, "none.yml")


async def test_runs_come_newest_first_and_only_those_after(
    world: World, github: PyGithubAdapter
) -> None:
    every = await github.runs(APP, RELEASE)
    assert [run.title.split()[1] for run in every] == ["v1.2.0", "v1.1.0", "v1.0.0"]
    assert [run.id for run in await github.runs(APP, RELEASE, after=every[1].id)] == [every[0].id]
    assert statuses(world) == {200: 1, 304: 1}

    pushed = await github.runs(APP, "ci.yml", dispatched_only=False)
    assert pushed and not await github.runs(APP, "ci.yml")


async def test_a_run_with_its_jobs_as_it_goes_on(world: World, github: PyGithubAdapter) -> None:
    started = await github.dispatch(
        APP, RELEASE, "main", {"version": "v1.2.1", "request_id": "q7", "requested_by": "ana"}
    )
    assert started.run_id is not None
    summary, progress = await github.run(APP, started.run_id)
    assert (summary.id, summary.title) == (started.run_id, "Release v1.2.1 by ana [q7]")
    assert (summary.actor, summary.branch, summary.url) == ("gonogo-bot", "main", started.url)
    assert [stage.name for stage in progress.stages] == ["guard"]  # the others need it
    assert not progress.is_over

    run = world.github.actions.runs[started.run_id]
    world.github.actions.push_to(run, "success", None)
    _, progress = await github.run(APP, started.run_id)
    assert progress.is_over and progress.conclusion == "success"
    assert [stage.name for stage in progress.stages] == ["guard", "verify", "deploy", "smoke"]
    assert all(stage.conclusion == "success" for stage in progress.stages)


async def test_a_deleted_run(github: PyGithubAdapter) -> None:
    with pytest.raises(NotFound):
        await github.run(APP, 1)


async def test_a_preflight_costs_little_and_a_second_look_almost_nothing(
    world: World, github: PyGithubAdapter
) -> None:
    """What checking and dispatching each read; the list of tags is known from before."""
    await github.tags(APP)
    live = (await github.tag(APP, "v1.2.0")).commit
    statuses(world)

    async def preflight() -> None:
        workflow = await github.workflow(APP, RELEASE)
        commit = (await github.tag(APP, "v1.2.1")).commit
        await asyncio.gather(
            github.release_notes(APP, "v1.2.1"),
            github.changes(APP, live, commit),
            github.is_on_branch(APP, commit, workflow.branch),
            github.checks(APP, commit),
            github.runs(APP, RELEASE, dispatched_only=False),
        )

    await preflight()
    assert statuses(world) == {200: 11}
    await preflight()
    assert statuses(world) == {304: 9}
