"""Programs from PyPI, each installed at test time in a virtual environment of its own."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.strict import unavailable

UV = Path(sys.executable).with_name("uv")
PIP = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--retries", "1")
FETCHED_WITHIN = 120  # seconds


def installed(package: str) -> Path:
    """The Python that has `package` (`name==version`), kept from one run to the next.

    Skips the test (or fails it where it must run) when it cannot be fetched.
    """
    name = package.partition("==")[0]
    kept = Path(tempfile.gettempdir()) / f"gonogo-{package}-{sys.version_info.minor}"
    if not kept.exists():
        folder = Path(tempfile.mkdtemp(prefix=f"gonogo-{name}-"))
        python = folder / "bin" / "python"
        by_uv = (UV, "pip", "install", "--quiet", "--python", python, package)
        by_pip = (*PIP, "--python", python, "install", "--quiet", package)
        make = (sys.executable, "-m", "venv", "--without-pip", folder)
        try:
            for words in (make, by_uv if UV.exists() else by_pip):
                subprocess.run(words, capture_output=True, timeout=FETCHED_WITHIN, check=True)
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
            shutil.rmtree(folder)
            told = (error.stderr or b"").decode().split("\n")
            unavailable(name, f"{package} could not be installed: {told[0] or error}")
        folder.rename(kept)
    return kept / "bin" / "python"
