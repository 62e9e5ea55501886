"""The flow: people act, time passes, and at some point everything has ended."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.chaos.people import VERSION, People, title
from tests.chaos.stage import Stage
from tests.chaos.tally import FINAL
from tests.chaos.together import together

STEP = 5.0  # seconds of shared time in each move of the clock
PAUSE = 0.2  # seconds of real time between two moves
AFTERWARDS = 200.0  # seconds of shared time; a dispatch is sent again after 180 at the latest


@asynccontextmanager
async def life_goes_on(scene: Stage) -> AsyncIterator[People]:
    """People ask and approve, and the clock moves, whether the bot lives or not."""
    people = People(scene)
    async with together(people.act(), scene.goes_on(STEP, PAUSE)):
        yield people


async def afterwards(scene: Stage) -> None:
    """Give whatever was forgotten the time to happen, then stop the bot in good order."""
    await scene.passes(AFTERWARDS)
    await scene.bot.stop()


def all_ended(scene: Stage) -> bool:
    """Whether each service has its final card, and each of them its message of success."""
    texts = [m.text for m in scene.messages()]
    services = scene.world.seed.services
    successes = sum(text.startswith(f"✅ {VERSION}") for text in texts)
    return successes >= len(services) and all(
        f"{title(service)}: {FINAL}" in texts for service in services
    )
