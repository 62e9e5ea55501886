"""A rollback that takes the database back: Ana and Bo deploy what brings two migrations, Bo has
them undone and the code follows; what the database was asked is counted where it is asked.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import yaml

from sandbox.github.runs import Run
from sandbox.github.scripts import Script
from sandbox.journal import Entry
from sandbox.slack.messages import Message
from sandbox.slack.rendering import buttons
from sandbox.world import World
from tests.chaos.stage import RUN_SECONDS, Json, Stage
from tests.chaos.tally import Tally, doubles, sound
from tests.chaos.together import together
from tests.scenarios.filling import confirmed

STEP = 5.0  # seconds of shared time in each move of the clock; the host works in real time
PAUSE = 0.15  # seconds of real time between two looks
PATIENCE = timedelta(seconds=30)  # of shared time, before somebody tries again what came to nothing
NEW, OLD = "v1.3.0", "v1.2.0"
UNDO = f"Undo 2 migrations and Roll Back to {OLD}"
DEPLOYED, BACK = f"app {NEW} → production", f"app {OLD} back → production"
EXECUTED, DONE = "⚠️ Production rollback executed", f"✅ {NEW}"
LEFT = ("Nothing was switched", "production is mixed")
ASKED = Counter({"status": 3, "verify": 2, "data-integrity": 1, "down": 1})
"""After the deployment, and on the way back: before and after the way down."""

WORDS = {
    "migrate:status": "status",
    "migrate:verify": "verify",
    "migrate:down -- 2": "down",
    "test:data-integrity": "data-integrity",
}


def on_a_host(world: World) -> Sequence[Json]:
    """The host, where the migrations lie in the image of the new version."""
    _reversible(world)
    return (dict(world.host.target()),)


def without_targets(world: World) -> Sequence[Json]:
    """Workflows do it all."""
    _reversible(world)
    repos = world.github.repositories.values()
    for workflow in ("migrate.yml", "rollback.yml"):
        world.github.actions.preset(repos, workflow, Script(seconds=RUN_SECONDS))
    return ()


def asked_by_image(text: str) -> str:
    """The rules of the first service with this."""
    return _changed(text, {"image": {"target": "web-1"}})


def asked_by_workflow(text: str) -> str:
    return _changed(text, {"workflow": "migrate.yml"})


def _changed(text: str, more: Json) -> str:
    rules = yaml.safe_load(text)
    rules["services"]["app"]["migrations"] |= more
    return yaml.safe_dump(rules)


def _reversible(world: World) -> None:
    git = world.github.repository("acme/app").git
    brings = git.tagged(NEW)
    assert brings is not None
    both = {
        f"migrations/000{n}_add.sql": f"create table t{n} ();\n-- down\ndrop table t{n};\n"
        for n in (7, 8)
    }
    git.commits[brings.sha] = replace(brings, changes=both)


class Pair:
    """Each looks first whether what was done last came to something, and else tries again."""

    def __init__(self, scene: Stage) -> None:
        self._scene = scene
        self._tried: dict[str, datetime] = {}

    async def act(self) -> None:
        """Until cancelled."""
        while True:
            texts = [m.text for m in self._scene.messages()]
            step = _next(texts, self._scene)
            now = self._scene.world.clock.now()
            never = datetime.min.replace(tzinfo=now.tzinfo)
            if step and now - self._tried.get(step, never) > PATIENCE:
                self._tried[step] = now
                await self._do(step)
            if any(text.startswith(BACK) for text in texts) and _host_is_back(self._scene):
                place = {"environment": "production", "status": "ok"}
                await self._scene.post("/health", **place, version=OLD)
            await asyncio.sleep(PAUSE)

    async def _do(self, step: str) -> None:
        match step:
            case "deploy":
                await self._says("ana", f"/deploy {NEW}")
            case "approve":
                card = next(m for m in self._scene.messages() if "Approve" in buttons(m))
                await self._presses("bo", card, "Approve")
            case "ask":
                await self._says("bo", "/rollback because orders are lost")
            case _:
                offer = _offer(self._scene)
                assert offer is not None
                await self._presses("bo", offer, UNDO)

    async def _says(self, person: str, text: str) -> None:
        await self._scene.post("/say", **{"as": person, "channel": "deployments", "text": text})

    async def _presses(self, person: str, message: Message, button: str) -> None:
        place = {"as": person, "channel": "deployments", "ts": message.ts}
        pressed = await self._scene.post("/click", **place, button=button)
        if pressed.get("modal"):
            async with self._scene.control.get(f"/sandbox/api/modal?as={person}") as answer:
                form: Any = await answer.json()
            values = confirmed(form["blocks"])
            await self._scene.post("/submit", **{"as": person, "values": values})


def _next(texts: list[str], scene: Stage) -> str:
    """What is to be done by what can be seen; empty when somebody else is to do something."""
    if not any(text.startswith(DEPLOYED) for text in texts):
        return "deploy"
    if any("Approve" in buttons(m) for m in scene.messages()):
        return "approve"
    if any(text.startswith(BACK) for text in texts):
        return ""
    if not any(text.startswith(DONE) for text in texts) or sum(_asked(scene).values()) < 2:
        return ""
    return "confirm" if _offer(scene) else "ask"


def _offer(scene: Stage) -> Message | None:
    """The newest proposal that can be confirmed."""
    channel = scene.world.slack.channel_named("deployments")
    shown = [m for m in channel.messages.values() if m.ephemeral_for]
    return next((m for m in reversed(shown) if UNDO in buttons(m)), None)


def _host_is_back(scene: Stage) -> bool:
    running = scene.world.host.engine.container("app")
    return running is not None and running.image.version == OLD


def _asked(scene: Stage) -> Counter[str]:
    """What the database was asked, and how often."""
    if ran := scene.world.host.engine.ran:
        return Counter(WORDS[words.removeprefix("npm run --silent ")] for _, words in ran)
    runs = (run for run in scene.runs() if "command" in run.inputs and _is_done(run))
    return Counter(str(run.inputs["command"]) for run in runs)


def _findings(scene: Stage) -> list[int]:
    """The issues that the bot made."""
    issues = scene.world.github.repository("acme/app").issues.values()
    return [one.number for one in issues if one.author == scene.world.seed.github_bot]


def _is_done(run: Run) -> bool:
    """Whether its job that does something was begun; a twin of an earlier one does nothing."""
    return any(job.name == "migrate" and job.reached for job in run.jobs)


@asynccontextmanager
async def people(scene: Stage) -> AsyncIterator[None]:
    """They act and the clock moves, whether the bot lives or not."""
    async with together(Pair(scene).act(), scene.goes_on(STEP, PAUSE)):
        yield


def is_over(scene: Stage) -> bool:
    """Whether everybody reads how it went, and what it found has its issue."""
    texts = [m.text for m in scene.messages()]
    if any(left in text for text in texts for left in LEFT):
        return True
    went = any(text.startswith(EXECUTED) for text in texts)
    return went and bool(_findings(scene))


def matters(request: Entry) -> bool:
    """Whether it is said to the database, or makes something after the way back."""
    if request.system == "ssh":
        return request.path.endswith("_job")
    is_asked = request.path.endswith("/migrate.yml/dispatches")
    return request.method == "POST" and (is_asked or request.path.endswith("/issues"))


async def count(scene: Stage) -> Tally:
    """Look at a stage on which it is over. Where nobody knows whether the database was asked, it is
    left to people, and nothing follows; that is right as well.
    """
    tally, asked = Tally(), _asked(scene)
    texts = [m.text for m in scene.messages()]
    executed = sum(text.startswith(EXECUTED) for text in texts)
    tally.duplicated = [f"{what} × {n}" for what, n in asked.items() if n > ASKED[what]]
    found = len(_findings(scene))
    if executed:
        tally.lost = [what for what in ASKED if asked[what] < ASKED[what] and what != "status"]
        tally.wrong_ends += [] if found == 1 else [f"{found} issues"]
    elif not any("nobody knows whether it was done" in text for text in texts):
        tally.wrong_ends.append(f"left to people: {texts[-1]}")
    if executed > 1:
        tally.duplicated.append(f"message × {executed}")
    tally.double_messages = doubles(scene)
    tally.broken = await sound(scene)
    return tally
