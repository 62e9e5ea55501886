"""System programs that tests need: a missing one skips loudly, or fails under GONOGO_STRICT.

A test says `@pytest.mark.needs("chromium")`; what finds out only later that a program does not work
here (an engine that cannot start) calls `unavailable("docker", "dockerd did not start: …")`.
GONOGO_STRICT names, with commas, the programs that this machine is bound to have.
"""

from __future__ import annotations

import os
import shutil
from typing import NoReturn

import pytest

# The names that a program may have on this system; the word itself where nothing else is said.
ALSO_CALLED = {
    "chromium": ("chromium", "chromium-browser", "google-chrome"),
    "docker": ("dockerd",),
    "node": ("npm",),
}
SBIN = ("/usr/local/sbin", "/usr/sbin", "/sbin")  # not on everybody's PATH
MISSING = "missing "


def find(program: str) -> str | None:
    """The path of a system program, None when it is not installed."""
    path = os.pathsep.join((os.environ.get("PATH", ""), *SBIN))
    found = (shutil.which(name, path=path) for name in ALSO_CALLED.get(program, (program,)))
    return next(filter(None, found), None)


def unavailable(program: str, why: str) -> NoReturn:
    """End this test: it cannot run without `program`."""
    if program in os.environ.get("GONOGO_STRICT", "").split(","):
        pytest.fail(f"GONOGO_STRICT names {program}: {why}", pytrace=False)
    pytest.skip(f"{MISSING}{program}: {why}")


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    for marker in item.iter_markers("needs"):
        for program in marker.args:
            if find(program) is None:
                unavailable(program, "not installed")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Name what was not looked at, just above pytest's last line."""
    missed: dict[str, int] = {}
    for report in terminalreporter.stats.get("skipped", []):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else ""
        _, found, what = reason.partition(MISSING)
        if found:
            missed[what] = missed.get(what, 0) + 1
    if missed:
        terminalreporter.section("NOT TESTED on this machine", sep="!", yellow=True, bold=True)
        for what, tests in sorted(missed.items()):
            terminalreporter.write_line(f"{what} ({tests} tests)", yellow=True)
