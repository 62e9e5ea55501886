"""The local Statuspage takes and answers what Statuspage's public description says.

The forms are those of https://developer.statuspage.io (postPagesPageIdIncidents and its
neighbours), written down here by hand, with what the service answers where that differs: it
describes an error as a `message`. `test_statuspage_client.py` has a client that was made from it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import jsonschema_rs
import pytest

from sandbox import app
from sandbox.seeds import Seed
from sandbox.statuspage.host import HEALTHS, PAGE, component_id
from sandbox.world import World

TEXT, TIME, FLAG = (
    {"type": "string"},
    {"type": "string", "format": "date-time"},
    {"type": "boolean"},
)
IMPACTS = ["none", "maintenance", "minor", "major", "critical"]
STATES = ["investigating", "identified", "monitoring", "resolved"]
SCHEDULED = ["scheduled", "in_progress", "verifying", "completed"]


def maybe(kind: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": [kind, {"type": "null"}]}


def exactly(**fields: Any) -> dict[str, Any]:
    """An object of these fields and no others; what it must have is for the tests to say."""
    return {"type": "object", "properties": fields, "additionalProperties": False}


COMPONENT = exactly(
    id=TEXT,
    page_id=TEXT,
    group_id=maybe(TEXT),
    created_at=TIME,
    updated_at=TIME,
    group=maybe(FLAG),
    name=TEXT,
    description=maybe(TEXT),
    position={"type": "integer"},
    status={"enum": ["", *HEALTHS]},
    showcase=FLAG,
    only_show_if_degraded=FLAG,
    automation_email=TEXT,
    start_date=maybe({"type": "string", "format": "date"}),
) | {"required": ["id", "name", "status"]}
UPDATE = exactly(
    id=TEXT,
    incident_id=TEXT,
    affected_components={"type": "array", "items": {"type": "object"}},
    body=TEXT,
    created_at=TIME,
    custom_tweet=maybe(TEXT),
    deliver_notifications=FLAG,
    display_at=TIME,
    status=TEXT,
    tweet_id=maybe(TEXT),
    twitter_updated_at=maybe(TIME),
    updated_at=TIME,
    wants_twitter_update=FLAG,
) | {"required": ["id", "body", "status", "created_at"]}
INCIDENT = exactly(
    id=TEXT,
    components={"type": "array", "items": COMPONENT},
    created_at=TIME,
    impact={"enum": IMPACTS},
    impact_override=maybe({"enum": IMPACTS}),
    incident_updates={"type": "array", "items": UPDATE},
    metadata={"type": "object", "additionalProperties": {"type": "object"}},
    monitoring_at=maybe(TIME),
    name={"type": "string", "maxLength": 255},
    page_id=TEXT,
    resolved_at=maybe(TIME),
    scheduled_for=maybe(TIME),
    scheduled_until=maybe(TIME),
    scheduled_auto_in_progress=FLAG,
    scheduled_auto_completed=FLAG,
    auto_transition_to_maintenance_state=FLAG,
    auto_transition_to_operational_state=FLAG,
    shortlink=TEXT,
    status={"enum": [*STATES, *SCHEDULED]},
    updated_at=TIME,
) | {"required": ["id", "components", "incident_updates", "name", "shortlink", "status"]}
ERROR = exactly(error={"type": "array", "items": TEXT}) | {"required": ["error"]}


class Stage:
    """The page as somebody with its key sees it."""

    def __init__(self, world: World, session: aiohttp.ClientSession) -> None:
        self.world = world
        self._session = session

    async def ask(
        self, method: str, path: str, form: dict[str, Any], expected: int = 200, body: Any = None
    ) -> Any:
        url = f"{self.world.base_url}/statuspage/v1/pages/{PAGE}{path}"
        headers = {"Authorization": f"OAuth {self.world.statuspage.key}"}
        async with self._session.request(method, url, json=body, headers=headers) as answer:
            told = await answer.json()
            assert answer.status == expected, told
        jsonschema_rs.validator_for(form, validate_formats=True).validate(told)
        return told


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    world = World(Seed.named("default"))
    runner = await app.start(world)
    async with aiohttp.ClientSession() as session:
        yield Stage(world, session)
    await runner.cleanup()


async def test_an_incident_from_its_beginning_to_its_end(stage: Stage) -> None:
    part = component_id("app")
    begun = {
        "name": "Service outage",
        "status": "investigating",
        "body": "We are looking into it.",
        "impact_override": "critical",
        "component_ids": [part],
        "components": {part: "major_outage"},
        "deliver_notifications": True,
    }
    made = await stage.ask("POST", "/incidents", INCIDENT, 201, {"incident": begun})
    fallen = await stage.ask("GET", "/components", {"type": "array", "items": COMPONENT})
    news = {"status": "monitoring", "body": "It is better.", "components": {part: "operational"}}
    path = f"/incidents/{made['id']}"
    await stage.ask("PATCH", path, INCIDENT, 200, {"incident": news})
    over = {"status": "resolved", "body": "Over."}
    last = await stage.ask("PUT", path, INCIDENT, 200, {"incident": over})

    assert (made["impact"], fallen[0]["status"]) == ("critical", "major_outage")
    assert [one["body"] for one in last["incident_updates"]] == [
        "Over.", "It is better.", "We are looking into it."
    ]  # fmt: skip
    assert last["incident_updates"][1]["affected_components"] == [
        {"code": part, "name": "app", "old_status": "major_outage", "new_status": "operational"}
    ]
    assert last["resolved_at"] and last["monitoring_at"]
    many = {"type": "array", "items": INCIDENT}
    assert [one["id"] for one in await stage.ask("GET", "/incidents", many)] == [made["id"]]
    assert await stage.ask("GET", "/incidents/unresolved", many) == []
    assert await stage.ask("GET", "/incidents?limit=1&page=2", many) == []


async def test_a_maintenance_from_its_beginning_to_its_end(stage: Stage) -> None:
    part = component_id("app")
    begun = {
        "name": "Maintenance of app",
        "status": "in_progress",
        "body": "There may be short interruptions.",
        "impact_override": "maintenance",
        "component_ids": [part],
        "components": {part: "under_maintenance"},
        "scheduled_for": "2024-03-26T10:00:00+00:00",
        "scheduled_until": "2024-03-26T11:00:00+00:00",
        "scheduled_auto_completed": False,
        "auto_transition_to_operational_state": False,
    }
    made = await stage.ask("POST", "/incidents", INCIDENT, 201, {"incident": begun})
    over = {"status": "completed", "body": "Over.", "components": {part: "operational"}}
    path = f"/incidents/{made['id']}"
    last = await stage.ask("PATCH", path, INCIDENT, 200, {"incident": over})

    assert (made["impact"], made["status"]) == ("maintenance", "in_progress")
    assert last["resolved_at"] and last["components"][0]["status"] == "operational"
    many = {"type": "array", "items": INCIDENT}
    assert await stage.ask("GET", "/incidents/unresolved", many) == []
    unscheduled = {"incident": {"name": "Maintenance of app", "status": "in_progress"}}
    await stage.ask("POST", "/incidents", ERROR, 422, unscheduled)


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"name": "x" * 256},
        {"status": "dreadful"},
        {"impact_override": "dreadful"},
        {"component_ids": ["nonesuch"]},
        {"components": {component_id("app"): "dreadful"}},
    ],
)
async def test_each_mistake_is_refused_with_a_list_of_errors(
    stage: Stage, wrong: dict[str, Any]
) -> None:
    body = {"incident": {"name": "Service outage", **wrong}}
    await stage.ask("POST", "/incidents", ERROR, 422, body)
    assert stage.world.statuspage.incidents == []
