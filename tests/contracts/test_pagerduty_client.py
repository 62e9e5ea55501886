"""The local PagerDuty answers as PagerDuty's own client for Python expects."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pagerduty
import pytest
from httpx2 import URL, HTTPTransport, Request, Response
from pagerduty import EventsApiV2Client, RestApiV2Client

from bot.adapters import pagerduty as bot_pagerduty
from bot.ports.annotations import WentLive
from sandbox import app
from sandbox.seeds import Seed
from sandbox.world import World


@dataclass
class Stage:
    """The host, and the two clients; they work in threads, as they know no other way."""

    world: World
    events: EventsApiV2Client
    rest: RestApiV2Client


class OnThisMachine(HTTPTransport):
    """Takes what is meant for PagerDuty to the sandbox, which has no certificate."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self.url = url

    def handle_request(self, request: Request) -> Response:
        request.url = URL(f"{self.url}{request.url.raw_path.decode()}")
        return super().handle_request(request)


def clients(url: str, routing_key: str, token: str) -> tuple[EventsApiV2Client, RestApiV2Client]:
    """They take no address but one of https, and speak to PagerDuty's own."""
    return (
        EventsApiV2Client(routing_key, transport=OnThisMachine(url)),
        RestApiV2Client(token, transport=OnThisMachine(url)),
    )


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    world = World(Seed.named("default"))
    runner = await app.start(world)
    url = f"{world.base_url}/pagerduty"
    events, rest = clients(url, world.pagerduty.routing_key, world.pagerduty.token)
    with events, rest:
        yield Stage(world, events, rest)
    await runner.cleanup()


async def test_an_alert_from_its_trigger_to_its_end(stage: Stage) -> None:
    events, rest = stage.events, stage.rest
    key = await asyncio.to_thread(
        events.trigger, "The site is down", "app", dedup_key="incident:7", severity="critical"
    )
    await asyncio.to_thread(events.trigger, "The site is down", "app", dedup_key=key)
    listed = await asyncio.to_thread(rest.list_all, "incidents", params={"incident_key": key})
    await asyncio.to_thread(events.acknowledge, key)
    told = await asyncio.to_thread(rest.rget, f"/incidents/{listed[0]['id']}")
    await asyncio.to_thread(events.resolve, key)
    over = await asyncio.to_thread(
        rest.list_all,
        "incidents",
        params={"statuses[]": ["resolved"], "sort_by": "created_at:desc"},
    )

    assert key == "incident:7"
    assert [(one["status"], one["incident_key"]) for one in listed] == [("triggered", key)]
    assert told["status"] == "acknowledged"
    assert datetime.fromisoformat(told["acknowledgements"][0]["at"])
    assert told["acknowledgements"][0]["acknowledger"]["type"] == "service_reference"
    assert [one["id"] for one in over] == [listed[0]["id"]]
    assert over[0]["resolved_at"] and over[0]["acknowledgements"] == []


async def test_a_key_of_its_own_when_none_is_given(stage: Stage) -> None:
    first, second = [await asyncio.to_thread(stage.events.trigger, "Down", "app") for _ in range(2)]
    assert first != second
    assert [one.key for one in stage.world.pagerduty.incidents] == [first, second]


async def test_who_is_on_call(stage: Stage) -> None:
    host = stage.world.pagerduty
    host.on_call = [(f"p{number}", 1 + number // 60) for number in range(120)]
    params = {"escalation_policy_ids[]": ["PPOLICY"]}
    listed = await asyncio.to_thread(stage.rest.list_all, "oncalls", params=params)
    other = {"escalation_policy_ids[]": ["POTHER"]}

    assert [(one["user"]["summary"], one["escalation_level"]) for one in listed] == host.on_call
    assert {one["escalation_policy"]["id"] for one in listed} == {"PPOLICY"}
    assert await asyncio.to_thread(stage.rest.list_all, "oncalls", params=other) == []


async def test_a_deployment_is_a_change_event(stage: Stage) -> None:
    payload = {"summary": "v1.2.1 deployed", "source": "app"}
    await asyncio.to_thread(stage.events.send_change_event, payload)
    assert stage.world.pagerduty.changes[0]["summary"] == "v1.2.1 deployed"
    assert stage.world.pagerduty.incidents == []


async def test_the_bot_sends_the_change_event_that_the_client_sends(stage: Stage) -> None:
    link = "https://github.com/acme/app/actions/runs/7001"
    details = {"deployment": "D2", "environment": "production", "version": "v1.2.1"}
    at = datetime(2024, 3, 26, 10, tzinfo=UTC)
    words: dict[str, Any] = {"source": "app", "timestamp": at.isoformat()}
    links = [{"href": link, "text": "Run"}]
    submit = stage.events.submit
    await asyncio.to_thread(
        lambda: submit("v1.2.1 deployed", custom_details=details, links=links, **words)
    )
    host = stage.world.pagerduty
    annotator = bot_pagerduty.annotator(f"{stage.world.base_url}/pagerduty", host.routing_key)
    event = WentLive(
        key="D2",
        text="v1.2.1 deployed",
        service="app",
        environment="production",
        version="v1.2.1",
        commit="",
        at=at,
        url=link,
    )
    await annotator.tell(event)
    await annotator.close()

    theirs, ours = stage.world.journal.all("pagerduty")
    assert ours.path == theirs.path
    assert isinstance(theirs.body, dict)
    assert ours.body == {name: value for name, value in theirs.body.items() if value}


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"severity": "dreadful"}, "'payload.severity' is invalid"),
        ({"summary": ""}, "'payload.summary' is missing or blank"),
        ({"source": ""}, "'payload.source' is missing or blank"),
        ({"dedup_key": "k" * 256}, "'dedup_key' is longer than 255 characters"),
    ],
)
async def test_each_mistake_is_refused(stage: Stage, wrong: dict[str, str], says: str) -> None:
    words: dict[str, Any] = {"summary": "Down", "source": "app"} | wrong
    with pytest.raises(pagerduty.HttpError) as no:
        await asyncio.to_thread(lambda: stage.events.trigger(**words))
    answer = no.value.response
    assert answer is not None and answer.status_code == 400
    assert says in answer.json()["errors"][0]


async def test_a_stranger_is_refused_by_both(stage: Stage) -> None:
    events, rest = clients(f"{stage.world.base_url}/pagerduty", "f" * 32, "x")
    with events, rest:
        with pytest.raises(pagerduty.HttpError) as event:
            await asyncio.to_thread(events.trigger, "Down", "app")
        with pytest.raises(pagerduty.HttpError) as question:
            await asyncio.to_thread(rest.list_all, "incidents")
    answers = (event.value.response, question.value.response)
    assert [answer and answer.status_code for answer in answers] == [400, 401]
