"""What a real Uptime Kuma answered about a maintenance, held against the local one and against the
adapter.

It was 2.0.0-dev.0, the one that npm has, run by hand: it takes minutes to compile its database, and
lacks files in the place where it looks for them, so no test installs it.

Read beside it, field by field: server/socket-handlers/maintenance-socket-handler.js and
server/model/maintenance.js of github.com/louislam/uptime-kuma as they are in 2.x. What is sent is
read there under the same names (of a single span title, description, strategy, intervalDay,
timezoneOption, active and dateRange, the rest only of those that recur), and what is shown has the
same fields. What differs: `msg` is the name of a translation ("successAdded", with `msgi18n`), a
date that is none is refused ("Invalid start date"), and only addMaintenanceStatusPage and
pauseMaintenance clear what the page keeps, which is why an edit is followed by one of them. The
local one answers as 2.x does.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from bot.adapters.uptime_kuma import connect
from bot.domain.errors import Declined
from bot.domain.incidents.publishing import Health, Phase
from bot.ports.status_pages import Notice, Published
from tests.contracts.test_kuma_recorded import (
    PATIENCE,
    RECORDED,
    SLUG,
    Local,
    Recording,
    form,
    local,
    served,
)

__all__ = ["local"]

REAL: dict[str, Any] = json.loads(
    (Path(__file__).parent / "kuma" / "uptime-kuma-2.0.0-dev.0-maintenance.json").read_text()
)
SENT = REAL["sent"]
BETWEEN = tuple(datetime.fromisoformat(at).replace(tzinfo=UTC) for at in SENT["dateRange"])


def has(local: Any, real: Any) -> bool:
    """Whether a form has all of another; a later version tells more."""
    if "any" in (real, local) or [] in (real, local):
        return True
    if isinstance(real, dict) and isinstance(local, dict):
        if all(name.isdecimal() for name in real):  # by the ids of maintenances
            return has(next(iter(local.values())), next(iter(real.values())))
        return real.keys() <= local.keys() and all(has(local[n], real[n]) for n in real)
    if isinstance(real, list) and isinstance(local, list):
        return has(local[0], real[0])
    return bool(real == local)


async def test_the_local_one_answers_in_the_recorded_form(local: Local) -> None:
    await local.arrive()
    await asyncio.wait_for(local.ready.wait(), PATIENCE)
    await local.call("login", {"username": "gonogo", "password": "local-kuma-password"})
    now = local.world.clock.now()
    span = [f"{now + timedelta(hours=hours):%Y-%m-%d %H:%M:%S}" for hours in (-1, 1)]
    first = SENT | {"dateRange": span}

    async def page() -> Any:
        return (await local.get(f"/api/status-page/{SLUG}?_=1"))["json"]["maintenanceList"]

    async def listed() -> Any:
        local.heard.clear()
        told["getMaintenanceList"] = await local.call("getMaintenanceList")
        while "maintenanceList" not in dict(local.heard):
            await asyncio.sleep(0.01)
        return list(dict(local.heard)["maintenanceList"])

    told: dict[str, Any] = {"addMaintenance": await local.call("addMaintenance", first)}
    id = told["addMaintenance"]["maintenanceID"]
    told["addMaintenanceStatusPage"] = await local.call("addMaintenanceStatusPage", id, [{"id": 1}])
    told["maintenanceList of the page"] = await page()
    told["event maintenanceList"] = await listed()
    last = first | {"id": id, "description": "The maintenance is complete."}
    told["editMaintenance"] = await local.call("editMaintenance", last)
    told["pauseMaintenance"] = await local.call("pauseMaintenance", id)
    told["event maintenanceList, paused"] = await listed()
    told["maintenanceList of the page, paused"] = await page()
    told["edit_unknown"] = await local.call("editMaintenance", last | {"id": 99999})

    assert told.keys() == REAL.keys() - {"server", "sent"}
    assert [name for name in told if not has(form(told[name]), form(REAL[name]))] == []
    [shown], [ours_shown] = (one["maintenanceList of the page"] for one in (REAL, told))
    assert ours_shown.keys() == shown.keys()
    for name in ("event maintenanceList", "event maintenanceList, paused"):
        [[real], [ours]] = [list(one[0].values()) for one in (REAL[name], told[name])]
        same = ("title", "description", "strategy", "active", "status", "timezone")
        assert [ours[one] for one in same] == [real[one] for one in same]
    assert told["maintenanceList of the page, paused"] == []
    assert not told["edit_unknown"]["ok"]


class Replay(Recording):
    """Of maintenances it says what the real one said."""

    async def _hear(self, event: str, sid: str, *words: Any) -> Any:
        self.heard.append((event, words))
        if event == "getMaintenanceList":
            await self.server.emit("maintenanceList", *REAL["event maintenanceList"], to=sid)
        if event == "editMaintenance" and words[0]["id"] == 99999:
            return REAL["edit_unknown"]
        return REAL[event] if event in REAL else RECORDED[event]


@pytest.fixture
async def replay() -> AsyncIterator[tuple[Replay, str]]:
    made = Replay()
    async with served(made, web.Application()) as url:
        yield made, url


async def test_the_adapter_says_and_understands_what_was_recorded(
    replay: tuple[Replay, str],
) -> None:
    server, url = replay
    page = connect(url, "admin", "secret", SLUG)
    try:
        made = await page.publish(maintenance("Short."))
        found = await page.find(maintenance("Short."), BETWEEN[0])
        late = await page.find(maintenance("Short."), BETWEEN[1])
        await page.revise(made.id, maintenance("The maintenance is complete.", Phase.COMPLETED))
        with pytest.raises(Declined, match="user_id"):
            await page.revise("maintenance:99999", maintenance("Over.", Phase.COMPLETED))
    finally:
        await page.close()
    assert made == found == Published(id="maintenance:2", url=page.url)
    assert late is None
    told = dict(reversed(server.heard))  # the first time that each was said
    assert told["addMaintenance"] == (SENT,)
    assert told["addMaintenanceStatusPage"][0] == 2
    assert told["editMaintenance"] == (
        SENT | {"id": 2, "description": "The maintenance is complete."},
    )
    assert told["pauseMaintenance"] == (2,)


def maintenance(text: str, phase: Phase = Phase.MAINTENANCE) -> Notice:
    begins, ends = BETWEEN
    return Notice(
        title="App (D2)",
        text=text,
        phase=phase,
        health=Health.MAINTENANCE,
        between=(begins, ends),
    )
