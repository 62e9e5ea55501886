"""Logs: no secret leaves, whoever logs it and wherever it stands; one entry is one line."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from bot import logs

PEM = "-----BEGIN RSA PRIVATE KEY-----\nMIIEcanary\nAAAAcanary\n-----END RSA PRIVATE KEY-----"
CANARIES = {
    "bot token": "xoxb-111-222-canary",
    "rotated token": "xoxe.xoxb-1-canary",
    "user token": "xoxp-1-canary",
    "app token": "xapp-1-A0-canary",
    "GitHub token": "ghp_canary16C7e42F292c6912E7710c838347Ae178B4a",
    "installation token": "ghs_123_eyJcanary.eyJcanary.sig-canary_" + "x" * 480,
    "fine-grained token": "github_pat_11CANARY_canary",
    "AWS key": "AKIACANARYCANARY1234",
    "bearer": "Authorization: Bearer canary.canary~canary+/=",
    "basic": "authorization='Basic Y2FuYXJ5OmNhbmFyeQ=='",
    "response url": "https://hooks.slack.com/commands/T0/1/canary",
    "url with a password": "postgresql+asyncpg://gonogo:canary@p@db.example/gonogo",
    "payload": "{'token': 'canary-verification', 'type': 'x'}",
    "key": PEM,
    "key in a repr": repr(PEM),
    "half a key": PEM[:60],
    "exact value": "s3cr3t-canary",
}


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """What went to the log; the loggers are as before afterwards."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    stream = io.StringIO()
    logs.configure(["s3cr3t-canary", "short", ""], level=logging.DEBUG, stream=stream)
    yield stream
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.captureWarnings(False)
    structlog.reset_defaults()


def entries(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


@pytest.mark.parametrize("name", CANARIES)
def test_a_secret_is_cut_out_wherever_it_stands(lines: io.StringIO, name: str) -> None:
    secret = CANARIES[name]
    log = structlog.get_logger("bot")
    log.info(f"said {secret} aloud")
    log.info("in_a_field", text=secret, nested={"list": [("x", secret)], secret: 1})
    log.info("as_bytes", raw=secret.encode(), thing=ValueError(secret))
    logging.getLogger("slack_sdk.web").debug("body: %s", {"url": secret})
    try:
        raise RuntimeError(secret)
    except RuntimeError:
        log.exception("failed")
        logging.getLogger("aiohttp.server").exception("failed")

    assert len(entries(lines)) == 6
    assert "canary" not in lines.getvalue().lower()
    assert logs.HIDDEN in lines.getvalue()


@pytest.mark.parametrize(
    "name", ["token", "bot_token", "SLACK_SIGNING_SECRET", "password", "Authorization", "api_key"]
)
def test_a_field_that_is_called_secret_is_hidden(lines: io.StringIO, name: str) -> None:
    structlog.get_logger("bot").info("x", headers={name: "canary"}, **{name: "canary"})
    (entry,) = entries(lines)
    assert entry[name] == logs.HIDDEN
    assert entry["headers"] == {name: logs.HIDDEN}


def test_words_stay(lines: io.StringIO) -> None:
    text = "deploy v1.2.1 to production: token check of U0ANA, see https://github.com/acme/app"
    structlog.get_logger("bot").info("said", text=text, number=7, nothing=None, yes=True, a=1.5)
    (entry,) = entries(lines)
    assert (entry["message"], entry["text"]) == ("said", text)
    assert (entry["number"], entry["nothing"], entry["yes"], entry["a"]) == (7, None, True, 1.5)
    assert entry["level"] == "info" and entry["timestamp"].endswith("Z")


def test_a_line_cannot_be_forged(lines: io.StringIO) -> None:
    forged = 'x\n{"message": "approved"}\r\x1b[2J\u2028\x00'
    structlog.get_logger("bot").info("said", text=forged)
    logging.getLogger("slack_bolt").warning(forged)
    assert len(lines.getvalue().splitlines()) == 2
    assert lines.getvalue().isascii() and "\x1b" not in lines.getvalue()
    assert [entry.get("text", entry["message"]) for entry in entries(lines)] == [forged] * 2


def test_the_level_holds_for_everybody(lines: io.StringIO) -> None:
    logs.configure(stream=lines)
    structlog.get_logger("bot").debug("x")
    logging.getLogger("slack_sdk").debug("x")
    assert lines.getvalue() == ""


def test_the_scheduler_does_not_tell_of_every_tick(lines: io.StringIO) -> None:
    logging.getLogger("apscheduler.executors.default").info("Running job")
    logging.getLogger("apscheduler.executors.default").warning("Run time was missed")
    assert [entry["message"] for entry in entries(lines)] == ["Run time was missed"]


def test_the_client_does_not_tell_of_every_address(lines: io.StringIO) -> None:
    logging.getLogger("httpx").info("HTTP Request: POST https://pager.example/hook/k3y")
    assert lines.getvalue() == ""
