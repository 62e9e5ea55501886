"""Alerts: what was raised of a service since its version is live, and what nobody can know."""

from dataclasses import replace

import pytest

from bot.domain.deployments.validation import Outcome, Validation
from bot.services.deployments import alerts
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


async def test_on_the_way_back_and_on_staging_nobody_asks(team: Team) -> None:
    desk = replace(team.desk, hears_alerts=True)
    await team.asks("ana", "v1.1.0")
    live = Validation(started_at=team.clock.now())
    staged = (await team.newest()).with_(environment="staging")
    assert await alerts.look(desk, staged, live) == live
