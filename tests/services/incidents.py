"""What the tests of incidents in memory have in common: a team, and an incident of it."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from bot.domain.deployments.deployments import Deployment
from bot.domain.deployments.states import Kind, State
from bot.domain.incidents.incidents import Incident, Severity
from bot.ports import Tx
from bot.services import directory
from bot.services.incidents import incidents
from bot.services.incidents.incidents import Report
from handlers.payloads import Answer, Office, Submission
from tests.services.team import PEOPLE, START, Team


@asynccontextmanager
async def a_team(migrated: Path) -> AsyncIterator[Team]:
    """A team that is known to the bot and deploys nothing by itself. Here cy has no role."""

    async def nobody(repo: str, file: str, inputs: dict[str, str]) -> int:
        raise AssertionError("nothing is deployed")

    made = Team.of(migrated, nobody, followed=True)
    made.room.groups["S0APP"].discard(PEOPLE["cy"])
    try:
        await directory.refresh(made.desk)
        yield made
    finally:
        await made.close()


async def opens(team: Team, severity: Severity, who: str = "ana", **more: Any) -> None:
    """Somebody opens an incident of app."""
    report = Report(service="app", severity=severity, impact="The logo is pale", **more)
    await team.store.run(lambda tx: incidents.declare(tx, team.config, report, PEOPLE[who]))


async def incident(team: Team, number: int = 1) -> Incident:
    found = await team.store.read(lambda tx: tx.incident(number))
    assert found is not None
    return found


async def said(team: Team, word: str) -> str:
    """What was said of it in the thread of an incident."""
    found = await team.store.read(lambda tx: tx.message_of(f"incident:{word}"))
    return found.text if found else ""


async def ran(team: Team, version: str, hours: float, **more: Any) -> Deployment:
    """So long ago this version went live and was proven good, unless it is said otherwise."""
    at = START - timedelta(hours=hours)
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


class Form:
    """A form as it stands on somebody's screen, however long."""

    def __init__(self, view: dict[str, Any]) -> None:
        self.memory = json.loads(view["private_metadata"])
        self.name = self.memory.get("form", view["callback_id"])
        self.values = {
            block["block_id"]: _shown(block["element"])
            for block in view["blocks"]
            if block["type"] == "input"
        }

    async def sent(
        self,
        team: Team,
        who: str,
        submit: Callable[[Submission, Office], Answer],
        **changed: str,
    ) -> Answer:
        """Somebody changes some of it, and sends it."""

        def act(tx: Tx) -> Answer:
            form = Submission(
                form=self.name,
                user=PEOPLE[who],
                view_id="V1",
                view_hash="1",
                values=self.values | changed,
                memory=self.memory,
            )
            return submit(form, Office(tx=tx, config=team.config, usages=[]))

        return await team.store.run(act)


def _shown(element: dict[str, Any]) -> str:
    if "initial_option" in element:
        return str(element["initial_option"]["value"])
    return str(element.get("initial_value") or element.get("initial_date_time") or "")
