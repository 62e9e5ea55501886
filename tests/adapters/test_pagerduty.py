"""PagerDuty: one alarm for one key, who answered, and each way in which it says no."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.adapters.pagerduty import PagerDuty, connect
from bot.domain.errors import Declined, Fault, Unanswered
from bot.ports.paging import Alarm, Answered
from sandbox.world import World

PATIENCE = 10.0  # seconds, for a busy machine
HASTE = 0.5  # seconds, where nothing answers
ALARM = Alarm(
    key="incident:7",
    at=datetime(2024, 3, 26, 14, 32, tzinfo=UTC),
    summary="INC-7 outage: All users unable to access service",
    urgency="critical",
    source="app",
    url="https://acme.slack.example/archives/C0DEPLOY/p1",
    details={"lead": "dee"},
)


@asynccontextmanager
async def at_pagerduty(
    world: World,
    *,
    patience: float = PATIENCE,
    routing_key: str = "localrouting00000000000000000000",
    token: str | None = "local-pagerduty-token",
    end: str = "",
) -> AsyncIterator[PagerDuty]:
    pager = connect(
        events_url=f"{world.base_url}/pagerduty{end}",
        routing_key=routing_key,
        api_url=f"{world.base_url}/pagerduty",
        api_token=token,
        timeout=patience,
    )
    try:
        yield pager
    finally:
        await pager.close()


@pytest.fixture
async def pager(world: World) -> AsyncIterator[PagerDuty]:
    async with at_pagerduty(world) as made:
        yield made


def sent(world: World) -> list[dict[str, Any]]:
    """The events that arrived, in order."""
    rows = world.journal.entries("pagerduty", "POST")
    return [row["body"] for row in rows if isinstance(row["body"], dict)]


async def test_the_same_alarm_twice_wakes_once(world: World, pager: PagerDuty) -> None:
    await pager.trigger(ALARM)
    await pager.trigger(ALARM)

    [page] = world.pagerduty.incidents
    assert (page.key, page.events) == ("incident:7", 2)
    assert sent(world)[0] == {
        "routing_key": "localrouting00000000000000000000",
        "event_action": "trigger",
        "dedup_key": "incident:7",
        "client": "gonogo",
        "links": [{"href": ALARM.url, "text": "Slack"}],
        "payload": {
            "summary": "INC-7 outage: All users unable to access service",
            "severity": "critical",
            "source": "app",
            "timestamp": "2024-03-26T14:32:00+00:00",
            "custom_details": {"lead": "dee"},
        },
    }


async def test_taken_is_not_answered(world: World, pager: PagerDuty) -> None:
    assert await pager.answered("incident:7") is None
    await pager.trigger(ALARM)
    first = await pager.answered("incident:7")
    world.pagerduty.acknowledge(world.pagerduty.incidents[0], "bo")
    second = await pager.answered("incident:7")
    await pager.resolve(ALARM)
    third = await pager.answered("incident:7")

    at = world.pagerduty.incidents[0].created.replace(microsecond=0)
    assert first == Answered(state="triggered", at=at)
    assert second == Answered(state="acknowledged", at=at, by="bo")
    assert third == Answered(state="resolved", at=at, by="app")
    assert world.pagerduty.incidents[0].status == "resolved"


async def test_after_the_end_it_rings_anew_and_the_newest_counts(
    world: World, pager: PagerDuty
) -> None:
    await pager.trigger(ALARM)
    world.pagerduty.resolve(world.pagerduty.incidents[0], "bo")
    await pager.trigger(ALARM)

    at = world.pagerduty.incidents[1].created.replace(microsecond=0)
    assert await pager.answered("incident:7") == Answered(state="triggered", at=at)
    assert [one.status for one in world.pagerduty.incidents] == ["resolved", "triggered"]


async def test_ending_what_never_rang_is_no_trouble(world: World, pager: PagerDuty) -> None:
    await pager.resolve(ALARM)
    assert world.pagerduty.incidents == []


async def test_the_address_may_be_whole_and_the_token_missing(world: World) -> None:
    async with at_pagerduty(world, end="/v2/enqueue", token=None) as pager:
        await pager.trigger(ALARM)
        assert not pager.sees_answers
    assert len(world.pagerduty.incidents) == 1


async def test_a_long_story_is_cut(world: World, pager: PagerDuty) -> None:
    await pager.trigger(replace(ALARM, summary="x" * 2000))
    assert len(world.pagerduty.incidents[0].payload["summary"]) == 1024


@pytest.mark.parametrize(
    ("kind", "is_a", "says", "wait"),
    [
        ("status:400", Declined, "400 The sandbox was asked to fail here.", None),
        ("status:403", Declined, "403 The sandbox was asked to fail here.", None),
        ("status:413", Declined, "413 The sandbox was asked to fail here.", None),
        (
            "status:429:retry_after=7",
            Fault,
            "rate limit (429 The sandbox was asked to fail here.)",
            7,
        ),
        ("status:500", Unanswered, "500 The sandbox was asked to fail here.", None),
        ("status:503", Unanswered, "503 The sandbox was asked to fail here.", None),
        ("status_after_apply:502", Unanswered, "502 The sandbox was asked to fail here.", None),
        ("reset_before", Unanswered, "no usable answer (ReadError)", None),
        ("reset_after_apply", Unanswered, "no usable answer (ReadError)", None),
        ("bad_json", Unanswered, "no usable answer (Accepted: 1 mistakes)", None),
        ("timeout", Unanswered, "no answer in time", None),
    ],
)
async def test_each_answer_to_an_event(
    world: World, kind: str, is_a: type[Fault], says: str, wait: float | None
) -> None:
    world.faults.add(system="pagerduty", kind=kind)
    async with at_pagerduty(world, patience=HASTE if kind == "timeout" else PATIENCE) as pager:
        with pytest.raises(Fault) as raised:
            await pager.trigger(ALARM)

    told = raised.value
    assert (type(told), told.text, told.retry_after) == (is_a, says, wait)
    assert len(sent(world)) == 1


async def test_what_pagerduty_says_itself(world: World) -> None:
    async with at_pagerduty(world, routing_key="stolen", token="stolen") as stranger:
        with pytest.raises(Declined) as event:
            await stranger.trigger(ALARM)
        with pytest.raises(Declined) as question:
            await stranger.answered("incident:7")

    assert event.value.text == "400 Event object is invalid: 'routing_key' is invalid"
    assert question.value.text == "401 Unauthorized"


@pytest.mark.parametrize("kind", ["status:502", "bad_json", "reset_before"])
async def test_who_answered_is_not_known_while_it_is_away(
    world: World, pager: PagerDuty, kind: str
) -> None:
    world.faults.add(system="pagerduty", kind=kind, method="GET")
    with pytest.raises(Fault) as raised:
        await pager.answered("incident:7")
    assert type(raised.value) is Fault


async def test_those_of_the_first_level_are_on_call(world: World, pager: PagerDuty) -> None:
    assert await pager.on_call("") == ("dee",)
    world.pagerduty.on_call = [("bo", 2), ("dee", 1), ("ana", 1), ("dee", 1)]
    assert await pager.on_call("PPOLICY") == ("dee", "ana")
    assert await pager.on_call("POTHER") == ()
    world.pagerduty.on_call = []
    assert await pager.on_call("") == ()


async def test_of_a_crowd_on_call_a_policy_has_to_be_named(world: World, pager: PagerDuty) -> None:
    world.pagerduty.on_call = [(f"p{number}", 1) for number in range(101)]
    with pytest.raises(Declined, match="name incidents"):
        await pager.on_call("")
