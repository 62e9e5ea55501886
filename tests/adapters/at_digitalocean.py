"""An app at the local DigitalOcean, as the bot's target and as its owner sees it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from bot.adapters import digitalocean
from bot.adapters.rest import Rest
from bot.config.targets import AppPlatformTarget
from bot.domain.rollbacks.targets import Artifact, Sight
from bot.ports import Receipt
from sandbox.digitalocean.app import App
from sandbox.world import World

PINNED = (
    "App Platform deploys nothing, not even a push, until the rollback is committed or reverted"
)


@dataclass
class AtDigitalOcean:
    """The target, its connection, and the app behind it."""

    world: World
    api: Rest
    target: digitalocean.AppPlatform

    @property
    def app(self) -> App:
        return self.world.digitalocean.app("app")

    def id(self, version: str) -> str:
        """The newest deployment of that version that ran."""
        ran = [one for one in self.app.deployments if one.phase in ("ACTIVE", "SUPERSEDED")]
        return [one for one in ran if one.release.version == version][-1].id

    def artifact(self, version: str) -> Artifact:
        return Artifact(id=self.id(version))

    async def passes(self, seconds: float) -> None:
        await self.world.clock.advance(timedelta(seconds=seconds))

    async def rolled_back(self, version: str) -> tuple[Receipt, Sight]:
        """A rollback that nothing disturbs, to its end."""
        receipt = await self.target.start(self.artifact(version), "R7-api")
        await self.passes(5)
        return receipt, await self.target.watch(receipt)

    def sent(self) -> list[tuple[str, Any]]:
        """What the bot changed or tried to: the end of the path, and the status."""
        rows = self.world.journal.entries("digitalocean", "POST")
        paths = ((str(row["path"]).rpartition("/")[2], row["status"]) for row in rows)
        return [(end, status) for end, status in paths if end != "validate"]


@asynccontextmanager
async def at_digitalocean(
    world: World, token: str = "dop_v1_local_token", url: str = "", patience: float = 5.0
) -> AsyncIterator[AtDigitalOcean]:
    """The target of the service `app`."""
    app = world.digitalocean.app("app").id
    settings = AppPlatformTarget(kind="do_app_platform", name="api", app=app)
    api = digitalocean.connect(url or f"{world.base_url}/digitalocean", token, patience)
    try:
        yield AtDigitalOcean(world, api, digitalocean.make(settings, api, world.clock))
    finally:
        await api.close()
