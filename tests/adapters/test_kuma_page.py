"""Uptime Kuma's status page: our own posts alone, its editing traps, and its bad days."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest

from bot.adapters.uptime_kuma import KumaPage, connect
from bot.domain.errors import Declined, Fault, NotFound, Unanswered
from bot.domain.incidents.publishing import Health, Phase
from bot.ports.status_pages import Published
from sandbox.world import World
from tests.adapters.at_status_pages import notice

PATIENCE = 10.0  # seconds, for a busy machine
HASTE = 0.5  # seconds, where nothing answers


@asynccontextmanager
async def at_kuma(
    world: World,
    *,
    slug: str = "default-page",
    password: str = "local-kuma-password",
    url: str = "",
    patience: float = PATIENCE,
) -> AsyncIterator[KumaPage]:
    page = connect(url or f"{world.base_url}/kuma", "gonogo", password, slug, patience)
    try:
        yield page
    finally:
        await page.close()


@pytest.fixture
async def page(world: World) -> AsyncIterator[KumaPage]:
    async with at_kuma(world) as made:
        yield made


def shown(world: World) -> list[tuple[str, str, str]]:
    """What the page has, newest first."""
    return [(one.title, one.content, one.style) for one in world.kuma.posts.on_page()]


def said(world: World) -> list[str]:
    """The events that the bot sent, in order."""
    return [str(row["path"]) for row in world.journal.entries("kuma", "EMIT")]


async def test_a_post_is_edited_and_taken_off_the_page_at_the_end(
    world: World, page: KumaPage
) -> None:
    made = await page.publish(notice())
    first = shown(world)
    await page.revise(made.id, notice("It is the database.", Phase.IDENTIFIED))
    second = shown(world)
    await page.revise(made.id, notice("It works again.", Phase.RESOLVED, Health.OPERATIONAL))

    assert made == Published(id="1", url=f"{world.base_url}/kuma/status/default-page")
    title = "Service outage detected (INC-7)"
    assert first == [(title, "We are looking into it.", "danger")]
    assert second == [(title, "It is the database.", "danger")]
    [post] = world.kuma.posts.every
    assert (post.content, post.style, post.pin, post.active) == (
        "It works again.", "info", False, False
    )  # fmt: skip
    assert said(world) == [
        "login",
        "postIncident",
        "editIncident",
        "editIncident",
        "resolveIncident",
    ]


async def test_the_posts_of_another_incident_stay(world: World, page: KumaPage) -> None:
    mine = await page.publish(notice())
    other = await page.publish(notice(title="Slow search (INC-8)", health=Health.DEGRADED))
    await page.revise(mine.id, notice("Over.", Phase.RESOLVED, Health.OPERATIONAL))

    assert shown(world) == [("Slow search (INC-8)", "We are looking into it.", "warning")]
    assert other.id == "2"


async def test_a_post_that_somebody_deleted_does_not_come_back(
    world: World, page: KumaPage
) -> None:
    made = await page.publish(notice())
    world.kuma.posts.delete(int(made.id))
    with pytest.raises(Declined) as no:
        await page.revise(made.id, notice("It is the database."))

    assert no.value.text == "Incident not found or access denied"
    assert world.kuma.posts.every == []


async def test_a_post_whose_answer_was_lost_is_found_past_the_cache(
    world: World, page: KumaPage
) -> None:
    start = world.clock.now().replace(microsecond=0)
    assert await page.find(notice(), start) is None
    world.faults.add(system="kuma", kind="reset_after_apply", path="postIncident")
    with pytest.raises(Unanswered) as lost:
        await page.publish(notice())
    found = await page.find(notice(), start)

    assert lost.value.text == "the connection broke"
    assert found == Published(id="1", url=page.url)
    assert await page.find(notice(), start + timedelta(days=1)) is None
    assert await page.find(notice(title="Another (INC-9)"), start) is None


async def test_it_is_looked_for_behind_many_others(world: World, page: KumaPage) -> None:
    start = world.clock.now().replace(microsecond=0)
    await page.publish(notice())
    for number in range(25):
        await world.clock.advance(timedelta(seconds=1))
        world.kuma.posts.post({"title": f"Other {number}", "content": "c", "style": "info"})

    assert await page.find(notice(), start) == Published(id="1", url=page.url)


async def test_one_login_serves_all_and_a_new_connection_needs_none(
    world: World, page: KumaPage
) -> None:
    made = await page.publish(notice())
    await page.revise(made.id, notice("Still."))
    world.faults.add(system="kuma", kind="reset_before", path="editIncident")
    with pytest.raises(Unanswered):
        await page.revise(made.id, notice("Still so."))
    await page.revise(made.id, notice("Still so."))

    assert [word for word in said(world) if word.startswith("login")] == ["login", "loginByToken"]
    assert shown(world)[0][1] == "Still so."


async def test_a_changed_password_ends_the_token(world: World, page: KumaPage) -> None:
    made = await page.publish(notice())
    await page.close()
    world.kuma.password = "changed"
    world.faults.add(system="kuma", kind="status:400", path="loginByToken")
    with pytest.raises(Declined) as no:
        await page.revise(made.id, notice("Still."))
    assert no.value.text == "wrong user name or password"


async def test_several_at_once_share_the_connection(world: World, page: KumaPage) -> None:
    notices = [notice(title=f"Trouble (INC-{number})") for number in range(5)]
    made = await asyncio.gather(*(page.publish(one) for one in notices))

    assert sorted(one.id for one in made) == ["1", "2", "3", "4", "5"]
    assert said(world).count("login") == 1


@pytest.mark.parametrize(
    ("kind", "event", "is_a", "says"),
    [
        ("status:400", "postIncident", Declined, "SQLITE_BUSY: database is locked"),
        ("rate_limit", "login", Fault, "rate limit (Too frequently, try again later.)"),
        ("timeout", "postIncident", Unanswered, "no answer in time"),
        ("timeout", "login", Fault, "no answer in time"),
        ("reset_before", "postIncident", Unanswered, "the connection broke"),
        ("reset_before", "login", Fault, "the connection broke"),
        ("bad_json", "postIncident", Unanswered, "no usable answer (str)"),
        ("bad_json", "login", Fault, "no usable answer (str)"),
        ("status:502", "socket.io", Fault, "not reachable (ConnectionError)"),
        ("timeout", "socket.io", Fault, "not reachable (no answer in time)"),
    ],
)
async def test_each_answer(
    world: World, kind: str, event: str, is_a: type[Fault], says: str
) -> None:
    world.faults.add(system="kuma", kind=kind, path=event)
    async with at_kuma(world, patience=HASTE if kind == "timeout" else PATIENCE) as page:
        with pytest.raises(Fault) as raised:
            await page.publish(notice())
        assert (type(raised.value), raised.value.text) == (is_a, says)
        wait = 60 if kind == "rate_limit" else None
        assert raised.value.retry_after == wait
    posted = [one for one in said(world) if one == "postIncident"]
    assert len(posted) == (1 if event == "postIncident" else 0)


async def test_nobody_there_means_that_nothing_was_sent(world: World) -> None:
    async with at_kuma(world, url="http://127.0.0.1:1") as page:
        with pytest.raises(Fault) as raised:
            await page.publish(notice())
    assert (type(raised.value), raised.value.text) == (Fault, "not reachable (ConnectionError)")


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"password": "stolen"}, "wrong user name or password"),
        ({"slug": "nonesuch"}, "slug is not found"),
    ],
)
async def test_what_kuma_says_itself(world: World, wrong: dict[str, Any], says: str) -> None:
    async with at_kuma(world, **wrong) as page:
        with pytest.raises(Declined) as no:
            await page.publish(notice())
    assert no.value.text == says


async def test_a_second_factor_is_more_than_a_bot_can(world: World, page: KumaPage) -> None:
    world.kuma.second_factor = True
    with pytest.raises(Declined) as no:
        await page.publish(notice())
    assert no.value.text == "this account wants a second factor, which a bot does not have"


async def test_a_page_that_is_not_there_has_no_history(world: World) -> None:
    async with at_kuma(world, slug="nonesuch") as page:
        with pytest.raises(NotFound) as no:
            await page.find(notice(), world.clock.now())
    assert no.value.text == "404 Status Page Not Found"
