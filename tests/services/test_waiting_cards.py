"""Cards that wait: what opens them, how long an approval holds, and whose checks count."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot import config
from bot.domain.deployments.states import State
from bot.domain.grammar import DeployWish
from bot.domain.versions import Version
from bot.services.deployments import requests
from tests.services.team import CONFIG, PEOPLE, Team

COMMIT = "110" + "a" * 37
WITH_STAGING = CONFIG.replace(
    "environments: {production: {bake: PT1M}}",
    "environments: {production: {bake: PT1M}, staging: {bake: PT1M, workflow: staging.yml}}",
    1,
)


async def asks_for_staging(team: Team) -> None:
    version = Version.parse("v1.1.0")
    assert version is not None
    wish = DeployWish(version=version, service="app", environment="staging")
    asked = lambda tx: requests.deploy(tx, team.config, wish, PEOPLE["ana"], None)  # noqa: E731
    assert await team.does(asked) is None
    await team.works()


async def told(team: Team, words: str) -> list[str]:
    posts = await team.store.read(lambda tx: tx.posts_due(tx.now))
    return [post.key for post in posts if words in post.message.text]


async def test_staging_that_was_blocked_starts_by_itself(migrated: Path, team: Team) -> None:
    team.config = config.parse(WITH_STAGING)
    team.desk = team._desk()
    team.hub.blobs["acme/app", "staging.yml"] = "blob of staging.yml"
    team.hub.red = {COMMIT}
    await asks_for_staging(team)
    assert (await team.newest()).state is State.AWAITING_APPROVAL
    team.hub.red = set()
    await team.passes(61)
    assert (await team.newest()).state is State.RUNNING
    assert [run.file for run in team.hub.started] == ["staging.yml"]


@pytest.mark.parametrize(("minutes", "state"), [(50, State.RUNNING), (70, State.AWAITING_APPROVAL)])
async def test_an_approval_holds_as_long_as_a_request_would(
    team: Team, minutes: int, state: State
) -> None:
    assert await team.asks("ana", "v1.1.0") is None
    await team.works()
    team.hub.silent = {"tag"}
    assert await team.approves("bo", 1) is None
    await team.works()
    team.clock.forward(minutes * 60)
    team.hub.silent = set()
    await team.passes(60)
    found = await team.newest()
    assert (found.state, len(team.hub.started)) == (state, int(state is State.RUNNING))
    if state is State.RUNNING:
        return
    assert found.approvals == ()
    assert found.expires_at is not None
    assert (found.expires_at - team.clock.now()).total_seconds() == 3600
    assert await told(team, "its approval is older than 60 min, and nothing was sent") != []
    asked = [key for key in await told(team, "still waits for your approval") if "dm:" in key]
    assert {key.rpartition(":")[2] for key in asked} == {"U0ANA2", "U0BO", "U0CY", "U0DEE"}
    assert await team.approves("dee", 1) is None
    await team.works()
    assert (await team.newest()).state is State.RUNNING


async def test_a_bot_that_was_away_for_a_night_sends_nothing_by_itself(team: Team) -> None:
    assert await team.asks("ana", "v1.1.0") is None
    await team.works()
    assert await team.approves("bo", 1) is None
    team.clock.forward(20 * 3600)
    await team.reopen()
    await team.works()
    assert (await team.newest()).state is State.AWAITING_APPROVAL
    assert team.hub.started == []


@pytest.mark.parametrize(("file", "is_red"), [("rollback.yml", False), ("ci.yml", True)])
async def test_what_the_bot_starts_says_nothing_of_the_commit_that_it_runs_on(
    team: Team, file: str, is_red: bool
) -> None:
    team.hub.begins("acme/app", file, {"version": "v1.0.0"}, "carl").ends("failure")
    for _ in range(60):  # more runs than a list of one workflow shows
        team.hub.begins("acme/app", "release.yml", {"version": "v1.0.0"}, "carl").ends("failure")
    assert await team.asks("ana", "v1.1.0") is None
    await team.works()
    found = next(v for v in (await team.newest()).verdicts if v.gate == "ci")
    assert (found.level == "block") is is_red, found.text
