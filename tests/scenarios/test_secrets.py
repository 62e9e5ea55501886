"""Secrets: after a day full of trouble no token and no key is kept, said or logged."""

from __future__ import annotations

import io
import logging
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from bot import logs
from tests.scenarios.workspace import workspace


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """What goes to the log, down to what libraries say; the loggers are as before afterwards."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield io.StringIO()
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.captureWarnings(False)
    structlog.reset_defaults()


def kept(file: Path) -> str:
    """Everything in the database, as text."""
    connection = sqlite3.connect(file)
    try:
        return "\n".join(connection.iterdump())
    finally:
        connection.close()


async def test_no_secret_is_kept_said_or_logged(tmp_path: Path, lines: io.StringIO) -> None:
    async with workspace(tmp_path) as team:
        assert team.bot is not None
        secrets = [s for s in team.bot.settings.secrets() if len(s) >= logs.SHORTEST_SECRET]
        logs.configure(secrets, level=logging.DEBUG, stream=lines)
        for system in ("github", "slack", "kuma", "digitalocean"):
            await team.fault(system, "bad_json", count=2)
        await team.fault("github", "status_after_apply:502", method="POST", path="/dispatches")
        await team.fault("pagerduty", "status:401", count=9)
        await team.types("ana", "/deploy v1.3.0 because the token xoxb-1-canary leaked")
        await team.until(team.has_card)
        await team.approves("bo")
        await team.passes("PT5M")
        await team.types("dee", "/incident outage nothing loads")
        await team.passes("PT1M")
        await team.types("ana", "/deployments show D2")
        said = str(await team.sent("/chat.postMessage", "/chat.update", "/chat.postEphemeral"))
        said += str((await team.get("/journal", system="github", method="POST"))["journal"])
        written = lines.getvalue()
    database = kept(tmp_path / "gonogo.db")

    assert len(secrets) >= 12
    assert "v1.3.0" in database and "v1.3.0" in said and len(written.splitlines()) > 20
    for place, text in {"log": written, "database": database, "Slack, GitHub": said}.items():
        assert [secret for secret in secrets if secret in text] == [], place
