"""Going back for the sake of an incident: what its thread offers, and what a press would do."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.domain.deployments.deployments import Deployment
from bot.domain.deployments.states import Kind, State
from bot.domain.incidents.incidents import Incident, Severity
from bot.domain.incidents.incidents import State as Where
from bot.domain.metrics.history import CauseState
from bot.services import directory
from bot.services.incidents import incident_causes, incidents, rooms
from bot.services.incidents.incidents import Report
from bot.services.rollbacks import rollbacks
from tests.services.team import PEOPLE, START, Team

HOUR = timedelta(hours=1)


@pytest.fixture
async def team(migrated: Path) -> AsyncIterator[Team]:
    async def nobody(repo: str, file: str, inputs: dict[str, str]) -> int:
        raise AssertionError("nothing is deployed")

    made = Team.of(migrated, nobody, followed=True)
    await directory.refresh(made.desk)
    yield made
    await made.close()


async def ran(team: Team, version: str, hours: float, **more: Any) -> Deployment:
    """So long ago this version went live and was proven good, unless it is said otherwise."""
    at = START - hours * HOUR
    facts: dict[str, Any] = {
        "service": "app",
        "environment": "production",
        "version": version,
        "state": State.SUCCEEDED,
        "repo": "acme/app",
        "workflow": "release.yml",
        "requested_by": PEOPLE["ana"],
        "requested_at": at,
        "live_at": at,
        "healthy_at": at,
        "settled_at": at,
    }
    return await team.store.run(lambda tx: tx.add(Deployment(**facts | more)))


async def breaks(team: Team, suspect: str | None = None) -> None:
    """Nobody is served any more; who opens the incident may say what is suspected."""
    report = Report(service="app", severity=Severity.OUTAGE, impact="All is down", suspect=suspect)
    await team.store.run(lambda tx: incidents.declare(tx, team.config, report, PEOPLE["ana"]))


async def incident(team: Team) -> Incident:
    found = await team.store.read(lambda tx: tx.incident(1))
    assert found is not None
    return found


async def offered(team: Team) -> tuple[str, list[str]]:
    """What the suspect's message says, and its buttons."""
    [known] = await team.store.read(lambda tx: tx.open_incidents())
    face = await team.store.read(lambda tx: rooms.about_suspect(tx, known))
    blocks = [block for block in face.blocks if block["type"] == "actions"]
    return face.text, [button["text"]["text"] for block in blocks for button in block["elements"]]


async def pressed(team: Team) -> str:
    """The version that Roll Back in the thread would go to."""
    known = await incident(team)
    order, _ = await team.store.read(
        lambda tx: rollbacks.propose(tx, team.config, PEOPLE["ana"], service="app", incident=known)
    )
    return order.version


async def went_back(team: Team, version: str, takes_back: str, at: datetime) -> None:
    """A rollback to that version went well."""
    begun = await ran(
        team,
        version,
        0,
        kind=Kind.ROLLBACK,
        rolls_back=takes_back,
        state=State.VALIDATING,
        settled_at=None,
        healthy_at=at,
    )
    await team.store.run(lambda tx: tx.save(begun, begun.end(State.SUCCEEDED, at, "", "")))


async def confirm(team: Team, cause: str) -> None:
    await team.store.run(
        lambda tx: incident_causes.confirm(tx, team.config, 1, cause, PEOPLE["dee"])
    )


async def test_a_rollback_is_no_suspect_and_what_it_took_back_is(team: Team) -> None:
    await ran(team, "v1.1.0", 48)
    await ran(team, "v1.2.0", 30)
    await ran(team, "v1.2.1", 1)
    await ran(team, "v1.2.0", 0.1, kind=Kind.ROLLBACK, rolls_back="D3")
    await breaks(team)
    text, buttons = await offered(team)
    assert text.startswith("*Suspect: v1.2.1 (D3)*, live 60 min before the start")
    assert text.endswith("It was rolled back: v1.2.0 is live.")
    assert buttons == ["Confirm", "Not This One"]


async def test_nobody_goes_back_to_the_suspect(team: Team) -> None:
    await ran(team, "v1.2.0", 30)
    await ran(team, "v1.2.1", 2)
    await ran(team, "v1.2.2", 1)
    await breaks(team, suspect="D2")
    text, buttons = await offered(team)
    assert text.splitlines()[1:] == [
        "Roll back first: v1.2.0 is the last known-good version. "
        "v1.2.2 came after it, and goes back with it."
    ]
    assert buttons[0] == "Roll Back"
    assert await pressed(team) == "v1.2.0"
    await confirm(team, "D2")
    assert await pressed(team) == "v1.2.0"
    order, found = await team.store.read(
        lambda tx: rollbacks.propose(tx, team.config, PEOPLE["bo"], service="app")
    )
    assert order.version == "v1.2.0"  # once confirmed, for everybody
    assert found.known[1].why_not == "has the cause of INC-1"


async def test_going_below_both_restores(team: Team) -> None:
    await ran(team, "v1.2.0", 30)
    await ran(team, "v1.2.1", 2)
    await ran(team, "v1.2.2", 1)
    await breaks(team, suspect="D2")
    await went_back(team, "v1.2.0", "D3", team.clock.now())
    known = await incident(team)
    assert (known.state, known.cause_state) == (Where.RESTORED, CauseState.CONFIRMED)
    text, buttons = await offered(team)
    assert text.endswith("It was rolled back: v1.2.0 is live.")
    assert buttons == ["Refute"]


async def test_going_back_to_what_has_the_cause_restores_nothing(team: Team) -> None:
    await ran(team, "v1.2.0", 30)
    await ran(team, "v1.2.1", 2)
    await ran(team, "v1.2.2", 1)
    await breaks(team, suspect="D2")
    await went_back(team, "v1.2.1", "D3", team.clock.now())
    known = await incident(team)
    assert (known.state, known.cause_state) == (Where.INVESTIGATING, CauseState.SUSPECTED)
