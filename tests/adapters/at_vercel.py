"""A project at the local Vercel, as the bot's target and as its owner sees it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from bot.adapters import vercel
from bot.adapters.rest import Rest
from bot.config.targets import VercelTarget
from bot.domain.rollbacks.targets import Artifact, Sight
from bot.ports import Receipt
from sandbox.vercel.project import Project
from sandbox.world import World

PINNED = (
    "Vercel keeps production on this deployment: later ones are built, but do not go live until "
    "the rollback is undone or lifted"
)


@dataclass
class AtVercel:
    """The target, its connection, and the project behind it."""

    world: World
    api: Rest
    target: vercel.VercelProject

    @property
    def project(self) -> Project:
        return self.world.vercel.project("app")

    def id(self, version: str) -> str:
        """The deployment of that version that was built last."""
        made = [one for one in self.project.deployments if one.release.version == version]
        return made[-1].id

    def artifact(self, version: str) -> Artifact:
        return Artifact(id=self.id(version))

    async def passes(self, seconds: float) -> None:
        await self.world.clock.advance(timedelta(seconds=seconds))

    async def rolled_back(self, version: str, operation: str = "R7-web") -> tuple[Receipt, Sight]:
        """A rollback that nothing disturbs, to its end."""
        receipt = await self.target.start(self.artifact(version), operation)
        await self.passes(2)
        return receipt, await self.target.watch(receipt)

    def sent(self, method: str = "POST") -> list[tuple[str, Any]]:
        """What the bot changed or tried to: path and status."""
        rows = self.world.journal.entries("vercel", method)
        return [(str(row["path"]), row["status"]) for row in rows]


@asynccontextmanager
async def at_vercel(
    world: World, token: str = "local-vercel-token", url: str = "", patience: float = 5.0
) -> AsyncIterator[AtVercel]:
    """The target of the service `app`, which is in the team of the token."""
    settings = VercelTarget(kind="vercel", name="web", project="prj_app", team="team_acme")
    api = vercel.connect(url or f"{world.base_url}/vercel", token, patience)
    try:
        yield AtVercel(world, api, vercel.make(settings, api, world.clock))
    finally:
        await api.close()
