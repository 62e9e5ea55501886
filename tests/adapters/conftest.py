"""A sandbox that listens, and the bot's adapters against it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.adapters.github import PyGithubAdapter
from bot.adapters.slack.slack import SlackChat
from sandbox import app
from sandbox.seeds import Seed
from sandbox.world import World

PATIENCE = 10  # seconds, for a busy machine
HASTE = 1  # second, where nothing answers


@pytest.fixture
async def world() -> AsyncIterator[World]:
    made = World(Seed.named("default"))
    runner = await app.start(made)
    yield made
    await runner.cleanup()


@pytest.fixture
async def chat(world: World) -> AsyncIterator[SlackChat]:
    token = world.seed.secrets.bot_token
    made = SlackChat(token, api_url=f"{world.base_url}/api/", timeout=PATIENCE)
    yield made
    await made.close()


@pytest.fixture
async def github(world: World) -> AsyncIterator[PyGithubAdapter]:
    token = world.seed.secrets.github_token
    made = PyGithubAdapter(f"{world.base_url}/github", token, timeout=PATIENCE)
    yield made
    await made.close()


@pytest.fixture
async def hasty_chat(world: World) -> AsyncIterator[SlackChat]:
    """One that soon gives up."""
    token = world.seed.secrets.bot_token
    made = SlackChat(token, api_url=f"{world.base_url}/api/", timeout=HASTE, view_timeout=HASTE)
    yield made
    await made.close()


@pytest.fixture
async def hasty_github(world: World) -> AsyncIterator[PyGithubAdapter]:
    """One that soon gives up."""
    token = world.seed.secrets.github_token
    made = PyGithubAdapter(f"{world.base_url}/github", token, timeout=HASTE, grace=0)
    yield made
    await made.close()
