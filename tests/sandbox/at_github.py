"""Runs at the local GitHub, as tests look at them."""

from __future__ import annotations

from tests.sandbox.github_host import Host

RUNS = "/repos/acme/app/actions/runs"


async def health(host: Host, environment: str = "production") -> str:
    async with host.session.get(f"{host.world.base_url}/health/{environment}") as answer:
        return str((await answer.json())["version"])
