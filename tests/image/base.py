"""An image to build on that needs no hub: Debian with its own Python, made by debootstrap."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

from tests.image.engine import CommandFailed, run
from tests.strict import unavailable

SUITE = "bookworm"  # its python3 is 3.11, the oldest that we promise to run on
PACKAGES = "ca-certificates,python3,python3-venv"
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "gonogo"


async def base() -> Path:
    """The root file system as a tar file, made once and kept; skips the test without Debian."""
    kept = CACHE / f"python-on-{SUITE}.tar"
    if kept.exists():
        return kept
    CACHE.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=CACHE) as folder:
        root, complete = Path(folder) / "root", Path(folder) / "complete.tar"
        try:
            await run(
                *("debootstrap", "--variant=minbase", f"--include={PACKAGES}"),
                *(SUITE, str(root), *await _mirror()),
            )
        except CommandFailed as error:
            unavailable("debootstrap", str(error)[-600:])
        await run("tar", "-C", str(root), "-cf", str(complete), ".")
        complete.replace(kept)
    return kept


async def _mirror() -> list[str]:
    """Where apt takes this suite from; nothing when apt has another one."""
    if not shutil.which("apt-get"):
        return []
    asked = ("--format", "$(REPO_URI)", "Created-By: Packages", f"Codename: {SUITE}")
    return (await run("apt-get", "indextargets", *asked)).split()[:1]
