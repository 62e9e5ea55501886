"""Replacing: only what is older and has never touched anything gives way, and no way back to
anything that is not one.
"""

from typing import Any

import pytest

from bot.domain.deployments.replacing import (
    gives_way,
    gives_way_to_run,
    is_stuck,
    must_give_way,
)
from bot.domain.deployments.runs import Dispatch
from bot.domain.deployments.states import Kind, State
from bot.domain.errors import Refusal
from bot.domain.gates import Level, Verdict
from bot.domain.rollbacks.undoing import Undoing
from bot.domain.versions import Version
from tests.domain.samples import NOON, a_deployment

NEWER = Version(1, 2, 2)
SENT = Dispatch(before_run_id=1, attempt=1, sent_at=NOON, ref="main", carries_id=True, guarded=True)
RED = Verdict(gate="ci", level=Level.BLOCK, text="CI is red: lint", action="Fix it.")
WAITS = {State.REQUESTED, State.CHECKING, State.AWAITING_APPROVAL}


@pytest.mark.parametrize("state", State)
def test_only_what_waits_gives_way(state: State) -> None:
    assert gives_way(a_deployment(state=state), NEWER) is (state in WAITS)


@pytest.mark.parametrize(
    ("facts", "version"),
    [
        ({}, Version(1, 2, 1)),
        ({}, Version(1, 2, 0)),
        ({"version": "latest"}, NEWER),
        ({"run_id": 7}, NEWER),
        ({"dispatch": SENT}, NEWER),
        ({"kind": Kind.ROLLBACK}, NEWER),
        ({"kind": Kind.REDEPLOY, "reverses": "D11"}, NEWER),
    ],
)
def test_what_does_not_give_way(facts: dict[str, Any], version: Version) -> None:
    holder = a_deployment(state=State.AWAITING_APPROVAL, **facts)
    assert not gives_way(holder, version)
    with pytest.raises(Refusal, match="Nothing was done: D12"):
        must_give_way(holder, version)


@pytest.mark.parametrize(
    ("facts", "stuck"),
    [
        ({"verdicts": (RED,)}, True),
        ({}, False),
        ({"verdicts": (RED,), "run_id": 7}, False),
        ({"verdicts": (RED,), "kind": Kind.ROLLBACK}, False),
    ],
)
def test_what_is_blocked_keeps_nobody_from_deploying(facts: dict[str, Any], stuck: bool) -> None:
    assert is_stuck(a_deployment(state=State.AWAITING_APPROVAL, **facts)) is stuck


WAITS_HERE: dict[str, Any] = {"state": State.AWAITING_APPROVAL}
BACK: dict[str, Any] = {"state": State.DEGRADED, "kind": Kind.ROLLBACK}
HALF = Undoing(count=1, version="v1.2.1", is_half_back=True)


@pytest.mark.parametrize(
    ("facts", "by", "gives"),
    [
        (WAITS_HERE, Kind.RELEASE, True),
        (WAITS_HERE, Kind.ROLLBACK, True),
        ({"state": State.DEGRADED}, Kind.RELEASE, True),
        ({"state": State.RUNNING}, Kind.RELEASE, False),
        (WAITS_HERE | {"kind": Kind.REDEPLOY, "reverses": "D11"}, Kind.RELEASE, True),
        (WAITS_HERE | {"kind": Kind.ROLLBACK}, Kind.RELEASE, False),
        (WAITS_HERE | {"kind": Kind.ROLLBACK}, Kind.ROLLBACK, False),
        (BACK, Kind.RELEASE, False),
        (BACK, Kind.ROLLBACK, True),
        (BACK | {"undoing": HALF}, Kind.ROLLBACK, False),
    ],
)
def test_what_is_started_outside_displaces_no_rollback(
    facts: dict[str, Any], by: Kind, gives: bool
) -> None:
    holder = a_deployment(**facts)
    assert gives_way_to_run(holder, by, is_merge=False) is gives
    assert not gives_way_to_run(holder, by, is_merge=True)
