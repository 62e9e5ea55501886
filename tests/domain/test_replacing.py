"""Replacing: only what is older and has never touched anything gives way."""

from typing import Any

import pytest

from bot.domain.deployments.replacing import gives_way, must_give_way
from bot.domain.deployments.runs import Dispatch
from bot.domain.deployments.states import State
from bot.domain.errors import Refusal
from bot.domain.versions import Version
from tests.domain.samples import NOON, a_deployment

NEWER = Version(1, 2, 2)
SENT = Dispatch(before_run_id=1, attempt=1, sent_at=NOON, ref="main", carries_id=True, guarded=True)
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
    ],
)
def test_what_does_not_give_way(facts: dict[str, Any], version: Version) -> None:
    holder = a_deployment(state=State.AWAITING_APPROVAL, **facts)
    assert not gives_way(holder, version)
    with pytest.raises(Refusal, match="Nothing was done: D12"):
        must_give_way(holder, version)
