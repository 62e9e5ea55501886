"""Who is told that a version went live: each knows what it was told, and says why it does not."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.adapters import pagerduty, posthog, sentry
from bot.domain.errors import Declined, Fault, NotFound, Unanswered
from bot.ports.annotations import Annotator, WentLive
from sandbox.world import World

HASTE = 1.0  # second, where nothing answers
EVENT = WentLive(
    key="D2-5f3c",
    text="app v1.2.1 deployed to production (release D2)",
    service="app",
    environment="production",
    version="v1.2.1",
    commit="c" * 40,
    at=datetime(2024, 3, 26, 10, 1, 2, 500, tzinfo=UTC),
    url="https://github.com/acme/app/actions/runs/7001",
)
Make = Callable[..., Annotator]


def of_posthog(world: World, key: str = "") -> Annotator:
    key = key or world.seed.secrets.posthog_key
    return posthog.annotator(f"{world.base_url}/posthog", key, 1, timeout=HASTE)


def of_sentry(world: World, token: str = "") -> Annotator:
    token = token or world.seed.secrets.sentry_token
    url = f"{world.base_url}/sentry"
    return sentry.annotator(url, token, "acme", ("app",), environment="prod-eu", timeout=HASTE)


def of_pagerduty(world: World, key: str = "") -> Annotator:
    key = key or world.seed.secrets.pagerduty_routing_key
    return pagerduty.annotator(f"{world.base_url}/pagerduty", key, timeout=HASTE)


def told(world: World) -> list[Any]:
    """Everything that any of them was told."""
    deploys = [one for each in world.sentry.deploys.values() for one in each]
    return [*world.posthog.annotations, *deploys, *world.pagerduty.changes]


@asynccontextmanager
async def made(make: Make, *words: Any) -> AsyncIterator[Annotator]:
    annotator = make(*words)
    yield annotator
    await annotator.close()


async def test_posthog_draws_a_line_across_the_charts(world: World) -> None:
    async with made(of_posthog, world) as annotator:
        assert await annotator.knows(EVENT) is False
        await annotator.tell(EVENT)
        assert await annotator.knows(EVENT) is True
        assert await annotator.knows(replace(EVENT, text="another")) is False
        assert await annotator.knows(replace(EVENT, at=EVENT.at + timedelta(days=9))) is False
        assert await annotator.examine() == "its annotations can be read"
    [found] = world.posthog.annotations
    assert (found["content"], found["scope"]) == (EVENT.text, "project")
    assert found["date_marker"] == "2024-03-26T10:01:02+00:00"


async def test_sentry_gets_the_release_and_its_deploy(world: World) -> None:
    async with made(of_sentry, world) as annotator:
        assert await annotator.knows(EVENT) is False
        await annotator.tell(EVENT)
        assert await annotator.knows(EVENT) is True
        assert await annotator.examine() == "its releases can be read"
    assert world.sentry.made["v1.2.1"] == {
        "version": "v1.2.1",
        "projects": ["app"],
        "dateReleased": "2024-03-26T10:01:02.000500+00:00",
        "ref": EVENT.commit,
        "url": EVENT.url,
    }
    [found] = world.sentry.deploys["v1.2.1"]
    assert (found["environment"], found["name"]) == ("prod-eu", EVENT.key)


async def test_pagerduty_gets_a_change_event_and_cannot_be_asked(world: World) -> None:
    async with made(of_pagerduty, world) as annotator:
        await annotator.tell(EVENT)
        assert await annotator.knows(EVENT) is None
        assert await annotator.examine() == "the routing key has the right form"
    [found] = world.pagerduty.changes
    assert (found["summary"], found["source"]) == (EVENT.text, "app")
    assert found["custom_details"]["version"] == "v1.2.1"
    assert world.pagerduty.incidents == []


ALL = pytest.mark.parametrize(
    ("make", "system"),
    [(of_posthog, "posthog"), (of_sentry, "sentry"), (of_pagerduty, "pagerduty")],
    ids=["posthog", "sentry", "pagerduty"],
)


@ALL
@pytest.mark.parametrize(
    ("kind", "fault"),
    [
        ("status:403", Declined),
        ("status:429:retry_after=7", Fault),
        ("status:502", Unanswered),
        ("reset_before", Unanswered),
        ("reset_after_apply", Unanswered),
    ],
)
async def test_each_no_is_what_it_is(
    world: World, make: Make, system: str, kind: str, fault: type[Fault]
) -> None:
    """The write that counts is the last one; what Sentry's release answers only asks."""
    path = "deploys" if system == "sentry" else ""
    world.faults.add(system=system, kind=kind, path=path, method="POST", count=9)
    async with made(make, world) as annotator:
        with pytest.raises(Fault) as no:
            await annotator.tell(EVENT)
    assert type(no.value) is fault
    assert bool(told(world)) is (kind == "reset_after_apply")


@ALL
async def test_a_stranger_is_told_so(world: World, make: Make, system: str) -> None:
    async with made(make, world, "f" * 32) as annotator:
        with pytest.raises((Declined, NotFound)):
            await annotator.tell(EVENT)
        if system != "pagerduty":
            with pytest.raises(Fault, match="401"):
                await annotator.examine()
    assert told(world) == []


async def test_a_version_that_nobody_knows_is_no_release(world: World) -> None:
    async with made(of_sentry, world) as annotator:
        with pytest.raises(Declined, match="nobody knows its version"):
            await annotator.tell(replace(EVENT, version=""))
