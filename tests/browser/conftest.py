"""Fixtures: the demo as its own program, and Chromium to look at it with."""

from __future__ import annotations

import sys
from asyncio import create_subprocess_exec
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, async_playwright

from tests.browser.visit import Visit, visiting
from tests.short import short
from tests.strict import find

__all__ = ["short"]

ROOT = Path(__file__).parents[2]
FLAGS = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture
async def demo(short: Path) -> AsyncIterator[str]:
    """The address of a demo that began on a Tuesday morning, and ends without a complaint."""
    process = await create_subprocess_exec(
        *(sys.executable, "-m", "sandbox.demo", "--port", "0", "--clock", "2024-03-26T10:00:00Z"),
        cwd=short,
        env={"PYTHONPATH": str(ROOT), "TMPDIR": str(short)},
        stdout=PIPE,
        stderr=PIPE,
    )
    assert process.stdout is not None
    try:
        line = (await process.stdout.readline()).decode()
        if line.startswith("ready "):  # otherwise the last line here says why
            yield line.split()[1]
    finally:
        if process.returncode is None:
            process.terminate()
        _, complaints = await process.communicate()
    assert (process.returncode, complaints.decode()) == (0, "")


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """The system's Chromium, without a window."""
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(
            executable_path=find("chromium"), chromium_sandbox=False, args=FLAGS
        )
        yield started
        await started.close()


@pytest.fixture
async def page(demo: str, browser: Browser) -> AsyncIterator[Visit]:
    """Somebody in front of a laptop."""
    async with visiting(browser, demo) as visit:
        yield visit
