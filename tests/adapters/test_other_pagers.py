"""incident.io and the signed webhook, against a receiver that notes what it got."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
from aiohttp import web

from bot.adapters import incident_io, pager_webhook
from bot.domain.errors import Declined, Fault, Unanswered
from bot.ports.paging import Alarm, Pager

SECRET = "whsec_" + base64.b64encode(b"0123456789abcdef01234567").decode()
ALARM = Alarm(
    key="incident:7",
    at=datetime(2024, 3, 26, 14, 32, tzinfo=UTC),
    summary="INC-7 outage: down",
    urgency="critical",
    source="app",
    url="https://acme.slack.example/p1",
    details={"lead": "dee"},
)


@dataclass
class Receiver:
    """Any system that takes POST requests; `answer` is what it says to them."""

    url: str = ""
    answer: tuple[int, Any] = (202, {"status": "success", "message": "Event accepted"})
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    async def take(self, request: web.Request) -> web.Response:
        headers = {name.lower(): value for name, value in request.headers.items()}
        self.got.append((headers, await request.read()))
        status, body = self.answer
        return web.json_response(body, status=status, headers={"Retry-After": "7"})

    @property
    def bodies(self) -> list[Any]:
        return [json.loads(body) for _, body in self.got]


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    made = Receiver()
    app = web.Application()
    app.router.add_post("/v2/alert_events/http/01ABC", made.take)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    made.url = f"http://127.0.0.1:{runner.addresses[0][1]}/v2/alert_events/http/01ABC"
    yield made
    await runner.cleanup()


@pytest.fixture(params=["incident.io", "pager webhook"])
async def pager(request: pytest.FixtureRequest, receiver: Receiver) -> AsyncIterator[Pager]:
    made = (
        incident_io.connect(receiver.url, "token")
        if request.param == "incident.io"
        else pager_webhook.connect(receiver.url, SECRET)
    )
    yield made
    await made.close()


async def test_incident_io_gets_what_its_alert_source_wants(receiver: Receiver) -> None:
    pager = incident_io.connect(receiver.url, "token")
    await pager.trigger(ALARM)
    await pager.resolve(ALARM)
    await pager.close()

    first, last = receiver.bodies
    assert first == {
        "title": "INC-7 outage: down",
        "deduplication_key": "incident:7",
        "status": "firing",
        "metadata": {"urgency": "critical", "source": "app", "lead": "dee"},
        "source_url": "https://acme.slack.example/p1",
    }
    assert last == first | {"status": "resolved"}
    assert receiver.got[0][0]["authorization"] == "Bearer token"


@pytest.mark.parametrize("secret", [SECRET, "any other words"])
async def test_a_webhook_is_signed_as_the_standard_says(receiver: Receiver, secret: str) -> None:
    pager = pager_webhook.connect(receiver.url, secret)
    await pager.trigger(ALARM)
    await pager.trigger(ALARM)
    await pager.resolve(ALARM)
    await pager.close()

    key = b"0123456789abcdef01234567" if secret == SECRET else secret.encode()
    for headers, body in receiver.got:
        signed = b".".join(
            (headers["webhook-id"].encode(), headers["webhook-timestamp"].encode(), body)
        )
        digest = hmac.new(key, signed, hashlib.sha256).digest()
        assert headers["webhook-signature"] == "v1," + base64.b64encode(digest).decode()
    assert [body["type"] for body in receiver.bodies] == [
        "incident.trigger",
        "incident.trigger",
        "incident.resolve",
    ]
    once, again, over = (headers["webhook-id"] for headers, _ in receiver.got)
    assert once == again != over
    assert receiver.bodies[0] == {
        "id": "incident:7:trigger:1711463520",
        "type": "incident.trigger",
        "key": "incident:7",
        "summary": "INC-7 outage: down",
        "urgency": "critical",
        "source": "app",
        "url": "https://acme.slack.example/p1",
        "details": {"lead": "dee"},
    }


def test_a_secret_of_the_standards_form_must_be_one() -> None:
    with pytest.raises(ValueError, match="base64"):
        pager_webhook.connect("http://127.0.0.1:1", "whsec_no!")


@pytest.mark.parametrize(
    ("status", "body", "is_a", "says", "wait"),
    [
        (400, {"message": "no such key"}, Declined, "400 no such key", None),
        (401, {}, Declined, "HTTP 401", None),
        (404, [], Declined, "HTTP 404", None),
        (422, {"errors": [{"message": "bad"}], "message": "bad"}, Declined, "422 bad", None),
        (429, {}, Fault, "rate limit (HTTP 429)", 7),
        (500, {}, Unanswered, "HTTP 500", None),
        (302, {}, Unanswered, "HTTP 302", None),
    ],
)
async def test_each_answer(
    receiver: Receiver,
    pager: Pager,
    status: int,
    body: object,
    is_a: type[Fault],
    says: str,
    wait: float | None,
) -> None:
    receiver.answer = (status, body)
    with pytest.raises(Fault) as raised:
        await pager.trigger(ALARM)

    told = raised.value
    assert (type(told), told.text, told.retry_after) == (is_a, says, wait)
    assert len(receiver.got) == 1


async def test_they_tell_nothing_of_who_answered(pager: Pager) -> None:
    assert not pager.sees_answers
    assert await pager.answered("incident:7") is None
