"""Each gate passes, warns or blocks, in words that name what was read and what to do."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.changes import ChangeList
from bot.domain.gates import Check, Evidence, Level, Verdict, blocks, judge

PASS, WARN, BLOCK = Level.PASS, Level.WARN, Level.BLOCK
GREEN = Check(name="test", conclusion="success")
RED = Check(name="lint", conclusion="failure")
RUNNING = Check(name="build", conclusion=None)
FINE = Evidence(
    version="v1.2.1",
    live="v1.2.0",
    on_branch=True,
    branch="main",
    released=True,
    checks=(GREEN,),
    changes=ChangeList(base="v1.2.0", ancestry="ahead"),
    workflow_active=True,
)
CHECKS = st.builds(
    Check,
    name=st.text(max_size=5),
    conclusion=st.sampled_from(
        [None, "success", "neutral", "skipped", "failure", "cancelled", "timed_out", "stale", "new"]
    ),
)
EVIDENCE = st.builds(
    Evidence,
    version=st.sampled_from(["v1.2.1", "v1.2.0", "v1.1.0", "nightly"]),
    live=st.sampled_from(["v1.2.0", "v1.2.1", "nightly", "", None]),
    on_branch=st.booleans(),
    branch=st.just("main"),
    released=st.booleans(),
    checks=st.lists(CHECKS, max_size=4).map(tuple),
    changes=st.builds(
        ChangeList,
        ancestry=st.sampled_from(["ahead", "behind", "diverged", "identical", "unknown"]),
    ),
    workflow_active=st.booleans(),
    missing_inputs=st.lists(st.text(max_size=5), max_size=2).map(tuple),
)


def verdict(gate: str, **changes: Any) -> Verdict:
    """The verdict of one gate when these facts differ."""
    [found] = [v for v in judge(replace(FINE, **changes)) if v.gate == gate]
    return found


def after(ancestry: str) -> ChangeList:
    return ChangeList(ancestry=ancestry)


@pytest.mark.parametrize(
    ("gate", "changes", "level", "text"),
    [
        ("ci", {}, PASS, "CI green (1 check)"),
        (
            "ci",
            {"checks": (GREEN, replace(GREEN, conclusion="skipped"))},
            PASS,
            "CI green (2 checks)",
        ),
        ("ci", {"checks": (GREEN, RED)}, BLOCK, "CI is red: lint"),
        ("ci", {"checks": (RED, RUNNING)}, BLOCK, "CI is red: lint"),
        ("ci", {"checks": (Check(name="x", conclusion="new"),)}, BLOCK, "CI is red: x"),
        ("ci", {"checks": (GREEN, RUNNING)}, BLOCK, "CI is still running: build"),
        ("ci", {"checks": ()}, WARN, "No CI checks on this commit"),
        ("merged", {}, PASS, "Merged to main"),
        ("merged", {"on_branch": False}, BLOCK, "The commit is not on main"),
        ("live", {}, PASS, "Follows v1.2.0"),
        ("live", {"live": None}, WARN, "No live version known; this is the first deployment"),
        ("live", {"live": "v1.2.1"}, WARN, "v1.2.1 is already live; this deploys it again"),
        ("live", {"changes": after("behind")}, BLOCK, "v1.2.1 is older than v1.2.0, which is live"),
        ("live", {"changes": after("diverged")}, WARN, "v1.2.1 does not contain all of v1.2.0"),
        ("live", {"changes": after("ahead"), "live": "v9.0.0"}, PASS, "Follows v9.0.0"),
        (
            "live",
            {"changes": after("unknown"), "live": "v1.3.0"},
            BLOCK,
            "v1.2.1 is older than v1.3.0, which is live",
        ),
        ("live", {"changes": after("unknown"), "live": "nightly"}, PASS, "Follows nightly"),
        ("release", {}, PASS, "Release notes published"),
        ("release", {"released": False}, WARN, "No GitHub release for v1.2.1"),
        ("workflow", {}, PASS, "Release workflow ready"),
        (
            "workflow",
            {"workflow_active": False},
            BLOCK,
            "The release workflow is disabled at GitHub",
        ),
        (
            "workflow",
            {"missing_inputs": ("region", "size")},
            BLOCK,
            "The release workflow needs inputs I cannot fill: region, size",
        ),
    ],
)
def test_what_each_gate_says(gate: str, changes: dict[str, Any], level: Level, text: str) -> None:
    found = verdict(gate, **changes)
    assert (found.level, found.text) == (level, text)


def test_going_back_names_the_way_back() -> None:
    assert verdict("live", changes=after("behind")).action == (
        "Going back is a rollback; ask for that instead."
    )


def test_a_sound_version_meets_no_objection() -> None:
    assert {found.level for found in judge(FINE)} == {PASS}


@given(EVIDENCE)
def test_all_gates_speak_at_once_and_a_block_says_what_to_do(evidence: Evidence) -> None:
    found = judge(evidence)
    assert [v.gate for v in found] == ["ci", "merged", "live", "release", "workflow"]
    assert all(v.text for v in found)
    assert all(v.action for v in blocks(found))
    assert blocks(found) == tuple(v for v in found if v.level is BLOCK)


@given(EVIDENCE)
def test_a_red_or_running_check_always_blocks(evidence: Evidence) -> None:
    bad = [c for c in evidence.checks if c.conclusion not in ("success", "neutral", "skipped")]
    assert (judge(evidence)[0].level is BLOCK) is bool(bad)
