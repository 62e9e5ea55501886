"""What all tests share."""

import gc
import os
from pathlib import Path

import pytest
import structlog
from hypothesis import settings

# What tests share asserts as well, and says what it found instead.
pytest.register_assert_rewrite(
    *(f"tests.{folder.name}" for folder in Path(__file__).parent.iterdir() if folder.is_dir())
)

pytest_plugins = ["tests.scratch", "tests.strict", "tests.postgres"]

# The same examples in every run, and no deadline on machines that others use too.
settings.register_profile("steady", derandomize=True, deadline=None)
settings.load_profile("steady")


DEAR = (
    "tests/chaos/",
    "tests/docker_ssh/test_real_host",
    "tests/services/test_stories",
    "tests/undoing/",
    "tests/image/",
    "tests/contracts/",
    "tests/browser/",
)
"""What takes minutes: one worker would be left alone with it if it came last."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Workers begin with what is dear."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        items.sort(key=lambda item: not item.nodeid.startswith(DEAR))


def pytest_collection_finish() -> None:
    """What was imported stays, so the collector of garbage leaves it alone, and comes seldom."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


@pytest.fixture(autouse=True)
def plain_logs() -> None:
    """Logs without colours, and tracebacks as Python writes them.

    The library's own show every local value, which takes seconds, and Slack waits for three.
    """
    renderer = structlog.dev.ConsoleRenderer(
        colors=False, exception_formatter=structlog.dev.plain_traceback
    )
    structlog.configure(processors=[structlog.processors.add_log_level, renderer])


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """Where screenshots go: the folder that GONOGO_SCREENSHOTS names, or one thrown away."""
    folder = Path(os.environ.get("GONOGO_SCREENSHOTS") or tmp_path / "pictures")
    folder.mkdir(parents=True, exist_ok=True)
    return folder
