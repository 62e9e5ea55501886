"""Short: a folder whose name leaves room for that of a socket in it, of 107 bytes at most."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest


@pytest.fixture
def short() -> Iterator[Path]:
    """The folder, gone after the test."""
    with TemporaryDirectory() as folder:
        yield Path(folder)
