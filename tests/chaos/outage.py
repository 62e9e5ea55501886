"""An outage: people open an incident, which gets a channel of its own, publish it, miss an update,
restore, resolve and close it; what came of that is counted at Slack, PagerDuty, Uptime Kuma and
GitHub.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

from sandbox.journal import Entry
from sandbox.slack.channels import Channel
from sandbox.slack.identity import BOT_USER_ID
from sandbox.slack.messages import Message
from sandbox.slack.rendering import buttons, rendered
from tests.chaos.stage import Stage
from tests.chaos.tally import Tally, doubles, sound
from tests.chaos.together import together

STEP = 20.0  # seconds of shared time in each move of the clock
PAUSE = 0.15  # seconds of real time between two looks
PATIENCE = timedelta(seconds=60)  # of shared time, before somebody tries again what came to nothing
LINE = "/incident outage All users unable to access service"
OPENED, RESOLVED = "🚨 INCIDENT", "INCIDENT RESOLVED"
PUBLISHED = "Status page: investigating, posted"
OFF_THE_PAGE = "Status page: resolved, posted"
WRITTEN = "Post-Mortem Published"
ROOMS = {"create", "invite", "setTopic", "archive"}
"""What is asked of Slack about channels and changes something."""

ROOM = "inc-1-service-outage-detected"
IN_IT = {"ana", "bo", "dee", "gonogo"}
"""Who opened it, and whoever may lead or approve."""
DUE, NO_NEWS = "is due now", "No new information"


class Crew:
    """Ana opens it; Dee publishes it and ends it, once the bot has said that nobody tells anything.

    Each looks first whether what they did last came to something, and tries again if it did not.
    """

    def __init__(self, scene: Stage) -> None:
        self._scene = scene
        self._tried: dict[str, datetime] = {}

    async def act(self) -> None:
        """Until cancelled."""
        while True:
            if step := self._next():
                await self._try(*step)
            await asyncio.sleep(PAUSE)

    def _next(self) -> tuple[str, Message | None] | None:
        """What is to be done by what can be seen, and where."""
        root = _root(self._scene)
        if root is None:
            return "open", None
        row = buttons(root)
        if "Publish" in row:
            return "Publish", root
        if PUBLISHED not in _text(self._scene, root) and "Resolve" in row:
            return None
        if "Restored" in row and _said(self._scene, NO_NEWS):
            return "Restored", root
        if "Resolve" in row and "Reopen" in row:
            if "led by" in _text(self._scene, root):
                return "Resolve", root
            return ("Assign Lead", root) if _drafts(self._scene) else None
        if WRITTEN in row and _drafts(self._scene):
            return WRITTEN, root
        is_all = WRITTEN not in row and OFF_THE_PAGE in _text(self._scene, root)
        return ("Close", root) if is_all and "Close" in row else None

    async def _try(self, step: str, root: Message | None) -> None:
        now = self._scene.world.clock.now()
        if step in self._tried and now - self._tried[step] < PATIENCE:
            return
        self._tried[step] = now
        place = {"as": "ana" if root is None else "dee", "channel": "deployments"}
        if root is None:
            await self._scene.post("/say", **place, text=LINE)
            return
        pressed = await self._scene.post("/click", **place, ts=root.ts, button=step)
        if pressed.get("modal"):
            values = {"Close as": "Resolved"} if step == "Close" else {}
            values |= {"Lead": "dee"} if step == "Assign Lead" else {}
            await self._scene.post("/submit", **{"as": "dee", "values": values})


@asynccontextmanager
async def people(scene: Stage) -> AsyncIterator[None]:
    """They act and the clock moves, whether the bot lives or not."""
    async with together(Crew(scene).act(), scene.goes_on(STEP, PAUSE)):
        yield


def is_over(scene: Stage) -> bool:
    """Whether everybody knows that it is."""
    root, world = _root(scene), scene.world
    posts, woken = world.kuma.posts.every, world.pagerduty.incidents
    return (
        any(m.text.startswith(RESOLVED) for m in scene.messages())
        and root is not None
        and OFF_THE_PAGE in _text(scene, root)
        and any(one.status == "resolved" for one in woken)
        and any(not one.active for one in posts)
        and bool(_drafts(scene))
        and any(room.archived for room in _rooms(scene))
    )


def hurried(rules: str) -> str:
    """With a channel of its own, and updates promised every five minutes: all that can go wrong, in
    a third of the time.
    """
    more = "\nincidents:\n  own_channel: true\n  cadence: {outage: PT5M}\n"
    return rules.replace("\nincidents:\n", more, 1)


def changes(request: Entry) -> bool:
    """Whether it changes something outside. Two thirds of the requests of an outage only look."""
    if request.system == "slack":
        return (request.path.startswith("/chat.") and request.path != "/chat.getPermalink") or (
            request.path.removeprefix("/conversations.") in ROOMS
        )
    return request.method != "GET"


async def count(scene: Stage) -> Tally:
    """Look at a stage on which it is over."""
    tally, world = Tally(), scene.world
    roots = [m.text for m in scene.messages() if m.text.startswith(OPENED)]
    told = {
        "incident": roots,
        "page": [one.key for one in world.pagerduty.incidents],
        "public post": [one.title for one in world.kuma.posts.every],
        "post-mortem": _drafts(scene),
        "end": [m.text for m in scene.messages() if m.text.startswith(RESOLVED)],
        "room": [room.name for room in _rooms(scene)],
    }
    tally.duplicated = [f"{what} × {len(found)}" for what, found in told.items() if len(found) > 1]
    tally.lost = [what for what, found in told.items() if not found]
    for words in (DUE, NO_NEWS):
        if (times := _said(scene, words)) > 1:
            tally.duplicated.append(f"“{words}” × {times}")
    tally.wrong_ends = [
        *(one.key for one in world.pagerduty.incidents if one.status != "resolved"),
        *(one.title for one in world.kuma.posts.every if one.active or one.pin),
        *_about_the_room(scene),
    ]
    tally.double_messages = doubles(scene)
    tally.broken = await sound(scene)
    return tally


def _root(scene: Stage) -> Message | None:
    return next((m for m in scene.messages() if m.text.startswith(OPENED)), None)


def _text(scene: Stage, root: Message) -> str:
    return rendered(scene.world.slack, root)


def _said(scene: Stage, words: str) -> int:
    """How often, wherever the incident is worked on."""
    channel = scene.world.slack.channel_named("deployments")
    said = [m for m in channel.messages.values() if m.is_reply]
    said += [m for room in _rooms(scene) for m in room.messages.values()]
    return sum(words in m.text for m in said)


def _rooms(scene: Stage) -> list[Channel]:
    """The channels that the bot made."""
    return [c for c in scene.world.slack.channels.values() if c.creator == BOT_USER_ID]


def _about_the_room(scene: Stage) -> list[str]:
    """What is not as it should be: all is said in one channel, by everybody who has to be there,
    and nothing in it can be pressed when it is archived.
    """
    slack, root = scene.world.slack, _root(scene)
    shown = _text(scene, root).splitlines() if root else []
    wrong = [] if f"Room: #{ROOM}, archived" in shown else [f"the root message reads {shown}"]
    for room in _rooms(scene):
        if (there := {slack.users[one].name for one in room.members}) != IN_IT:
            wrong.append(f"in the room are {sorted(there)}")
        wrong += [f"“{m.text}” can be pressed" for m in room.messages.values() if buttons(m)]
    if root is not None:
        replies = slack.channel_named("deployments").thread(root.ts)[1:]
        wrong += [f"“{m.text}” is in the thread" for m in replies]
    return wrong


def _drafts(scene: Stage) -> list[str]:
    issues = scene.world.github.repositories["acme/app"].issues.values()
    return [issue.title for issue in issues if issue.title.startswith("Post-mortem")]
