"""Reports of one service are heard one after the other, those of several side by side."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import cast

import pytest

from bot import config
from bot.domain.incidents.detection import Beat
from bot.ports import Store, Tx
from bot.services.incidents.hearing import Hearing
from tests.services.team import START

CONFIG = config.parse(
    """
services: {app: {repo: acme/app}, web: {repo: acme/web}}
incidents: {uptime_kuma: {monitors: {App: app, Login: app, Web: web}}}
"""
)


class Counting:
    """A store that knows how many at most worked in it at once."""

    inside = most = done = 0

    async def run(self, operation: Callable[[Tx], object]) -> None:
        self.inside += 1
        self.most = max(self.most, self.inside)
        await asyncio.sleep(0)
        self.inside -= 1
        self.done += 1


@pytest.mark.parametrize(("monitors", "most"), [(("App", "Login"), 1), (("App", "Web"), 2)])
async def test_nobody_waits_but_for_what_is_said_of_the_same_service(
    monitors: tuple[str, ...], most: int
) -> None:
    store, woken = Counting(), list[None]()
    hearing = Hearing(cast(Store, store), CONFIG, lambda: woken.append(None))
    beats = [Beat(monitor=name, name=name, status="down", text="", at=START) for name in monitors]
    await asyncio.gather(*map(hearing.hear, beats * 5))
    assert (store.most, store.done, len(woken)) == (most, 10, 10)
