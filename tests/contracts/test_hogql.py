"""What is asked of PostHog is HogQL, by PostHog's own parser, which is fetched at test time."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.adapters.posthog.monitor import query
from tests.strict import unavailable

PACKAGE = "hogql-parser==1.3.88"
INSTALL = (
    *(sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"),
    *("--no-deps", "--only-binary", ":all:", "--retries", "1"),
)
FETCHED_WITHIN = 90  # seconds
WORDS = ("ExposedHogQLError", "InternalHogQLError", "SyntaxError", "NotImplementedError")
# It wants the error classes of PostHog itself, which is no package.
ERRORS = "class BaseHogQLError(Exception): ...\n" + "".join(
    f"class {word}(BaseHogQLError): ...\n" for word in (*WORDS, "ParsingError")
)
PARSE = "import sys, hogql_parser as h; print(h.parse_select_json(sys.stdin.read()))"
NOON = datetime(2024, 3, 26, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def parser() -> Path:
    """A folder with the parser, kept from one run to the next."""
    kept = Path(tempfile.gettempdir()) / f"gonogo-{PACKAGE}-{sys.version_info.minor}"
    if not kept.exists():
        folder = Path(tempfile.mkdtemp(prefix="gonogo-hogql-"))
        try:
            words = (*INSTALL, "--target", str(folder), PACKAGE)
            subprocess.run(words, capture_output=True, timeout=FETCHED_WITHIN, check=True)
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
            shutil.rmtree(folder)
            unavailable("hogql-parser", f"pip could not install it: {error}")
        stub = folder / "posthog" / "hogql"
        stub.mkdir(parents=True)
        (stub / "errors.py").write_text(ERRORS)
        folder.rename(kept)
    return kept


def parsed(parser: Path, text: str) -> dict[str, Any]:
    """What PostHog would make of it, in a process of its own."""
    env = {"PYTHONPATH": str(parser), "PATH": os.environ["PATH"]}
    told = subprocess.run(
        (sys.executable, "-c", PARSE),
        input=text,
        env=env,
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert told.returncode == 0, told.stderr
    found: dict[str, Any] = json.loads(told.stdout)
    return found


@pytest.mark.parametrize("environment", [None, "production", "eu-west_1.live"])
def test_the_error_rate_is_asked_for_in_posthogs_own_words(
    parser: Path, environment: str | None
) -> None:
    found = parsed(parser, query(NOON - timedelta(hours=1), NOON, environment))
    assert not found.get("error"), found
    assert found["node"] == "SelectQuery"
    assert len(found["select"]) == 2
    assert found["select_from"]["table"]["chain"] == ["events"]
    asked = json.dumps(found["where"])
    assert "2024-03-26 11:00:00" in asked and "2024-03-26 12:00:00" in asked
    assert ("$environment" in asked) is (environment is not None)


def test_the_parser_does_say_no(parser: Path) -> None:
    right = query(NOON - timedelta(hours=1), NOON, None)
    for wrong in (right.replace("from", "form"), right + " and", right + "; select 1"):
        assert parsed(parser, wrong).get("error"), wrong
