"""A way down of the database is begun once, whatever the jobs of its workflow are called; and is
forgotten by no gate that then keeps the code out.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot import config
from bot.domain.approvals.protection import Review
from bot.domain.deployments.deployments import Deployment
from bot.domain.deployments.runs import Progress, Stage
from bot.domain.deployments.states import Kind, State
from bot.domain.errors import Refusal
from bot.domain.rollbacks import undoing
from bot.domain.rollbacks.undoing import Undoing
from bot.services.deployments import decisions
from tests.services.gates import PLACE
from tests.services.runs import Run
from tests.services.team import PEOPLE, Team
from tests.services.test_half_way import mixed, status
from tests.services.test_looks_at_the_database import WITH_MIGRATIONS
from tests.services.test_rollback_of_what_was_sent import goes_live


@pytest.fixture
async def team(team: Team) -> Team:
    """A rollback of v1.1.0 begins, which undoes two migrations before the code."""
    await goes_live(team, "v1.0.0")
    await goes_live(team, "v1.1.0")
    team.config = config.parse(WITH_MIGRATIONS)
    team.desk = replace(team.desk, config=team.config)
    team.hub.blobs["acme/app", "migrate.yml"] = "blob of migrate.yml"
    team.hub.fills["migrate.yml"] = ("command", "count")
    good, live = await team.all()
    wish = Undoing(count=2, version="v1.1.0")
    rollback = Deployment(
        service="app",
        environment="production",
        version="v1.0.0",
        kind=Kind.ROLLBACK,
        state=State.SWITCHING,
        approvers=0,
        repo="acme/app",
        workflow="rollback.yml",
        requested_by=PEOPLE["bo"],
        requested_at=team.clock.now(),
        rolls_back=live.name,
        undoing=wish,
        binding=good.binding,
        request_id="D3-4f1c22ab",
        steps=undoing.steps(wish),
        due_at=team.clock.now(),
    )
    await team.store.run(lambda tx: tx.add(rollback))
    return team


def asked(team: Team) -> list[Run]:
    return [run for run in team.hub.started if run.file == "migrate.yml"]


async def goes_on(team: Team) -> None:
    """The looks end well, the way down fails half-way."""
    for _ in range(8):
        for run in asked(team):
            if not run.is_over:
                run.ends("failure" if run.inputs["command"] == "down" else "success")
        await team.passes(20)


async def retries(team: Team) -> Refusal | None:
    return await team.does(lambda tx: decisions.retry_targets(tx, 3, PEOPLE["bo"]))


async def test_one_that_failed_in_a_job_of_another_name_is_not_begun_again(team: Team) -> None:
    """`migrate` uses a workflow, so the run shows it as something else."""
    team.hub.named["migrate.yml"] = ("guard", "migrate")
    await goes_on(team)
    found = await team.newest()
    assert found.state is State.DEGRADED
    assert found.notice.startswith("PARTIAL: production is mixed.")
    no = await retries(team)
    assert no is not None
    assert no.code == "database_begun"
    await goes_on(team)
    assert [run.inputs["command"] for run in asked(team)] == ["status", "verify", "down"]


async def test_a_workflow_without_the_job_is_not_asked(team: Team) -> None:
    team.hub.named["migrate.yml"] = ("guard", "Migrate database")
    await goes_on(team)
    assert not asked(team)
    assert (await team.newest()).notice.startswith(
        "Nothing was switched. migrate:status before: migrate.yml has no job “migrate”, so nobody "
        "could tell what its run did"
    )


async def goes_down(team: Team) -> Run:
    """The database goes down well; the run that then brings the code."""
    team.hub.named["migrate.yml"] = ("migrate",)
    found = await team.newest()
    assert found.binding is not None
    bound = replace(found.binding, workflow_blob="blob of rollback.yml")
    await team.store.run(lambda tx: tx.save(found, found.with_(binding=bound)))
    for _ in range(8):
        for one in asked(team):
            one.ends("success")
        await team.passes(20)
    return next(one for one in team.hub.started if one.file == "rollback.yml")


async def is_kept_out(team: Team, how: str) -> None:
    """That run is let in by nobody."""
    run = await goes_down(team)
    run.untaken = True
    if how != "no runner":
        run.status = "waiting"
        await team.passes(20)
    if how == "rejected":
        no = Review(login="dee-acme", approved=False, environments=(PLACE,), comment="not now")
        team.hub.reviewed[run.id] = [no]
    run.ends("failure")
    await team.passes(60)


@pytest.mark.parametrize(
    ("how", "why"),
    [
        ("rejected", "Rejected at GitHub by dee-acme: not now"),
        (
            "timed out",
            "The run ended with failure while it waited at GitHub's gate: the gate timed out, or "
            "somebody cancelled it there",
        ),
        ("no runner", "The run ended: the run ended with failure in deploy, which no runner took"),
    ],
)
async def test_a_gate_that_keeps_the_code_out_leaves_it_half_back(
    team: Team, how: str, why: str
) -> None:
    await is_kept_out(team, how)
    found = await team.newest()
    said = f"{why}: the database was taken back; the code was not"
    assert (found.state, found.is_half_back, found.notice) == (State.DEGRADED, True, said)
    assert await team.holder("app") == found
    assert await mixed(team) == found.name
    assert "*half back* since D3" in await status(team)
    posts = await team.store.read(lambda tx: tx.posts_due(tx.now))
    alerts = [str(post.message.blocks) for post in posts if post.key.startswith("notice:")]
    assert any(said in text for text in alerts)
    no = await team.asks("bo", "v1.3.0")
    assert no is not None
    assert str(no).startswith("app production is taken by D3")


async def closes(team: Team) -> Refusal | None:
    return await team.does(lambda tx: decisions.close_failed(tx, team.config, 3, PEOPLE["dee"]))


async def test_who_closes_it_while_nobody_sees_its_run_leaves_it_half_back(team: Team) -> None:
    team.hub.started.remove(await goes_down(team))
    await team.passes(60)
    assert (await team.newest()).state is State.NEEDS_ATTENTION
    assert await mixed(team) == ""
    assert await closes(team) is None
    assert await mixed(team) == "D3"
    said = (
        "Closed as failed before its run was seen to end: the database was taken back; the code "
        "may be half-way"
    )
    assert f"*half back* since D3: {said}" in await status(team)
    posts = await team.store.read(lambda tx: tx.posts_due(tx.now))
    [alert] = [str(p.message.blocks) for p in posts if p.key.startswith("notice:3:half-back")]
    assert said in alert
    assert f"<@{PEOPLE['bo']}>" in alert


async def test_who_closes_it_after_its_code_was_seen_to_come_leaves_it_whole(team: Team) -> None:
    """The job that deploys ended well; the smoke test after it hangs, and is not stopped."""
    run = await goes_down(team)
    run.status, team.hub.deaf = "in_progress", True
    await team.passes(20)
    found = await team.newest()
    began = team.clock.now()
    deploy = Stage(name="deploy", status="completed", conclusion="success", completed_at=began)
    smoke = Stage(name="smoke", status="in_progress", started_at=began)
    seen = Progress(status="in_progress", stages=(deploy, smoke))
    await team.store.run(lambda tx: tx.save(found, found.with_(progress=seen)))
    assert await team.cancels("bo", 3) is None
    assert await closes(team) is None
    ended = await team.newest()
    assert (ended.state, ended.is_half_back, ended.live_at) == (State.FAILED, False, began)
    assert "half back" not in await status(team)
    assert (await status(team)).startswith("*app production*: v1.0.0 (D3) failed, live since")
