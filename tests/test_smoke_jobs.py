"""The smoke tests of the shipped workflows: whoever has not told them where to look finds that out
at once, before production changes, and never in a rollback.
"""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "examples" / "workflows"
TESTED = {
    "ci.yml": "STAGING_URL",
    "release.yml": "PRODUCTION_URL",
    "rollback.yml": "PRODUCTION_URL",
}


def jobs(file: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((FOLDER / file).read_text())["jobs"]
    return found


def test_every_variable_of_the_workflows_is_told_about() -> None:
    used = {
        name for file in FOLDER.iterdir() for name in re.findall(r"vars\.(\w+)", file.read_text())
    }
    assert used == set(TESTED.values())
    install = (ROOT / "docs" / "install.md").read_text()
    assert {name for name in used if f"`{name}`" in install} == used


@pytest.mark.parametrize("url", ["", "https://app.acme.example"])
def test_a_release_without_an_address_to_test_ends_before_anything_changes(url: str) -> None:
    found = jobs("release.yml")
    [look] = [step for step in found["verify"]["steps"] if "URL" in step.get("env", {})]
    ended = subprocess.run(
        ["bash", "-e", "-c", look["run"]],
        env={"PATH": os.environ["PATH"], "URL": url},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == (0 if url else 1)
    assert ("variable PRODUCTION_URL" in ended.stdout) == (not url)
    assert all("verify" in found[job]["needs"] for job in ("gate", "migrate", "deploy"))


@pytest.mark.parametrize("file", ["ci.yml", "rollback.yml"])
def test_elsewhere_it_is_left_out(file: str) -> None:
    """A rollback goes on without it, and it makes no commit red."""
    assert jobs(file)["smoke"]["if"] == f"vars.{TESTED[file]} != ''"
    assert "URL" not in str(jobs(file).get("verify"))


@pytest.mark.parametrize("file", TESTED)
def test_what_does_not_answer_is_over_within_minutes_and_the_line_is_the_teams_own(
    file: str,
) -> None:
    job = jobs(file)["smoke"]
    assert "environment" not in job  # so that the variable is one of the repository
    [line] = [line for line in (FOLDER / file).read_text().splitlines() if "curl" in line]
    assert line.endswith("# yours")
    each, tries, pause = (
        int(re.findall(rf"--{name} (\d+)", line)[0])
        for name in ("max-time", "retry", "retry-delay")
    )
    assert each + tries * (each + pause) < job["timeout-minutes"] * 60 / 2
