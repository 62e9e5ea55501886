"""Packages from npm, installed at test time as a lock in this folder pins them."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import tempfile
from pathlib import Path

from tests.strict import find, unavailable

FILES = ("package.json", "package-lock.json")
INSTALL = (
    *("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"),
    *("--prefer-offline", "--fetch-retries=1", "--fetch-retry-mintimeout=1000"),
)
FETCHED_WITHIN = 90  # seconds


def installed(package: Path, part: str = "node_modules") -> Path:
    """A folder that has this part of what `package` pins, kept until the pins change.

    Skips the test (or fails it where it must run) when npm cannot fetch them.
    """
    if find("node") is None:
        unavailable("node", "npm is not installed")
    pins = b"".join((package / name).read_bytes() for name in FILES)
    digest = hashlib.sha256(pins).hexdigest()[:12]
    kept = Path(tempfile.gettempdir()) / f"gonogo-{package.name}-{digest}"
    if not (kept / part).exists():
        kept.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(dir=kept) as folder:
            _install(package, Path(folder))
            (kept / part).parent.mkdir(parents=True, exist_ok=True)
            (Path(folder) / part).rename(kept / part)
    return kept


def _install(package: Path, folder: Path) -> None:
    for name in FILES:
        shutil.copy(package / name, folder)
    try:
        subprocess.run(INSTALL, cwd=folder, capture_output=True, timeout=FETCHED_WITHIN, check=True)
    except subprocess.CalledProcessError as error:
        first = error.stderr.decode().partition("\n")[0]
        unavailable("node", f"npm could not install {package.name}: {first}")
    except (OSError, subprocess.TimeoutExpired) as error:
        unavailable("node", f"npm could not install {package.name}: {error}")
