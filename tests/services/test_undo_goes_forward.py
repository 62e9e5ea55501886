"""Undo Rollback goes forward: what closes production before its switch begins stops it,
however long it had to wait, and nothing stops a rollback.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from bot.domain.deployments.states import State
from bot.domain.errors import Refusal
from bot.domain.incidents.incidents import Severity
from bot.messages.deployments.cards import card
from bot.services.incidents import incidents
from bot.services.incidents.incidents import Report
from bot.services.rollbacks import reversals
from tests.services.team import PEOPLE, Team
from tests.services.test_artifacts import NEW, OLD, Project, deploys

Act = Callable[[Team], Awaitable[Refusal | None]]

WHY = "it was the load balancer all along"


@pytest.fixture
async def web(team: Team) -> Project:
    """v1.1.0 is live after v1.0.0, at one target."""
    await deploys(team, Project(), "v1.0.0")
    await deploys(team, Project(runs=NEW), "v1.1.0")
    project = Project(runs=NEW)
    team.desk = replace(team.desk, targets={("app", "production"): (("web", project),)})
    return project


async def goes_back(team: Team) -> None:
    """Bo rolls back to v1.0.0, and it ends well."""
    assert await team.rolls_back("bo", "app") is None
    for _ in range(12):
        await team.passes(30)
    found = await team.newest()
    assert (found.version, found.state) == ("v1.0.0", State.SUCCEEDED)


async def undoes(team: Team) -> Refusal | None:
    number = (await team.newest()).id
    return await team.does(
        lambda tx: reversals.reverse(tx, team.config, number, WHY, PEOPLE["dee"])
    )


async def lock(team: Team) -> Refusal | None:
    return await team.locks("bo", "app")


async def freeze(team: Team) -> Refusal | None:
    return await team.freezes("dee", "sale")


async def outage(team: Team) -> Refusal | None:
    report = Report(service="app", severity=Severity.OUTAGE, impact="The database is gone")
    return await team.does(lambda tx: incidents.declare(tx, team.config, report, PEOPLE["bo"]))


CLOSES = [
    (lock, "Locked by U0BO"),
    (freeze, "Closed: freeze sale"),
    (outage, "Locked by gonogo for INC-1"),
]


@pytest.mark.parametrize("silent", [False, True])
@pytest.mark.parametrize(("act", "why"), CLOSES)
async def test_what_closes_before_anything_is_sent_stops_an_undo(
    team: Team, web: Project, act: Act, why: str, silent: bool
) -> None:
    """It goes on at once, or Slack says nothing for minutes of whoever asked for it."""
    await goes_back(team)
    web.asked.clear()
    assert await undoes(team) is None
    team.room.silent = silent
    if silent:
        await team.passes(120)
    assert await act(team) is None
    if silent:
        await team.passes(120)
        assert (await team.newest()).state is State.APPROVED
    team.room.silent = False
    for _ in range(4):
        await team.passes(30)

    ended = await team.newest()
    assert (ended.state, web.asked, ended.steps) == (State.VOID, [], ())
    assert ended.ending is not None
    assert ended.ending.code == "gate_blocked"
    assert why in ended.ending.text
    assert ended.ending.text.endswith("Nothing was deployed. Ask for a new one.")
    assert why in str(card(ended, team.clock.now()))
    assert await team.live("app") == "v1.0.0"


async def test_an_undo_that_waited_for_slack_goes_on_where_nothing_is_closed(
    team: Team, web: Project
) -> None:
    await goes_back(team)
    assert await undoes(team) is None
    team.room.silent = True
    for _ in range(20):
        await team.passes(30)
    assert (await team.newest()).state is State.APPROVED
    team.room.silent = False
    for _ in range(12):
        await team.passes(30)
    assert (await team.newest()).state is State.SUCCEEDED
    assert web.asked == [OLD.id, NEW.id]


@pytest.mark.parametrize("act", [act for act, _ in CLOSES])
async def test_what_closes_before_anything_is_sent_stops_no_rollback(
    team: Team, web: Project, act: Act
) -> None:
    assert await team.rolls_back("bo", "app") is None
    assert await act(team) is None
    for _ in range(12):
        await team.passes(30)
    assert (await team.newest()).state is State.SUCCEEDED
    assert web.asked == [OLD.id]
