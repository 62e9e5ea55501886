"""Reading from a GitHub in trouble: asked again where that may help, and never for ever."""

from __future__ import annotations

import asyncio
import threading

import pytest

from bot.adapters.github import PyGithubAdapter
from bot.adapters.github.credentials import GivenToken
from bot.adapters.github.kept import LONGEST, Answer, Kept
from bot.adapters.github.session import Session
from bot.adapters.github.threads import READERS, Threads
from bot.domain.errors import Declined, Fault, NotFound
from sandbox.world import World
from tests.adapters.canned_github import Says, canned

APP = "acme/app"
OTHER = "acme/other"


def asked(world: World, path: str = "") -> int:
    return sum(path in str(row["path"]) for row in world.journal.entries("github"))


@pytest.mark.parametrize("kind", ["status:502", "reset_before", "bad_json"])
async def test_trouble_on_the_way_is_tried_again(
    world: World, github: PyGithubAdapter, kind: str
) -> None:
    world.faults.add(system="github", kind=kind)

    assert await github.login() == "gonogo-bot"
    assert asked(world) == 2


async def test_three_tries_are_enough(world: World, github: PyGithubAdapter) -> None:
    world.faults.add(system="github", kind="status:503", count=9)

    with pytest.raises(Fault) as raised:
        await github.login()
    assert (type(raised.value), raised.value.text) == (
        Fault,
        "503 The sandbox was asked to fail here.",
    )
    assert asked(world) == 3


@pytest.mark.parametrize(
    ("kind", "is_a", "says"),
    [
        ("status:401", Declined, "401 The sandbox was asked to fail here."),
        ("status:403", Declined, "403 The sandbox was asked to fail here."),
        ("status:404", NotFound, "404 The sandbox was asked to fail here."),
        ("status:410", NotFound, "410 The sandbox was asked to fail here."),
        ("status:429:retry_after=3", Fault, "rate limit (429)"),
        ("rate_limit", Fault, "rate limit (403)"),
    ],
)
async def test_a_clear_answer_is_not_asked_for_again(
    world: World, github: PyGithubAdapter, kind: str, is_a: type[Fault], says: str
) -> None:
    world.faults.add(system="github", kind=kind, count=9)

    with pytest.raises(Fault) as raised:
        await github.login()
    assert (type(raised.value), raised.value.text) == (is_a, says)
    assert (raised.value.retry_after is not None) is says.startswith("rate limit")
    assert asked(world) == 1


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({"Retry-After": "7", "x-ratelimit-remaining": "0", "x-ratelimit-reset": "1"}, 7),
        ({"Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT"}, 60),
        ({"Retry-After": "99999999"}, 3600),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": "1000000090"}, 90),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": "999999999"}, 1),
        ({"x-ratelimit-remaining": "0"}, 60),
        ({}, 60),
    ],
)
async def test_how_long_a_limit_lasts(headers: dict[str, str], wait: float) -> None:
    """By GitHub's clock: ours may be wrong."""
    said = {"message": "You have exceeded a secondary rate limit."}
    date = {"Date": "Sun, 09 Sep 2001 01:46:40 GMT"}  # 1000000000
    async with canned({"/user": Says(said, 403, headers | date)}) as it:
        with pytest.raises(Fault) as raised:
            await it.github.login()
    assert raised.value.retry_after == wait


async def test_a_gateways_page_says_its_status() -> None:
    async with canned({"/user": Says("<html>Not here</html>", 404)}) as it:
        with pytest.raises(NotFound, match="HTTP 404"):
            await it.github.login()


async def test_what_hangs_is_asked_once_and_given_up(
    world: World, hasty_github: PyGithubAdapter
) -> None:
    world.faults.add(system="github", kind="timeout")

    with pytest.raises(Fault):
        await hasty_github.login()
    assert asked(world) == 1


async def test_a_repository_that_hangs_does_not_hold_up_another(world: World) -> None:
    token = world.seed.secrets.github_token
    github = PyGithubAdapter(f"{world.base_url}/github", token, timeout=5, grace=0)
    world.faults.add(system="github", kind="timeout", path=OTHER, count=99)
    hanging = [asyncio.create_task(github.runs(OTHER, f"{n}.yml")) for n in range(9)]
    while asked(world, OTHER) < 3:
        await asyncio.sleep(0.01)

    assert (await github.tag(APP, "v1.2.1")).name == "v1.2.1"
    assert not any(task.done() for task in hanging)
    faults = await asyncio.gather(*hanging, return_exceptions=True)
    await github.close()
    assert all(isinstance(fault, Fault) for fault in faults)
    assert asked(world, OTHER) < 9  # what has waited in line too long is not asked at all


async def test_a_read_of_many_slow_requests_ends_too(
    world: World, hasty_github: PyGithubAdapter
) -> None:
    world.faults.add(system="github", kind="slow:0.4", count=99)

    with pytest.raises(Fault, match="no answer in time"):
        await hasty_github.tags(APP)
    await asyncio.sleep(0.5)
    assert asked(world) <= 4  # of six: the thread has stopped as well


async def test_a_stopped_bot_asks_nothing_more(world: World) -> None:
    token = world.seed.secrets.github_token
    github = PyGithubAdapter(f"{world.base_url}/github", token, timeout=1)
    await github.login()
    world.faults.add(system="github", kind="slow:0.3", count=9)
    reading = asyncio.create_task(github.tags(APP))
    while asked(world, "/tags") < 1:
        await asyncio.sleep(0.01)
    threads = {t for t in threading.enumerate() if t.name.startswith("github-")}
    assert threads

    await github.close()
    with pytest.raises(Fault):
        await reading
    assert asked(world, "/tags") == 1
    for thread in threads:
        await asyncio.to_thread(thread.join, 2)
    assert not any(thread.is_alive() for thread in threads)


async def test_each_thread_has_a_session_of_its_own() -> None:
    """PyGithub keeps a request between sending and reading it: shared, answers get crossed."""
    threads = Threads("http://127.0.0.1:1", GivenToken("ghp_x"), timeout=1)
    together = threading.Barrier(READERS, timeout=5)

    def work(session: Session) -> Session:
        together.wait()
        return session

    sessions = await asyncio.gather(*(threads.read(APP, work) for _ in range(READERS)))
    await threads.close()
    assert len(set(map(id, sessions))) == READERS


def test_kept_answers_are_bounded_and_the_used_ones_stay() -> None:
    kept = Kept(most=10)
    for key in "abc":
        kept.put(key, Answer("etag", "xxxx", False, 0))
        kept.get("a")

    assert [kept.get(key) is not None for key in "abc"] == [True, False, True]
    kept.put("a", Answer("new", "yy", False, 0))
    assert kept.get("a") == Answer("new", "yy", False, 0)


def test_what_has_no_etag_or_is_too_long_is_not_kept() -> None:
    kept = Kept()
    kept.put("a", Answer("etag", "x", False, 0))
    kept.put("a", Answer("", "y", False, 0))
    kept.put("b", Answer("etag", "x" * (LONGEST + 1), False, 0))

    assert (kept.get("a"), kept.get("b")) == (None, None)
