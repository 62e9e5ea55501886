"""Alerts: what was raised of a service since its version is live, and what nobody can know."""

from dataclasses import replace
from typing import Literal

import pytest

from bot.domain.deployments.validation import Outcome, Validation
from bot.domain.incidents.detection import Beat
from bot.domain.incidents.incidents import State
from bot.services import directory
from bot.services.deployments import alerts
from bot.services.incidents import detecting
from tests.services.team import Team


@pytest.mark.parametrize(
    ("hears", "earlier", "later", "outcome", "text"),
    [
        (False, "", "", None, ""),
        (True, "", "", Outcome.OK, "none about app since it is live"),
        (True, "app", "web", Outcome.OK, "none about app since it is live"),
        (True, "", "app", Outcome.DEGRADED, "INC-1 slow"),
        (False, "app", "app", Outcome.DEGRADED, "INC-2 slow"),
    ],
)
async def test_only_what_came_since_counts_and_silence_is_no_proof(
    team: Team, hears: bool, earlier: str, later: str, outcome: Outcome | None, text: str
) -> None:
    desk = replace(team.desk, hears_alerts=hears)
    await team.asks("ana", "v1.1.0")
    if earlier:
        await team.suffers(earlier)
    team.clock.forward(60)
    live = Validation(started_at=team.clock.now())
    if later:
        await team.suffers(later)
    found = await alerts.look(desk, await team.newest(), live)
    told = found.reading("alerts")
    assert (told and told.outcome, told.text if told else "") == (outcome, text)


async def reports(team: Team, status: Literal["down", "up"]) -> None:
    """The monitor of app, a minute later."""
    team.clock.forward(60)
    beat = Beat(monitor="1", name="app", status=status, text="", at=team.clock.now())
    await team.store.run(lambda tx: detecting.hear(tx, team.config, beat))


async def told(team: Team, live: Validation) -> str:
    desk = replace(team.desk, hears_alerts=True)
    found = (await alerts.look(desk, await team.newest(), live)).reading("alerts")
    return found.text if found else ""


@pytest.mark.parametrize("goes_up_between", [True, False])
async def test_what_rings_in_an_incident_that_was_open_before_counts(
    team: Team, goes_up_between: bool
) -> None:
    await team.asks("ana", "v1.1.0")
    await directory.refresh(team.desk)
    await reports(team, "down")
    if goes_up_between:
        await reports(team, "up")
    team.clock.forward(60)
    live = Validation(started_at=team.clock.now())
    assert (await told(team, live) == "none about app since it is live") is goes_up_between
    await reports(team, "down")
    assert (await told(team, live)).startswith("INC-1 ")
    await reports(team, "up")
    assert (await told(team, live)).startswith("INC-1 ") is goes_up_between


async def test_what_was_raised_since_counts_when_it_is_over_too(team: Team) -> None:
    await team.asks("ana", "v1.1.0")
    live = Validation(started_at=team.clock.now())
    await team.suffers("app")
    raised = await team.store.read(lambda tx: tx.open_incidents()[0])
    over = replace(raised, state=State.RESOLVED, resolved_at=team.clock.now())
    await team.store.run(lambda tx: tx.save_incident(raised, over))
    assert await told(team, live) == "INC-1 slow"


async def test_on_the_way_back_and_on_staging_nobody_asks(team: Team) -> None:
    desk = replace(team.desk, hears_alerts=True)
    await team.asks("ana", "v1.1.0")
    live = Validation(started_at=team.clock.now())
    staged = (await team.newest()).with_(environment="staging")
    assert await alerts.look(desk, staged, live) == live
