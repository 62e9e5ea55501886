"""Health, readiness, metrics, and GitHub's webhooks, which only wake the bot."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import random
from io import BytesIO

import pytest

from tests.web.conftest import WEBHOOK_SECRET, Front, opened

PATH = "/github/webhooks"
BODY = b'{"action": "completed"}'
DELIVERY = "72d3162e-cc78-11e3-81ab-4c9367dc0958"


def delivered(
    body: bytes = BODY,
    *,
    event: str = "workflow_run",
    delivery: str = DELIVERY,
    secret: str = WEBHOOK_SECRET,
) -> dict[str, str]:
    digest = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return {
        "Content-Type": "application/json",
        "X-GitHub-Event": event,
        "X-GitHub-Delivery": delivery,
        "X-Hub-Signature-256": f"sha256={digest}",
    }


async def test_it_is_alive_even_when_it_is_not_ready(front: Front) -> None:
    front.reasons = ["Slack bot token: not reachable"]
    async with front.session.get("/healthz") as answer:
        assert (answer.status, await answer.json()) == (200, {"status": "ok"})
    async with front.session.get("/readyz") as answer:
        assert answer.status == 503
        assert await answer.json() == {"ready": False, "reasons": front.reasons}

    front.reasons = []
    async with front.session.get("/readyz") as answer:
        assert (answer.status, await answer.json()) == (200, {"ready": True, "reasons": []})


async def test_what_is_amiss_but_in_nobodys_way_is_told_and_it_is_ready(front: Front) -> None:
    front.warnings = ["Slack: there is no user group S0GONE"]
    async with front.session.get("/readyz") as answer:
        assert answer.status == 200
        assert await answer.json() == {"ready": True, "reasons": front.warnings}


async def test_metrics_have_names_that_strangers_cannot_make_up(front: Front) -> None:
    for path in ("/healthz", "/one", "/two?x=1", "/slack/events"):
        async with front.session.get(path):
            pass
    async with front.session.get("/metrics") as answer:
        text = await answer.text()
        assert answer.headers["Content-Type"].startswith("text/plain")

    assert 'gonogo_http_requests_total{route="/healthz",status="200"} 1.0' in text
    assert 'gonogo_http_requests_total{route="none",status="404"} 2.0' in text
    assert "/one" not in text


async def test_what_breaks_in_a_request_is_counted_as_a_500(front: Front) -> None:
    front.broken = True
    async with front.session.get("/readyz") as answer:
        assert answer.status == 500
    assert front.answered("/readyz", 500) == 1


async def test_a_webhook_wakes_the_bot(front: Front) -> None:
    assert (await front.post(PATH, BODY, delivered()))[0] == 202
    assert front.woken == 1


async def test_a_webhook_wakes_it_once(front: Front) -> None:
    answers = await asyncio.gather(*(front.post(PATH, BODY, delivered()) for _ in range(10)))
    assert {status for status, _ in answers} == {202}
    assert front.woken == 1


@pytest.mark.parametrize("event", ["ping", "star", "", "x" * 500])
async def test_other_events_are_taken_and_left_alone(front: Front, event: str) -> None:
    assert (await front.post(PATH, BODY, delivered(event=event)))[0] == 202
    assert front.woken == 0 and front.kept == set()


async def test_what_is_inside_a_webhook_does_no_harm(front: Front) -> None:
    body = b"[" * 100_000
    assert (await front.post(PATH, body, delivered(body)))[0] == 202
    assert front.woken == 1


@pytest.mark.parametrize(
    "signature",
    [
        None,
        "",
        "sha256=",
        "sha256=" + "0" * 64,
        "sha256=é" + "0" * 63,
        "sha1=" + "0" * 40,
        delivered(b"another body")["X-Hub-Signature-256"],
        delivered(secret="another secret")["X-Hub-Signature-256"],
        delivered()["X-Hub-Signature-256"].upper(),
    ],
)
async def test_what_github_did_not_sign_is_refused(front: Front, signature: str | None) -> None:
    headers = delivered()
    del headers["X-Hub-Signature-256"]
    if signature is not None:
        headers["X-Hub-Signature-256"] = signature
    assert await front.post(PATH, BODY, headers) == (401, "")
    assert front.woken == 0 and front.kept == set()


async def test_a_delivery_needs_its_name(front: Front) -> None:
    assert (await front.post(PATH, BODY, delivered(delivery="")))[0] == 400
    assert (await front.post(PATH, BODY, delivered(delivery="a b")))[0] == 400


async def test_a_large_webhook_is_refused(front: Front) -> None:
    body = b" " * (5 * 1024 * 1024 + 1)
    async with front.session.post(PATH, data=BytesIO(body), headers=delivered(body)) as answer:
        assert answer.status == 413


async def test_without_a_secret_there_are_no_webhooks() -> None:
    async with opened(webhook_secret=None) as front:
        assert (await front.post(PATH, BODY, delivered()))[0] == 404


@pytest.mark.parametrize("beginning", [b"", b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow: "])
async def test_who_never_ends_a_request_is_hung_up_on(beginning: bytes) -> None:
    async with opened(idle=0.1) as front:
        reader, writer = await front.connect()
        writer.write(beginning)
        async with asyncio.timeout(10):
            assert await reader.read() == b""
        writer.close()


async def test_garbage_never_breaks_it(front: Front) -> None:
    chance = random.Random(7)
    for _ in range(200):
        headers = delivered()
        for name in chance.sample(sorted(headers), chance.randint(0, 3)):
            text = "".join(chr(chance.randint(0x20, 0x17F)) for _ in range(chance.randint(0, 80)))
            headers[name] = text.replace("\x7f", "")
        body = chance.randbytes(chance.randint(0, 200))
        status, _ = await front.post(PATH, body, headers)
        assert status == 401, headers
