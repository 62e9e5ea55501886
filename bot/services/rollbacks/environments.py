"""Environments of a workflow at GitHub: which of them hold its runs up, and which are not there."""

import asyncio
from dataclasses import dataclass

from bot.domain.approvals.protection import Guarding
from bot.domain.errors import NotFound
from bot.domain.words import listing
from bot.ports import GitHub, Workflow


@dataclass(frozen=True, slots=True)
class Environments:
    """Those that a workflow's jobs name, by name.

    `missing` are not there. GitHub makes such a one at the first run, which it holds up nowhere,
    and which has none of the secrets and variables that people keep in environments.
    """

    held: tuple[Guarding, ...] = ()
    missing: tuple[str, ...] = ()

    @property
    def facts(self) -> tuple[str, ...]:
        """What holds a run up, in sentences for the card."""
        names = (one.environment for one in self.held)
        return tuple(f"waits at GitHub's gate {name} until somebody answers it" for name in names)

    @property
    def doubt(self) -> str:
        """Why nobody knows whether a run would work; empty where nothing speaks against it."""
        if not self.missing:
            return ""
        names = listing(self.missing)
        return f"GitHub has no environment {names}, so it would run without secrets from there"


async def of(github: GitHub, repo: str, workflow: Workflow) -> Environments:
    """Look at each of them; names that only a run knows are left out. Raises Fault."""
    each = {name for job in workflow.waits_for.values() for name in job}
    names = sorted(name for name in each if "${{" not in name)

    async def look(name: str) -> Guarding | None:
        try:
            return await github.guarding(repo, name)
        except NotFound:
            return None

    found = dict(zip(names, await asyncio.gather(*map(look, names)), strict=True))
    return Environments(
        held=tuple(one for one in found.values() if one is not None and one.holds_up),
        missing=tuple(name for name, one in found.items() if one is None),
    )
