"""SlackChat when Slack fails: reads are asked again, a post leaves once, and each no says why."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.adapters.slack.response_url import is_response_url
from bot.adapters.slack.slack import SlackChat
from bot.adapters.slack.slack_calls import Unreachable
from bot.domain.errors import Declined, Fault, Unanswered
from bot.messages.blocks import Message
from bot.ports.channels import TakesNothing
from sandbox.slack.channels import Channel
from sandbox.slack.manifest import Manifest
from sandbox.world import World

DEPLOYMENTS = "C0DEPLOY"
ANA = "U0ANA"
HELLO = Message("hello")


def calls(world: World, method: str) -> int:
    return sum(entry["path"] == f"/{method}" for entry in world.journal.entries("slack"))


def fail(world: World, kind: str, method: str, count: int = 1) -> None:
    world.faults.add(system="slack", kind=kind, path=f"/{method}", count=count)


@asynccontextmanager
async def answering(
    answer: Callable[[web.Request], Awaitable[web.Response]],
) -> AsyncIterator[SlackChat]:
    """A chat with a Slack that has one answer to everything."""
    app = web.Application()
    app.router.add_post("/api/{method}", answer)
    async with TestServer(app) as server:
        chat = SlackChat("xoxb-x", api_url=str(server.make_url("/api/")))
        yield chat
        await chat.close()


@pytest.mark.parametrize(
    "kind",
    [
        "status_after_apply:502",
        "status:500",
        "reset_before",
        "reset_after_apply",
        "bad_json",
        "timeout",
    ],
)
async def test_a_post_without_an_answer_is_not_repeated(
    world: World, hasty_chat: SlackChat, kind: str
) -> None:
    await hasty_chat.identity()  # leaves a kept connection behind
    fail(world, kind, "chat.postMessage")

    with pytest.raises(Unanswered):
        await hasty_chat.post(DEPLOYMENTS, HELLO, key="card:7")
    assert calls(world, "chat.postMessage") == 1


async def test_a_post_that_nobody_could_take_is_no_riddle() -> None:
    chat = SlackChat("xoxb-x", api_url="http://127.0.0.1:1/api/")
    with pytest.raises(Unreachable) as raised:
        await chat.post(DEPLOYMENTS, HELLO, key="card:7")
    await chat.close()
    assert not isinstance(raised.value, Declined | Unanswered)


@pytest.mark.parametrize("kind", ["status:500", "status:503", "reset_before", "bad_json"])
async def test_a_read_is_asked_three_times(world: World, chat: SlackChat, kind: str) -> None:
    fail(world, kind, "users.info", count=2)

    assert (await chat.account(ANA)).name == "ana"
    assert calls(world, "users.info") == 3

    # More than three: aiohttp itself asks again where a kept connection was closed meanwhile.
    fail(world, kind, "users.info", count=9)
    with pytest.raises(Fault) as raised:
        await chat.account(ANA)
    assert type(raised.value) is Fault


async def test_a_read_that_hangs_is_asked_once(world: World, hasty_chat: SlackChat) -> None:
    fail(world, "timeout", "users.info")

    with pytest.raises(Fault, match="no answer in time"):
        await hasty_chat.account(ANA)
    assert calls(world, "users.info") == 1


async def test_an_edit_may_be_repeated(world: World, chat: SlackChat) -> None:
    _, ts = await chat.post(DEPLOYMENTS, HELLO, key="card:7")
    fail(world, "status_after_apply:502", "chat.update")

    await chat.update(DEPLOYMENTS, ts, Message("hello again"))
    assert calls(world, "chat.update") == 2


async def test_a_rate_limit_says_when_to_come_back(world: World, chat: SlackChat) -> None:
    for method in ("chat.postMessage", "users.info"):
        fail(world, "status:429:retry_after=3", method)

    with pytest.raises(Fault) as posting:
        await chat.post(DEPLOYMENTS, HELLO, key="card:7")
    with pytest.raises(Fault) as reading:
        await chat.account(ANA)

    assert (posting.value.retry_after, reading.value.retry_after) == (3, 3)
    assert not isinstance(posting.value, Declined | Unanswered)
    assert calls(world, "chat.postMessage") == 1


async def test_a_channel_without_the_bot_says_to_invite_it(chat: SlackChat) -> None:
    with pytest.raises(Declined, match="not_in_channel; invite the bot: /invite @gonogo"):
        await chat.post("C0GENERAL", HELLO, key="card:7")


@pytest.mark.parametrize(
    ("channel", "message", "says", "is_shut"),
    [
        ("C0NOWHERE", HELLO, "channel_not_found; check the channel", False),
        ("C0ARCHIVED", HELLO, "is_archived; unarchive the channel", True),
        (DEPLOYMENTS, Message("x", ({"type": "header"},)), "invalid_blocks; the message", False),
    ],
)
async def test_a_refused_post_says_what_to_do(
    world: World, chat: SlackChat, channel: str, message: Message, says: str, is_shut: bool
) -> None:
    world.slack.channels["C0ARCHIVED"] = Channel("C0ARCHIVED", "archived", archived=True)

    with pytest.raises(Declined, match=says) as no:
        await chat.post(channel, message, key="card:7")
    assert isinstance(no.value, TakesNothing) is is_shut


async def test_a_missing_scope_is_named(world: World, chat: SlackChat) -> None:
    world.slack.manifest = Manifest(frozenset({"users:read"}))

    with pytest.raises(Declined, match="add the scope chat:write"):
        await chat.post(DEPLOYMENTS, HELLO, key="card:7")


@pytest.mark.parametrize("word", ["internal_error", "fatal_error", "service_unavailable"])
async def test_slacks_own_failures_leave_a_post_open(
    world: World, chat: SlackChat, monkeypatch: pytest.MonkeyPatch, word: str
) -> None:
    """Slack documents that the call may have had its effect."""
    from sandbox.slack.errors import SlackError
    from sandbox.slack.methods import METHODS

    async def broken(call: Any) -> dict[str, Any]:
        raise SlackError(word)

    monkeypatch.setitem(METHODS, "chat.postMessage", broken)
    with pytest.raises(Unanswered, match=word):
        await chat.post(DEPLOYMENTS, HELLO, key="card:7")


async def test_a_whisper_without_an_answer_is_not_sent_another_way(
    world: World, chat: SlackChat
) -> None:
    fail(world, "status_after_apply:502", "chat.postEphemeral")

    with pytest.raises(Unanswered):
        await chat.whisper(DEPLOYMENTS, ANA, HELLO)
    assert calls(world, "chat.postMessage") == 0


@pytest.mark.parametrize("kind", ["status_after_apply:502", "reset_after_apply", "timeout"])
async def test_a_response_url_without_an_answer_is_not_followed_by_a_direct_message(
    world: World, hasty_chat: SlackChat, kind: str
) -> None:
    url = f"{world.base_url}/slack/hooks/{world.slack.response_urls.new(ANA, 'C0GENERAL')}"
    fail(world, kind, "hooks")

    with pytest.raises(Unanswered):
        await hasty_chat.whisper("C0GENERAL", ANA, HELLO, response_url=url)
    assert [e["path"] for e in world.journal.entries("slack")][1:] == [url[url.index("/hooks") :]]


@pytest.mark.parametrize(
    ("text", "content_type"),
    [("ok", "text/plain"), ("[]", "application/json"), ("<html>", "text/html")],
)
async def test_an_answer_that_is_no_answer_leaves_a_post_open(text: str, content_type: str) -> None:
    async def answer(request: web.Request) -> web.Response:
        return web.Response(text=text, content_type=content_type)

    async with answering(answer) as chat:
        with pytest.raises(Unanswered):
            await chat.post(DEPLOYMENTS, HELLO, key="card:7")


@pytest.mark.parametrize("header", [{}, {"Retry-After": "soon"}])
async def test_a_rate_limit_that_does_not_say_how_long(header: dict[str, str]) -> None:
    async def answer(request: web.Request) -> web.Response:
        body = {"ok": False, "error": "ratelimited"}
        return web.json_response(body, status=429, headers=header)

    async with answering(answer) as chat:
        with pytest.raises(Fault) as raised:
            await chat.post(DEPLOYMENTS, HELLO, key="card:7")
    assert raised.value.retry_after == 30


async def test_a_form_that_does_not_open_in_time_is_given_up(
    world: World, hasty_chat: SlackChat
) -> None:
    fail(world, "timeout", "views.open")

    with pytest.raises(Unanswered):
        await hasty_chat.open_view("1.2.abc", {})


@pytest.mark.parametrize(
    ("url", "api", "good"),
    [
        ("https://hooks.slack.com/commands/T/1/x", "https://slack.com/api/", True),
        ("https://hooks.slack.com:443/commands/T/1/x", "https://slack.com/api/", True),
        ("http://hooks.slack.com/commands/T/1/x", "https://slack.com/api/", False),
        ("https://hooks.slack.com.evil.example/x", "https://slack.com/api/", False),
        ("https://a@hooks.slack.com/x", "https://slack.com/api/", False),
        ("https://hooks.slack.com:8443/x", "https://slack.com/api/", False),
        ("https://hooks.slack.com:port/x", "https://slack.com/api/", False),
        ("https://slack.com/x", "https://slack.com/api/", False),
        ("http://169.254.169.254/latest", "https://slack.com/api/", False),
        ("http://127.0.0.1:9/hooks/x", "https://slack.com/api/", False),
        ("http://127.0.0.1:9/hooks/x", "http://127.0.0.1:9/api/", True),
        ("http://localhost:9/hooks/x", "http://localhost:9/api/", True),
        ("http://127.0.0.1:8/hooks/x", "http://127.0.0.1:9/api/", False),
        ("https://127.0.0.1:9/hooks/x", "http://127.0.0.1:9/api/", False),
        ("http://10.0.0.1:9/hooks/x", "http://10.0.0.1:9/api/", False),
        ("", "https://slack.com/api/", False),
    ],
)
def test_only_slacks_own_addresses_are_answered_at(url: str, api: str, good: bool) -> None:
    assert is_response_url(url, api) is good


@pytest.mark.parametrize("kind", ["status:500", "reset_before", "reset_after_apply", "timeout"])
@pytest.mark.parametrize(
    "step", ["files.getUploadURLExternal", "upload/", "files.completeUploadExternal"]
)
async def test_an_upload_that_breaks_off_is_no_file(
    world: World, hasty_chat: SlackChat, kind: str, step: str
) -> None:
    world.faults.add(system="slack", kind=kind, path=step)
    with pytest.raises(Fault) as fault:
        await hasty_chat.upload("chart.png", b"\x89PNG\r\n\x1a\n", "a chart")
    assert not isinstance(fault.value, Declined)
    assert await hasty_chat.upload("chart.png", b"\x89PNG\r\n\x1a\n", "a chart")
