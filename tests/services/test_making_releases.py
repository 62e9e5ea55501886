"""A release that a person wants: made once and in time, and what was made is named."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace

import pytest

from bot.domain.deployments.changes import Commit
from bot.domain.errors import Declined, Fault, NotFound
from bot.domain.releases.release_drafts import ReleaseDraft, ReleaseDraftState
from bot.ports import Release, Tx
from bot.services.releases import releases
from tests.services.absent import NoReleases
from tests.services.github import Hub
from tests.services.team import PEOPLE, Team
from tests.services.test_two_replicas import at_once


@dataclass
class Making(NoReleases):
    """Tags and releases as they are made; everything takes a moment. `first` is somebody whose
    write comes just before ours. With `no_release` the tag is made, and no more.
    """

    hub: Hub
    releases: list[Release] = field(default_factory=list)
    first: Release | None = None
    refuses: bool = False
    no_release: Fault | None = None

    async def release(self, repo: str, tag: str) -> Release:
        await asyncio.sleep(0)
        if not self.releases:
            raise NotFound("github", "no release")
        return self.releases[0]

    async def create_tag(self, repo: str, tag: str, commit: str, message: str) -> None:
        await asyncio.sleep(0)
        if self.refuses:
            raise Declined("github", "422 Repository rule violations found")
        if self.first is not None:
            self.hub.tagged[repo, tag] = commit
        if (repo, tag) in self.hub.tagged:
            raise Declined("github", "422 Reference already exists")
        self.hub.tagged[repo, tag] = commit

    async def create_release(self, repo: str, tag: str, title: str, notes: str) -> Release:
        await asyncio.sleep(0)
        if self.no_release is not None:
            raise self.no_release
        if self.first is not None:
            self.releases.append(self.first)
        if self.releases:
            raise Declined("github", "422 tag_name already_exists")
        self.releases.append(a_release(title, notes))
        return self.releases[0]


def a_release(title: str, notes: str) -> Release:
    return Release(number=1, title=title, notes=notes, url="https://github.com/acme/app/releases/1")


@pytest.fixture
async def making(team: Team) -> Making:
    """Ana has pressed Create Tag and Release."""
    made = Making(hub=team.hub)
    team.desk = replace(team.desk, releases=made)
    wanted = ReleaseDraft(
        state=ReleaseDraftState.WANTED,
        service="app",
        environment="production",
        repo="acme/app",
        version="v2.0.0",
        asked_by=PEOPLE["ana"],
        asked_at=team.clock.now(),
        branch="main",
        commits=(Commit(sha="c" * 40, authored_at=team.clock.now()),),
        title="v2.0.0",
        notes="All new",
        commit="c" * 40,
        wanted_by=PEOPLE["ana"],
        due_at=team.clock.now(),
    )
    await team.store.run(lambda tx: tx.add_release_draft(wanted))
    return made


async def ended(team: Team) -> tuple[ReleaseDraftState, list[str]]:
    """How it ended, and what she was told."""
    draft, posts = await team.store.read(lambda tx: (tx.release_draft(1), tx.posts_due(tx.now)))
    assert draft is not None
    return draft.state, [post.message.text for post in posts if post.key.startswith("draft:")]


MADE = (
    "<https://github.com/acme/app/releases/1|The release of v2.0.0> is published, "
    "its tag stands at `ccccccc`."
)


async def test_a_release_is_made_and_told_once(team: Team, making: Making) -> None:
    await at_once(releases.step(team.desk, 1), releases.step(team.desk, 1))
    assert await ended(team) == (ReleaseDraftState.DONE, [MADE])


async def test_what_somebody_makes_in_that_moment_is_taken_as_it_is(
    team: Team, making: Making
) -> None:
    making.first = a_release("v2.0.0", "All new")
    await releases.step(team.desk, 1)
    assert await ended(team) == (ReleaseDraftState.DONE, [MADE])


async def test_what_github_does_not_let_us_make_is_told(team: Team, making: Making) -> None:
    making.refuses = True
    await releases.step(team.desk, 1)
    why = "GitHub does not let me: 422 Repository rule violations found"
    assert await ended(team) == (
        ReleaseDraftState.FAILED,
        [f"The release of v2.0.0 was not made: {why}."],
    )


async def test_a_tag_that_was_made_is_named_where_its_release_was_not(
    team: Team, making: Making
) -> None:
    making.no_release = Declined("github", "403 Resource not accessible by integration")

    def for_a_deployment(tx: Tx) -> None:
        draft = tx.release_draft(1)
        assert draft is not None
        tx.save_release_draft(draft, draft.with_(deploys=True))

    await team.store.run(for_a_deployment)
    await releases.step(team.desk, 1)
    why = "GitHub does not let me: 403 Resource not accessible by integration"
    assert await ended(team) == (
        ReleaseDraftState.FAILED,
        [
            f"The tag v2.0.0 stands at `ccccccc`, but its release was not made: {why}. "
            "It was not deployed; that would be `/deploy v2.0.0 app to production`."
        ],
    )


async def test_what_was_wanted_long_ago_is_not_made_any_more(team: Team, making: Making) -> None:
    making.no_release = Fault("github", "502")
    await releases.step(team.desk, 1)
    state, _ = await ended(team)
    assert state is ReleaseDraftState.WANTED
    making.no_release = None
    team.clock.forward(600)
    await releases.step(team.desk, 1)
    state, told = await ended(team)
    assert (state, making.releases) == (ReleaseDraftState.FAILED, [])
    assert told[-1].endswith("its release was not made: that could not be done within 10 min.")
