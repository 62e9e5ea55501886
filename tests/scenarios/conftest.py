"""Fixtures of the scenarios."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.scenarios.undoing import RULES, deployed, reversible
from tests.scenarios.workspace import Workspace, workspace


@pytest.fixture
async def team(tmp_path: Path) -> AsyncIterator[Workspace]:
    """The seed's team on a Tuesday morning, over Socket Mode."""
    async with workspace(tmp_path) as opened:
        yield opened


@pytest.fixture
async def reverting(tmp_path: Path) -> AsyncIterator[Workspace]:
    """v1.3.0 is live and well, and can be undone."""
    async with workspace(tmp_path, rules=RULES, begin=reversible) as opened:
        await deployed(opened)
        yield opened
