"""Scratch: temporary files of a run lie in memory where there is room, since none outlasts it.

Most of what tests wait for on a disk is that a database is copied, synced and deleted again.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
import time
from pathlib import Path

import pytest

MEMORY = Path("/dev/shm")
NAME = "gonogo-run-"
ROOM = 6 * 1024**3
"""Bytes of it that have to be free, and as much of the machine's memory."""

SETTLED = 60.0
"""Seconds after which a folder that nobody holds was left behind by a run that was killed."""

FOLDER = pytest.StashKey[Path]()


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Workers and all that they start inherit TMPDIR; who has set it knows better."""
    if "TMPDIR" in os.environ or not _has_room():
        return
    _tidy_up()
    folder = Path(tempfile.mkdtemp(prefix=NAME, dir=MEMORY))
    folder.chmod(0o755)  # servers that a test starts may run as somebody else
    _hold(folder)
    config.stash[FOLDER] = folder
    os.environ["TMPDIR"] = tempfile.tempdir = str(folder)


def pytest_report_header(config: pytest.Config) -> str | None:
    folder = config.stash.get(FOLDER, None)
    return f"temporary files: in memory, {folder}, until the end" if folder else None


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    if folder := config.stash.get(FOLDER, None):
        del os.environ["TMPDIR"]
        tempfile.tempdir = None
        shutil.rmtree(folder, ignore_errors=True)


def _has_room() -> bool:
    """Whether there is so much memory, and programs may lie in it."""
    try:
        memory = os.statvfs(MEMORY)
        told = dict(line.split(":") for line in Path("/proc/meminfo").read_text().splitlines())
    except OSError:
        return False
    free = int(told["MemAvailable"].split()[0]) * 1024
    may_run = not memory.f_flag & os.ST_NOEXEC
    return may_run and min(free, memory.f_bavail * memory.f_frsize) >= ROOM


def _hold(folder: Path) -> int:
    """Hold it until this process ends, however it ends; BlockingIOError where another one does."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        raise
    return handle


def _tidy_up() -> None:
    for folder in MEMORY.glob(f"{NAME}*"):
        try:
            if time.time() - folder.stat().st_ctime > SETTLED:
                os.close(_hold(folder))
                shutil.rmtree(folder, ignore_errors=True)
        except OSError:  # somebody else's, held, or gone by now
            continue
