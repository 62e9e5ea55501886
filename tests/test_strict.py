"""A missing system program is never missed silently."""

from __future__ import annotations

import pytest

pytest_plugins = ["pytester"]

TESTS = """
import pytest
from tests.strict import unavailable

@pytest.mark.needs("no-such-program")
def test_one(): ...

@pytest.mark.needs("no-such-program")
def test_two(): ...

def test_three(): unavailable("docker", "dockerd did not start")

@pytest.mark.needs("python3")
def test_four(): ...
"""


@pytest.fixture
def suite(pytester: pytest.Pytester) -> pytest.Pytester:
    pytester.makeini(
        "[pytest]\n"
        "asyncio_default_fixture_loop_scope = function\n"
        "markers = needs(program): a system program\n"
    )
    pytester.makepyfile(TESTS)
    return pytester


def test_what_is_missing_is_named_at_the_end(
    suite: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GONOGO_STRICT", raising=False)
    result = suite.runpytest_inprocess("-p", "tests.strict")
    result.assert_outcomes(passed=1, skipped=3)
    result.stdout.fnmatch_lines(
        [
            "*NOT TESTED on this machine*",
            "docker: dockerd did not start (1 tests)",
            "no-such-program: not installed (2 tests)",
        ]
    )


def test_what_must_be_there_is_an_error(
    suite: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GONOGO_STRICT", "docker,no-such-program")
    result = suite.runpytest_inprocess("-p", "tests.strict")
    result.assert_outcomes(passed=1, errors=2, failed=1)
