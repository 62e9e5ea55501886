"""Jobs whose environment the workflow file does not tell, where our App's rule was answered before:
another request only where GitHub says so.
"""

from __future__ import annotations

import pytest

from bot.domain.deployments.states import State
from bot.ports import Post
from tests.services.runs import Run
from tests.services.team import Team

LOOK_THERE = "The approval was passed on, and GitHub waits for somebody else's, too: look there"
GATE = ("gate", "production")


async def lets_in(team: Team, *then: tuple[str, str]) -> Run:
    """Bo lets the first job in; these come after it, and the file tells nothing about them."""
    team.hub.stands["acme/job"] = (GATE, *then)
    team.hub.untold = frozenset(job for job, _ in then)
    assert await team.asks("ana", "v1.1.0", "job") is None
    await team.works()
    await team.passes(5)
    [run] = team.hub.started
    await asks(team, run)
    assert await team.approves("bo", 1) is None
    await team.passes(5)
    assert team.hub.let_in[run.id][0] == "gate"
    return run


async def asks(team: Team, run: Run) -> None:
    """GitHub's webhook comes: a job stands at the rule of production."""
    url = f"https://api.github.com/repos/acme/job/actions/runs/{run.id}/deployment_protection_rule"
    await team.store.run(lambda tx: tx.keep_callback("acme/job", run.id, "production", url))
    team.desk.wake()


async def alerts(team: Team) -> list[str]:
    found: tuple[Post, ...] = await team.store.read(lambda tx: tx.posts_due(tx.now))
    return [post.message.text for post in found if post.key.startswith("notice")]


@pytest.mark.parametrize("listed", [{"vault"}, set()])
@pytest.mark.parametrize("job", ["ship / deploy", "deploy (eu)", "Deploy v1.1.0"])
async def test_a_job_at_somebody_elses_gate_is_not_answered_for_and_voids_nothing(
    team: Team, job: str, listed: set[str]
) -> None:
    team.hub.listed = frozenset(listed)
    run = await lets_in(team, (job, "vault"))
    for _ in range(8):
        await team.passes(15)
    assert await team.freezes("dee", "away") is None
    for _ in range(8):
        await team.passes(30)
    found = await team.newest()
    assert (found.state, found.waiting_for, run.status) == (State.RUNNING, LOOK_THERE, "waiting")
    assert team.hub.asked_for == ["production"]
    assert await alerts(team) == []


async def test_a_webhook_that_is_late_asks_for_nothing_at_somebody_elses_gate(team: Team) -> None:
    """GitHub told first that a job waits, and was answered; that it asks the rule came after."""
    team.hub.listed = frozenset({"vault"})
    run = await lets_in(team, ("ship / deploy", "vault"))
    team.clock.forward(2)
    await asks(team, run)
    for _ in range(6):
        await team.passes(15)
    assert team.hub.asked_for == ["production"]
    assert (await team.newest()).waiting_for == LOOK_THERE


@pytest.mark.parametrize("reply", ["accepted", "lost", "dropped"])
async def test_one_that_github_asks_for_since_is_let_in_once(team: Team, reply: str) -> None:
    run = await lets_in(team, ("ship / deploy", "production"))
    for _ in range(4):
        await team.passes(15)
    assert team.hub.asked_for == ["production"]
    team.hub.replies = [reply]
    await asks(team, run)
    for _ in range(4):
        await team.passes(31)
    assert (team.hub.ruled[run.id], run.status) == (["production"] * 2, "in_progress")
    found = await team.newest()
    assert (found.state, found.four_eyes, await alerts(team)) == (State.RUNNING, "", [])


async def test_one_at_an_environment_that_github_lists_is_let_in_without_a_webhook(
    team: Team,
) -> None:
    team.hub.listed = frozenset({"production"})
    run = await lets_in(team, ("ship / deploy", "production"))
    for _ in range(4):
        await team.passes(15)
    assert (team.hub.ruled[run.id], run.status) == (["production"] * 2, "in_progress")


async def test_the_jobs_of_a_matrix_are_told_by_the_job_that_has_it(team: Team) -> None:
    run = await lets_in(team, ("gate (eu)", "production"), ("deploy (eu)", "vault"))
    for _ in range(4):
        await team.passes(15)
    assert (team.hub.asked_for, run.status) == (["production"] * 2, "waiting")
