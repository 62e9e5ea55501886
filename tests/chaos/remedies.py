"""What is done about a rollback: Ana goes back, has GitHub revert a pull request, starts a hotfix
and pushes to it; what came of that, and of the findings, is counted at GitHub and in the thread.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any

from sandbox.journal import Entry
from sandbox.slack.messages import Message
from sandbox.slack.rendering import buttons
from tests.chaos.rollback import EXECUTED, LINE
from tests.chaos.stage import Stage
from tests.chaos.tally import Tally, doubles, sound
from tests.chaos.together import together
from tests.scenarios import outside

STEP = 10.0  # seconds of shared time in each move of the clock
PAUSE = 0.15  # seconds of real time between two looks
PATIENCE = timedelta(seconds=60)  # of shared time, before somebody tries again what came to nothing
BACK_TO = "v1.1.0"
BRANCH = "hotfix/D2-orders-are-lost"
CHANGE = "#3 Speed up search"
SAID = {
    "the revert": ("It is not merged yet", "is reverted by"),
    "the branch": (f"{BRANCH}` starts at",),
    "the hotfix": ("The pull request of the hotfix",),
    "the findings": ("The findings go into",),
}


class Ana:
    """She looks first whether what she did last came to something, and else tries again."""

    def __init__(self, scene: Stage) -> None:
        self._scene = scene
        self._tried: dict[str, datetime] = {}

    async def act(self) -> None:
        """Until cancelled."""
        while True:
            if wish := self._next():
                now, last = self._scene.world.clock.now(), self._tried.get(wish[0])
                if last is None or now - last > PATIENCE:
                    self._tried[wish[0]] = now
                    await self._do(*wish)
            await asyncio.sleep(PAUSE)

    def _next(self) -> tuple[str, Message | None] | None:
        """What is to be done by what can be seen, and where."""
        texts = [m.text for m in self._scene.messages()]
        if not any(text.startswith(EXECUTED) for text in texts):
            label = f"Roll Back to {BACK_TO}"
            offer = _with(self._scene, label)
            begun = any(text.startswith("app v1.1.0 back") for text in texts)
            return None if begun else (label if offer else "ask", offer)
        row = _with(self._scene, "Start Hotfix")
        if row is None:
            return None
        there = _made(self._scene)
        if not there["the revert"]:
            return "Revert", row
        if not there["the branch"]:
            return "Start Hotfix", row
        is_told = _said(self._scene)["the branch"]
        return ("push", None) if is_told and not _has_commit(self._scene) else None

    async def _do(self, step: str, where: Message | None) -> None:
        scene, place = self._scene, {"as": "ana", "channel": "deployments"}
        if step == "ask":
            await scene.post("/say", **place, text=LINE)
        elif step == "push":
            outside.pushes(scene.world, BRANCH, "fix: keep orders")
        elif where is not None:
            pressed: Any = await scene.post("/click", **place, ts=where.ts, button=step)
            if pressed.get("modal"):
                chosen = {"Which pull request?": CHANGE} if step == "Revert" else {}
                await scene.post("/submit", **{"as": "ana", "values": chosen})


def _with(scene: Stage, label: str) -> Message | None:
    """The newest message with that button, also in threads and for one person alone."""
    channel = scene.world.slack.channel_named("deployments")
    found = [m for m in channel.messages.values() if label in buttons(m)]
    return found[-1] if found else None


def _made(scene: Stage) -> dict[str, int]:
    """What is there at GitHub, and how often."""
    repo = outside.repo(scene.world)
    bot, pulls = scene.world.seed.github_bot, repo.pulls.values()
    return {
        "the revert": sum(one.title.startswith("Revert ") for one in pulls),
        "the branch": sum(name.startswith("hotfix/") for name in repo.git.branches),
        "the hotfix": sum(one.branch.startswith("hotfix/") for one in pulls),
        "the findings": sum(one.author == bot for one in repo.issues.values()),
    }


def _has_commit(scene: Stage) -> bool:
    live = outside.commit_of(scene.world, BACK_TO)
    return outside.repo(scene.world).git.branches[BRANCH] != live


def _said(scene: Stage) -> dict[str, int]:
    """How often each was told in the thread."""
    channel = scene.world.slack.channel_named("deployments")
    texts = [m.text for m in channel.messages.values() if m.is_reply and not m.ephemeral_for]
    return {
        what: sum(any(one in text for one in words) for text in texts)
        for what, words in SAID.items()
    }


@asynccontextmanager
async def people(scene: Stage) -> AsyncIterator[None]:
    """Ana acts and the clock moves, whether the bot lives or not."""
    async with together(Ana(scene).act(), scene.goes_on(STEP, PAUSE)):
        yield


def is_over(scene: Stage) -> bool:
    """Whether everything is there, and the thread tells of it."""
    return all((*_made(scene).values(), *_said(scene).values()))


def matters(request: Entry) -> bool:
    """Whether it makes something at GitHub about the rollback, or tells of that."""
    if request.system == "slack":
        text = str(request.body.get("text", "")) if isinstance(request.body, dict) else ""
        return any(one in text for words in SAID.values() for one in words)
    is_run = request.path.endswith("/dispatches") or "/deployments" in request.path
    return request.system == "github" and request.method in ("POST", "PATCH", "PUT") and not is_run


async def count(scene: Stage) -> Tally:
    """Look at a stage on which it is over."""
    tally = Tally()
    for found, how in ((_made(scene), "made"), (_said(scene), "told")):
        tally.lost += [f"{what} {how}" for what, times in found.items() if times < 1]
        tally.duplicated += [f"{what} {how} × {n}" for what, n in found.items() if n > 1]
    executed = sum(m.text.startswith(EXECUTED) for m in scene.messages())
    if executed != 1:
        tally.wrong_ends.append(f"{executed} messages of the rollback")
    tally.double_messages = doubles(scene)
    tally.broken = await sound(scene)
    return tally
