"""Fixtures of the sandbox's own tests."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from sandbox.slack.manifest import Manifest
from tests.sandbox.slack_stage import EVERY_SCOPE, Stage, raised


@pytest.fixture
def manifest() -> Manifest:
    """The app as most tests want it: not allowed to post where it was not invited."""
    return Manifest(EVERY_SCOPE)


@pytest.fixture
async def stage(manifest: Manifest) -> AsyncIterator[Stage]:
    async with raised(manifest) as made:
        yield made
