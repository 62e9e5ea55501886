"""Fixtures of the scenarios."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.scenarios.workspace import Workspace, workspace


@pytest.fixture
async def team(tmp_path: Path) -> AsyncIterator[Workspace]:
    """The seed's team on a Tuesday morning, over Socket Mode."""
    async with workspace(tmp_path) as opened:
        yield opened
