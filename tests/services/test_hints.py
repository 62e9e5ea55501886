"""Hints: a webhook that comes while GitHub is being asked says more than the answer."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from itertools import count
from pathlib import Path

import pytest

from bot.deliveries import Deliveries
from bot.domain.deployments.states import State
from bot.domain.errors import Fault
from bot.ports import Tx
from bot.services.duties import TAGS_EVERY, TAGS_WHILE_TOLD, Duties
from bot.services.runs import lookouts, outside
from tests.services.team import Team

numbers = count(1)


@pytest.fixture
async def untold(migrated: Path) -> AsyncIterator[Team]:
    """A run that has just begun."""

    async def on_dispatch(repo: str, file: str, inputs: dict[str, str]) -> int:
        return 0

    made = Team.of(migrated, on_dispatch)
    await made.works()
    assert await made.asks("ana", "v1.1.0") is None
    await made.works()
    assert await made.approves("bo", 1) is None
    await made.works()
    yield made
    await made.close()


@pytest.fixture
async def team(untold: Team) -> Team:
    """A run that has gone on for some minutes, and of which webhooks have told."""
    await webhook(untold)
    await untold.passes(120)
    assert (await untold.newest()).state is State.RUNNING
    return untold


async def webhook(team: Team, *events: str, repo: str = "acme/app") -> None:
    deliveries = Deliveries(team.store, team.config, "https://api.github.com")
    for event in events or ("workflow_run", "workflow_job"):
        assert await deliveries.remember(f"github:{next(numbers)}", event, repo, b"")


def lookout(team: Team) -> lookouts.Lookout:
    return next(one for one in lookouts.lookouts(team.config) if one.repo == "acme/app")


@pytest.mark.parametrize("event", ["check_run", "deployment_protection_rule", "workflow_run"])
async def test_who_tells_of_something_else_is_not_relied_on(untold: Team, event: str) -> None:
    await webhook(untold, event)
    await untold.passes(120)
    untold.hub.drives("success")
    await untold.passes(10)
    assert (await untold.newest()).state is not State.RUNNING


async def test_runs_outside_are_looked_for_less_where_runs_are_told_of(untold: Team) -> None:
    paces = []
    for event in ("check_run", "workflow_job", "workflow_run"):
        await webhook(untold, event)
        paces.append(await outside.look(untold.desk, lookout(untold)))
    assert paces == [lookouts.LOOK_EVERY, lookouts.LOOK_EVERY, outside.LOOK_WHILE_TOLD]


async def test_tags_are_looked_for_less_where_tags_are_told_of(untold: Team) -> None:
    async def due() -> datetime | None:
        return await untold.store.read(lambda tx: tx.duty("tags:acme/app"))

    duties, found = Duties(untold.desk), []
    for event in ("workflow_run", "push"):
        await webhook(untold, event)
        await duties.do("tags:acme/app", await due())
        again = await due()
        found.append(again and again - untold.clock.now())
    assert found == [TAGS_EVERY, TAGS_WHILE_TOLD]


async def test_a_webhook_during_a_look_for_outside_runs_leads_to_another(untold: Team) -> None:
    async def while_it_is_asked(what: str) -> None:
        if what == "runs":
            untold.hub.on_call = None
            await webhook(untold)

    duty, now = lookout(untold).duty, untold.clock.now()
    await untold.store.run(lambda tx: tx.set_duty(duty, now))
    untold.hub.on_call = while_it_is_asked
    await Duties(untold.desk).do(duty, now)
    assert await untold.store.read(lambda tx: tx.duty(duty)) == now + lookouts.SOON


async def test_only_the_repository_that_told_is_looked_at(untold: Team) -> None:
    now, all_of_them = untold.clock.now(), lookouts.lookouts(untold.config)

    def wait(tx: Tx) -> None:
        for one in all_of_them:
            tx.set_duty(one.duty, now + lookouts.LOOK_EVERY)

    await untold.store.run(wait)
    await webhook(untold)
    due = await untold.store.read(lambda tx: {one: tx.duty(one.duty) for one in all_of_them})
    sooner = {one.repo for one, at in due.items() if at == now + lookouts.SOON}
    assert sooner == {"acme/app"}


async def test_what_nobody_tells_is_looked_at_later(team: Team) -> None:
    team.hub.drives("success")
    await team.passes(2)
    assert (await team.newest()).state is State.RUNNING
    await team.passes(30)
    assert (await team.newest()).state is not State.RUNNING


async def test_a_webhook_during_a_look_leads_to_another_look(team: Team) -> None:
    async def while_it_is_asked(what: str) -> None:
        if what == "run":
            team.hub.on_call = None
            await webhook(team)  # GitHub had read the run when it ended

    team.hub.on_call = while_it_is_asked
    await team.passes(75)
    assert (await team.newest()).state is State.RUNNING

    team.hub.drives("success")
    await team.passes(2)
    assert (await team.newest()).state is not State.RUNNING


async def test_a_stop_that_github_did_not_take_is_asked_for_again_soon(team: Team) -> None:
    team.hub.silent.add("cancel")
    assert await team.cancels("ana", 1) is None
    await team.works()
    team.hub.silent.clear()
    await team.passes(2)
    await team.passes(3)
    assert (await team.newest()).state is State.CANCELLED


async def test_a_stop_is_not_asked_for_before_github_may_be_asked(team: Team) -> None:
    async def limited(what: str) -> None:
        if what == "cancel":
            raise Fault("github", "rate limit", retry_after=60)

    team.hub.on_call = limited
    assert await team.cancels("ana", 1) is None
    await team.works()
    team.hub.on_call = None
    await webhook(team)
    await team.passes(50)
    assert (await team.newest()).abort_asked_at is None
    await team.passes(10)
    assert (await team.newest()).abort_asked_at is not None


async def test_what_is_to_be_stopped_is_looked_at_although_webhooks_tell(team: Team) -> None:
    team.hub.silent.add("cancel")
    assert await team.cancels("ana", 1) is None
    await team.works()
    await team.passes(2)
    team.hub.drives("failure")
    await team.passes(10)
    assert (await team.newest()).state is State.CANCELLED


async def test_a_webhook_tells_of_a_run_that_github_did_not_stop(team: Team) -> None:
    team.hub.silent.add("cancel")
    assert await team.cancels("ana", 1) is None
    await team.works()
    await team.passes(2)
    team.hub.drives("failure")
    await webhook(team)
    await team.passes(1)
    assert (await team.newest()).state is State.CANCELLED


async def test_a_webhook_tells_that_somebody_elses_gate_opened(team: Team) -> None:
    team.hub.started[0].status = "waiting"
    await team.passes(120)
    assert "not mine to answer" in (await team.newest()).waiting_for
    team.hub.started[0].ends("success")
    await webhook(team)
    await team.passes(1)
    assert (await team.newest()).state is State.VALIDATING
