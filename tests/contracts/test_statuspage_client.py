"""The local Statuspage answers as Statuspage's description has it, and our adapter asks so: judged
by the client on PyPI that is generated from that description.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.adapters.statuspage import connect
from bot.domain.incidents.publishing import Health, Phase
from sandbox import app
from sandbox.seeds import Seed
from sandbox.statuspage.host import PAGE, component_id
from sandbox.world import World
from tests.adapters.at_status_pages import notice
from tests.contracts.pypi import installed

PACKAGE = "atlassian-statuspage==1.0.2"
JUDGE = Path(__file__).with_name("statuspage_judge.py")
PART = component_id("app")
JUDGED_WITHIN = 60  # seconds


def judge(told: dict[str, Any]) -> dict[str, Any]:
    words = (installed(PACKAGE), "-W", "ignore", JUDGE)
    done = subprocess.run(
        words, input=json.dumps(told), capture_output=True, text=True, timeout=JUDGED_WITHIN
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.fixture
async def world() -> AsyncIterator[World]:
    made = World(Seed.named("default"))
    runner = await app.start(made)
    yield made
    await runner.cleanup()


async def test_the_client_understands_the_local_statuspage(world: World) -> None:
    url = f"{world.base_url}/statuspage/v1"
    told = {"url": url, "key": world.statuspage.key, "page": PAGE, "component": PART}
    found = await asyncio.to_thread(judge, told)
    assert found == {
        "wrong": [],
        "refused": [422, 422, 401],
        "status": ["resolved", "resolved"],
        "updates": ["Over.", "It is better.", "We look into it."],
        "listed": [True],
        "unresolved": 0,
        "components": ["operational"],
    }


async def test_what_we_send_is_as_described(world: World) -> None:
    page = connect(f"{world.base_url}/statuspage/v1", world.statuspage.key, PAGE)
    now = world.clock.now()
    try:
        made = await page.publish(notice(components={PART: Health.OUTAGE}))
        await page.revise(made.id, notice("Over.", Phase.RESOLVED, Health.OPERATIONAL))
        await page.publish(
            notice(
                "We install a new version.",
                Phase.MAINTENANCE,
                Health.MAINTENANCE,
                components={PART: Health.MAINTENANCE},
                between=(now, now + timedelta(hours=1)),
            )
        )
    finally:
        await page.close()
    forms = {"POST": "PostPagesPageIdIncidents", "PATCH": "PatchPagesPageIdIncidents"}
    sent: list[tuple[str, Any]] = [
        (forms[row["method"]], row["body"])
        for row in world.journal.entries("statuspage")
        if row["method"] in forms
    ]
    assert len(sent) == 3
    assert (await asyncio.to_thread(judge, {"bodies": sent}))["wrong"] == []
    spoilt = [(sent[0][0], {"incident": sent[0][1]["incident"] | {"status": "bad", "more": 1}})]
    assert len((await asyncio.to_thread(judge, {"bodies": spoilt}))["wrong"]) == 2
