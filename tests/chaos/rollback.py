"""A rollback over two targets: Ana has production go back at Vercel and on a host with Docker; what
came of that is counted at Vercel, on the host and at Slack.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

from sandbox.journal import Entry
from sandbox.slack.messages import Message
from sandbox.slack.rendering import buttons
from sandbox.world import World
from tests.chaos.stage import Json, Stage
from tests.chaos.tally import Tally, doubles, sound
from tests.chaos.together import together

STEP = 2.0  # seconds of shared time in each move of the clock; the host works in real time
PAUSE = 0.15  # seconds of real time between two looks
PATIENCE = timedelta(seconds=30)  # of shared time, before somebody tries again what came to nothing
FROM, BACK_TO = "v1.2.0", "v1.1.0"
LINE = "/rollback because orders are lost"
CARD = f"app {BACK_TO} back → production"
EXECUTED = "⚠️ Production rollback executed"
ONCE = 2  # containers that one switch starts: the candidate, and the one that stays


def targets(world: World) -> Sequence[Json]:
    """Vercel, then the host."""
    vercel: Json = {"kind": "vercel", "name": "web", "project": "app"}
    return (vercel, dict(world.host.target()))


@asynccontextmanager
async def people(scene: Stage) -> AsyncIterator[None]:
    """Ana acts and the clock moves, whether the bot lives or not."""
    async with together(_ana(scene), scene.goes_on(STEP, PAUSE)):
        yield


def is_over(scene: Stage) -> bool:
    """Whether everybody reads that it is."""
    texts = [m.text for m in scene.messages()]
    return f"{CARD}: Rolled back" in texts and any(t.startswith(EXECUTED) for t in texts)


def matters(request: Entry) -> bool:
    """Whether it changes something outside, or is said to one of the two targets."""
    if request.system == "slack":
        return request.path.startswith("/chat.") and request.path != "/chat.getPermalink"
    return request.system in ("vercel", "ssh") or request.method != "GET"


async def count(scene: Stage) -> Tally:
    """Look at a stage on which it is over."""
    tally, world = Tally(), scene.world
    project, engine = world.vercel.project("app"), world.host.engine
    texts = [m.text for m in scene.messages()]
    done = {
        "Vercel's rollback": len(project.moves),
        "the switch on the host": world.host.image(BACK_TO).runs / ONCE,
        "card": sum(text.startswith(CARD) for text in texts),
        "message": sum(text.startswith(EXECUTED) for text in texts),
    }
    tally.lost = [what for what, times in done.items() if times < 1]
    tally.duplicated = [f"{what} × {times:g}" for what, times in done.items() if times > 1]
    running = {c.name: c.image.version for c in engine.containers if c.status == "running"}
    if running != {"app": BACK_TO}:
        tally.wrong_ends.append(f"the host runs {running}")
    if project.production is None or project.find(project.production).release.version != BACK_TO:
        tally.wrong_ends.append(f"Vercel runs {project.production}")
    tally.wrong_ends += [t for t in texts if t.startswith(CARD) and not t.endswith("Rolled back")]
    tally.double_messages = doubles(scene)
    tally.broken = await sound(scene)
    return tally


async def _ana(scene: Stage) -> None:
    """She asks and confirms; she looks first whether that came to something, and tries again if it
    did not.
    """
    tried: dict[str, datetime] = {}
    while True:
        now = scene.world.clock.now()
        begun = any(m.text.startswith(CARD) for m in scene.messages())
        offer = _offer(scene)
        step = "" if begun else "confirm" if offer else "ask"
        if step and now - tried.get(step, datetime.min.replace(tzinfo=now.tzinfo)) > PATIENCE:
            tried[step] = now
            place = {"as": "ana", "channel": "deployments"}
            if offer is None:
                await scene.post("/say", **place, text=LINE)
            else:
                await scene.post("/click", **place, ts=offer.ts, button=f"Roll Back to {BACK_TO}")
        await asyncio.sleep(PAUSE)


def _offer(scene: Stage) -> Message | None:
    """The newest proposal that she can confirm."""
    channel = scene.world.slack.channel_named("deployments")
    shown = [m for m in channel.messages.values() if m.ephemeral_for]
    return next((m for m in reversed(shown) if f"Roll Back to {BACK_TO}" in buttons(m)), None)
