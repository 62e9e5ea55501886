"""`POST /slack/events`: what is Slack's and ours is handled once, everything else bounces off."""

from __future__ import annotations

import ast
import gzip
import inspect
import json
import random
from types import ModuleType
from typing import Any

import pytest

from bot import web
from bot.adapters.slack import slack_signature
from bot.adapters.uptime_kuma import webhook
from tests.sandbox.slack_stage import until
from tests.web.conftest import NOW, Front, opened
from tests.web.slack_requests import (
    CLICK,
    COMMAND,
    EVENT,
    FORM,
    INTERACTIONS,
    JSON,
    SHORTCUT,
    SUBMISSION,
    SUGGESTION,
    command,
    event,
    interaction,
    mutated,
    signed,
)

PATH = "/slack/events"
DEEP = b"[" * 100_000 + b"]" * 100_000
Request = tuple[bytes, dict[str, str]]


def without(headers: dict[str, str], *names: str, **changes: str) -> dict[str, str]:
    kept = {name: value for name, value in headers.items() if name not in names}
    return kept | {name.replace("_", "-"): value for name, value in changes.items()}


async def test_a_signed_command_is_answered_in_the_ack(front: Front) -> None:
    body = command(text="v1.2.1 because x")
    assert await front.post(PATH, body, signed(body)) == (200, "v1.2.1 because x")
    assert front.handled == [COMMAND | {"text": "v1.2.1 because x"}]


async def test_the_word_payload_in_a_command_changes_nothing(front: Front) -> None:
    body = command(text="v1.2.1 because the payload={} grew")
    assert await front.post(PATH, body, signed(body)) == (200, "v1.2.1 because the payload={} grew")


@pytest.mark.parametrize("payload", INTERACTIONS, ids=lambda payload: str(payload["type"]))
async def test_every_kind_of_interaction_is_handled(front: Front, payload: dict[str, Any]) -> None:
    body = interaction(payload)
    assert await front.post(PATH, body, signed(body)) == (200, "")
    assert front.handled == [payload]


async def test_an_event_is_handled(front: Front) -> None:
    assert await front.post(PATH, event(), signed(event(), JSON)) == (200, "")
    assert front.handled == [EVENT]


async def test_slack_may_verify_the_address(front: Front) -> None:
    body = event({"type": "url_verification", "token": "t", "challenge": "c1"})
    assert await front.post(PATH, body, signed(body, JSON)) == (200, '{"challenge": "c1"}')
    body = b"ssl_check=1&token=t"
    assert await front.post(PATH, body, signed(body)) == (200, "")
    assert front.handled == []


def unsigned() -> dict[str, Request]:
    body = command()
    good = signed(body)
    stamp = "X-Slack-Request-Timestamp"
    return {
        "no headers": (body, {"Content-Type": FORM}),
        "wrong secret": (body, signed(body, secret="another")),
        "another body": (body + b"x", good),
        "too old": (body, signed(body, at=NOW - 301)),
        "too new": (body, signed(body, at=NOW + 301)),
        "timestamp of other digits": (body, good | {stamp: "١٧١١٤٤٧٢٠٠"}),
        "timestamp abc": (body, good | {stamp: "abc"}),
        "timestamp 1e9": (body, good | {stamp: "1e9"}),
        "timestamp with a sign": (body, good | {stamp: "+711447200"}),
        "signature with another letter": (body, good | {"X-Slack-Signature": "v0=é" + "0" * 63}),
        "signature in capitals": (
            body,
            good | {"X-Slack-Signature": "v0=" + good["X-Slack-Signature"][3:].upper()},
        ),
        "url_verification": (event({"type": "url_verification", "challenge": "c"}), {}),
        "ssl_check": (b"ssl_check=1", {"Content-Type": FORM}),
        "payload=[]": (b"payload=[]", {"Content-Type": FORM}),
        "broken JSON": (b'{"type":', {"Content-Type": JSON}),
        "deep JSON": (DEEP, {"Content-Type": JSON}),
    }


@pytest.mark.parametrize("name", unsigned())
async def test_what_is_not_signed_is_refused_without_reading_it(front: Front, name: str) -> None:
    body, headers = unsigned()[name]
    assert await front.post(PATH, body, headers) == (401, "")
    assert front.handled == [] and front.kept == set()


@pytest.mark.parametrize("seconds", [-299, 299])
async def test_a_clock_may_be_off_by_minutes(front: Front, seconds: int) -> None:
    body = command()
    status, _ = await front.post(PATH, body, signed(body, at=NOW + seconds))
    assert status == 200


MALFORMED: dict[str, tuple[bytes, str]] = {
    "empty": (b"", FORM),
    "invalid UTF-8": (b"command=/deploy&text=\xff", FORM),
    "invalid UTF-8, encoded": (b"command=/deploy&text=%ff", FORM),
    "payload no JSON": (b"payload=x", FORM),
    "payload a list": (b"payload=[]", FORM),
    "payload null": (b"payload=null", FORM),
    "payload deep": (b"payload=" + DEEP, FORM),
    "payload of an unknown kind": (interaction(CLICK | {"type": "dialog_submission"}), FORM),
    "payload without a user": (interaction({k: v for k, v in CLICK.items() if k != "user"}), FORM),
    "click on nothing": (interaction(CLICK | {"actions": []}), FORM),
    "click by a list": (interaction(CLICK | {"user": ["U0ANA"]}), FORM),
    "half a character": (interaction(CLICK | {"state": {"a": "\ud800"}}), FORM),
    "a NUL": (command(text="v1.2.1\0"), FORM),
    "a number without end": (b'payload={"type": Infinity}', FORM),
    "deep": (DEEP, JSON),
    "deep, but short": (b'{"type":' + b"[" * 80 + b"]" * 80 + b"}", JSON),
    "list": (b"[]", JSON),
    "null": (b"null", JSON),
    "command as JSON": (json.dumps(COMMAND).encode(), JSON),
    "event as a form": (event(), FORM),
    "event without its name": (event(EVENT | {"event": {}}), JSON),
    "a field twice": (command() + b"&text=v9.9.9", FORM),
    "too many fields": (command() + b"".join(b"&x%d=1" % n for n in range(100)), FORM),
    "no command": (b"text=v1.2.1&team_id=T0LOCAL", FORM),
    "another content type": (command(), "text/plain"),
}


@pytest.mark.parametrize("name", MALFORMED)
async def test_what_is_signed_but_malformed_is_refused(front: Front, name: str) -> None:
    body, content_type = MALFORMED[name]
    assert await front.post(PATH, body, signed(body, content_type)) == (400, "")
    assert front.handled == [] and front.kept == set()


FOREIGN: dict[str, tuple[bytes, str]] = {
    "command": (command(team_id="T0OTHER"), FORM),
    "another app's command": (command(api_app_id="A0OTHER"), FORM),
    "click": (interaction(CLICK | {"team": {"id": "T0OTHER"}}), FORM),
    "click of nowhere": (interaction(CLICK | {"team": None}), FORM),
    "shortcut": (interaction(SHORTCUT | {"team": {"id": "T0OTHER"}}), FORM),
    "form": (interaction(SUBMISSION | {"team": {"id": "T0OTHER"}}), FORM),
    "another app's form": (interaction(SUBMISSION | {"api_app_id": "A0OTHER"}), FORM),
    "form of nowhere": (interaction(SUBMISSION | {"team": None}), FORM),
    "options": (interaction(SUGGESTION | {"team": {"id": "T0OTHER"}}), FORM),
    "event": (event(EVENT | {"team_id": "T0OTHER"}), JSON),
}


@pytest.mark.parametrize("name", FOREIGN)
async def test_other_workspaces_and_apps_are_refused(front: Front, name: str) -> None:
    body, content_type = FOREIGN[name]
    assert await front.post(PATH, body, signed(body, content_type)) == (403, "")
    assert front.handled == []


async def test_a_large_body_is_refused_before_it_is_read(front: Front) -> None:
    body = b"x" * (256 * 1024 + 1)
    status, _ = await front.post(PATH, body, signed(body))
    assert status == 413


async def test_a_compressed_body_is_not_inflated(front: Front) -> None:
    for body in (b"no gzip", gzip.compress(b"x" * 10_000_000)):
        assert await front.post(PATH, body, {"Content-Encoding": "gzip"}) == (401, "")


HALF = b"POST /slack/events HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf"


async def test_a_sender_that_dawdles_is_not_waited_for() -> None:
    async with opened(patience=0.05) as front:
        reader, writer = await front.connect()
        writer.write(HALF)
        assert b" 408 " in await reader.readline()
        writer.close()


async def test_a_sender_that_hangs_up_is_no_error_of_ours(
    front: Front, caplog: pytest.LogCaptureFixture
) -> None:
    _, writer = await front.connect()
    writer.write(HALF)
    await writer.drain()
    writer.close()
    await until(lambda: front.answered("/slack/events", 400))
    assert caplog.records == []


async def test_while_we_do_not_know_who_we_are_nothing_is_taken(front: Front) -> None:
    front.me = None
    status, _ = await front.post(PATH, command(), signed(command()))
    assert status == 503
    assert front.handled == [] and front.kept == set()


async def test_only_post_is_answered(front: Front) -> None:
    async with front.session.get(PATH) as answer:
        assert answer.status == 405


async def test_in_socket_mode_the_address_does_not_exist() -> None:
    async with opened(http_mode=False) as front:
        body = command()
        status, _ = await front.post(PATH, body, signed(body))
        assert status == 404


async def test_a_thousand_malformed_bodies_reach_nobody(front: Front) -> None:
    """Half of the mutations are signed: what is taken of these is what a person could send."""
    chance = random.Random(7)
    sources = [(command(), FORM), (event(), JSON), *((interaction(p), FORM) for p in INTERACTIONS)]
    refused = 0
    while refused < 1000:
        source, content_type = chance.choice(sources)
        body = mutated(source, chance)
        what_was_signed = chance.choice((source, body))
        before = len(front.handled)
        status, answer = await front.post(PATH, body, signed(what_was_signed, content_type))
        if status == 200:
            assert what_was_signed == body
            continue
        expected = (400, 403) if what_was_signed == body else (401,)
        assert status in expected, (status, answer, body)
        assert len(front.handled) == before, body
        refused += 1


@pytest.mark.parametrize("module", [slack_signature, web, webhook], ids=lambda m: m.__name__)
def test_what_was_signed_is_compared_in_constant_time(module: ModuleType) -> None:
    tree = ast.parse(inspect.getsource(module))
    compared = {
        name.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Compare)
        for name in ast.walk(node)
        if isinstance(name, ast.Name)
    }
    called = {
        n.func.attr
        for n in ast.walk(tree)
        if isinstance(n, ast.Call) and isinstance(n.func, ast.Attribute)
    }
    assert "compare_digest" in called
    assert not compared & {"signature", "expected", "given"}
