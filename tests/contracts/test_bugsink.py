"""The monitor of Bugsink against Bugsink itself, which is fetched at test time and runs here."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest

from bot.adapters import bugsink
from bot.domain.deployments.validation import Outcome, Reading
from bot.domain.errors import Fault
from bot.ports import Question
from sandbox import app
from sandbox.seeds import Seed
from sandbox.world import World
from tests.contracts.bugsink import Bugsink, running

VERSION = "v1.2.1"
LONG_AGO = datetime(2024, 3, 26, tzinfo=UTC)


@pytest.fixture(scope="module")
def real() -> Iterator[Bugsink]:
    with running() as found:
        yield found


async def looked(
    real: Bugsink, since: datetime | None = LONG_AGO, *, token: str = "", project: int = 1
) -> Reading:
    monitor = bugsink.connect(real.url, token or real.token, project, fails_from=3)
    try:
        now = datetime.now(UTC)
        return await monitor.look(Question(version=VERSION, now=now, since=since))
    finally:
        await monitor.close()


@pytest.mark.timeout(300)  # the first test of it may have to fetch it
async def test_what_is_new_since_a_deployment_is_read_of_the_real_one(real: Bugsink) -> None:
    assert (await looked(real, since=None)).outcome is Outcome.OK
    silent = await looked(real)
    real.hears("KeyError", release=VERSION)
    deployed = datetime.now(UTC)
    old = await looked(real, since=deployed)
    real.hears("ValueError", release=VERSION)
    real.hears("KeyError", release=VERSION)  # known already
    one = await looked(real, since=deployed)
    real.hears("OSError", release=VERSION)
    real.hears("TypeError", release=VERSION)
    three = await looked(real, since=deployed)

    assert (silent.outcome, silent.text) == (
        Outcome.NO_DATA,
        "Bugsink has not heard of v1.2.1: nothing is known",
    )
    assert (old.outcome, old.text) == (Outcome.OK, "no new issues")
    assert (one.outcome, one.text) == (Outcome.DEGRADED, "1 new issue: ValueError")
    assert (three.outcome, three.text) == (Outcome.BAD, "3 new issues: TypeError; OSError")
    async with aiohttp.ClientSession() as browser:
        page = await browser.get(three.url, allow_redirects=False)
        assert page.status == 302, "the link leads to the login, and then to the issues"


async def test_who_is_not_let_in_is_told_so(real: Bugsink) -> None:
    with pytest.raises(Fault, match="401 Invalid Bearer token"):
        await looked(real, token="f" * 40)
    with pytest.raises(Fault, match="404 No Project matches"):
        await looked(real, project=7)


async def test_the_local_one_answers_in_its_forms(real: Bugsink) -> None:
    real.hears("KeyError", release=VERSION)
    world = World(Seed.named("default"))
    runner = await app.start(world)
    world.sentry.hear(VERSION, ["KeyError: told"])
    local = Bugsink(f"{world.base_url}/bugsink", world.seed.secrets.bugsink_token, "")
    async with aiohttp.ClientSession() as session:
        for path in ("issues", "releases"):
            url = f"{local.url}/api/canonical/0/{path}/?project=1"
            headers = {"Authorization": f"Bearer {local.token}"}
            async with session.get(url, headers=headers) as answer:
                ours = (await answer.json())["results"][0]
            assert form(ours) == form(real.rows(path)[0]), path
    await runner.cleanup()


def form(row: dict[str, Any]) -> dict[str, str]:
    """The kind of each field; times are told from other texts."""
    return {name: _kind(value) for name, value in row.items()}


def _kind(value: object) -> str:
    if isinstance(value, str) and value[:2] == "20":
        aware = datetime.fromisoformat(value)
        return f"time {aware.utcoffset() == timedelta(0)}"
    return type(value).__name__
