"""People who act on what they see, and repeat what was not answered."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

from sandbox.slack.messages import Message
from sandbox.slack.rendering import buttons
from tests.chaos.stage import Stage

VERSION = "v1.2.1"
PAUSE = 0.1  # seconds of real time between two looks
PATIENCE = timedelta(seconds=30)  # of shared time, before a button is pressed again
NEVER = datetime.min.replace(tzinfo=UTC)
HEARD = ("Checking", "is taken by")  # either says that the request has been recorded


def title(service: str) -> str:
    """How the card of a service's deployment begins."""
    return f"{service} {VERSION} → production"


class People:
    """Ana asks for a deployment of each service; Bo and Dee approve them, both at once.

    Where a dispatch got lost for good, Dee looks at GitHub and has it sent again.
    """

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self.approved: set[str] = set()
        """Services whose approval was acknowledged."""

    async def act(self) -> None:
        """Until cancelled."""
        async with asyncio.TaskGroup() as all_of_them:
            for service in self._stage.world.seed.services:
                all_of_them.create_task(self._ask(service))
            for approver in ("bo", "dee"):
                all_of_them.create_task(self._approve(approver))
            all_of_them.create_task(self._send_again())

    async def _ask(self, service: str) -> None:
        """Types the line until somebody says that it was heard, or the card shows it."""
        line = f"/deploy {VERSION} {service}"
        while not any(m.text.startswith(title(service)) for m in self._stage.messages()):
            place = {"as": "ana", "channel": "deployments"}
            said = await self._stage.post("/say", **place, text=line)
            answer = (said.get("response") or {}).get("rendered", "")
            if any(word in answer for word in HEARD):
                return
            await asyncio.sleep(PAUSE)

    async def _approve(self, person: str) -> None:
        """Presses every Approve that is to be seen, and again when nothing came of it."""
        pressed_at: dict[str, datetime] = {}
        while True:
            now = self._stage.world.clock.now()
            waiting = [
                message
                for message in self._stage.messages()
                if "Approve" in buttons(message)
                and now - pressed_at.get(message.ts, NEVER) > PATIENCE
            ]
            pressed = await asyncio.gather(*(self._press(person, "Approve", m) for m in waiting))
            for message, accepted in zip(waiting, pressed, strict=True):
                if accepted:
                    pressed_at[message.ts] = now
                    self.approved.add(message.text.partition(" ")[0])
            await asyncio.sleep(PAUSE)

    async def _send_again(self) -> None:
        while True:
            for message in self._stage.messages():
                service = message.text.partition(" ")[0]
                if "Send Again" in buttons(message) and not self._is_at_github(service):
                    await self._press("dee", "Send Again", message)
            await asyncio.sleep(PAUSE)

    def _is_at_github(self, service: str) -> bool:
        return any(run.repo.name == service for run in self._stage.runs())

    async def _press(self, person: str, button: str, message: Message) -> bool:
        place = {"as": person, "channel": "deployments", "ts": message.ts}
        pressed = await self._stage.post("/click", **place, button=button)
        return bool(pressed["ok"])
