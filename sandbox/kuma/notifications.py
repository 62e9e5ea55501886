"""Notifications: what the local Uptime Kuma tells the bot; not signed, with a header of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aiohttp

from sandbox.kuma.host import STATUSES, Beat, Monitor

if TYPE_CHECKING:
    from sandbox.world import World

PATH = "/webhooks/uptime-kuma"
PATIENCE = aiohttp.ClientTimeout(total=10)
WORDS = {"up": "✅ Up", "down": "🔴 Down", "pending": "🟡 Pending", "maintenance": "🔵 Maintenance"}


class Notifications:
    """Sends each important beat to the bot, if one is known."""

    def __init__(self, world: World) -> None:
        self._world = world

    def hear(self, monitor: Monitor, beat: Beat) -> None:
        """Listens to the monitors; never blocks them."""
        if self._world.bot_url is None:
            return
        fault = self._world.faults.take("kuma", "POST", PATH, kinds=("webhooks",))
        if fault and fault.arg == "drop":
            return
        for _ in range(2 if fault and fault.arg == "duplicate" else 1):
            self._world.spawn(self._deliver(payload(monitor, beat)))

    async def _deliver(self, body: dict[str, Any]) -> None:
        entry = self._world.journal.record(
            system="kuma", direction="to_bot", method="POST", path=PATH, body=body
        )
        headers = {
            "User-Agent": "Uptime-Kuma/2.5.3",
            "Authorization": f"Bearer {self._world.kuma.webhook_token}",
        }
        url = f"{self._world.bot_url}{PATH}"
        try:
            async with (
                aiohttp.ClientSession(timeout=PATIENCE) as session,
                session.post(url, json=body, headers=headers) as answer,
            ):
                entry.status = answer.status
        except (aiohttp.ClientError, TimeoutError):
            return  # the journal keeps it without a status


def payload(monitor: Monitor, beat: Beat) -> dict[str, Any]:
    """One beat as the webhook has it."""
    at = f"{beat.at:%Y-%m-%d %H:%M:%S}.{beat.at.microsecond // 1000:03d}"
    word = WORDS[STATUSES[beat.status]]
    return {
        "heartbeat": {
            "monitorID": monitor.id,
            "status": beat.status,
            "time": at,
            "msg": beat.msg,
            "important": beat.important,
            "duration": 60,
            "timezone": "UTC",
            "timezoneOffset": "+00:00",
            "localDateTime": at,
            "retries": 0,
        },
        "monitor": {
            "id": monitor.id,
            "name": monitor.name,
            "type": monitor.kind,
            "url": "https://app.example/health",
            "interval": 60,
            "maxretries": 0,
            "active": True,
            "basic_auth_user": None,
            "basic_auth_pass": None,
        },
        "msg": f"[{monitor.name}] [{word}] {beat.msg}",
    }
