"""The steps of Undo Rollback: what is taken back, and what is brought as by a rollback."""

import pytest

from bot.domain.deployments.deployments import Deployment
from bot.domain.deployments.states import Kind, State
from bot.domain.errors import Refusal
from bot.domain.rollbacks.reversals import require_free, steps
from bot.domain.rollbacks.target_steps import TargetStep
from tests.domain.samples import a_deployment

NEW, OLD, OLDER = "build-3", "build-2", "build-1"
LEFT = a_deployment(id=1, state=State.SUCCEEDED, ran={"web": NEW})


def a_rollback(number: int, receipt: dict[str, str], takes_back: str = "D1") -> Deployment:
    """One that switched the target web."""
    step = TargetStep(target="web", receipt=receipt)
    return a_deployment(id=number, kind=Kind.ROLLBACK, rolls_back=takes_back, steps=(step,))


MOVED = {"from": NEW, "to": OLD}
STAYED = {"from": OLD, "to": OLD, "already": "yes"}


@pytest.mark.parametrize(
    ("before", "own", "undoes"),
    [
        ({}, MOVED, MOVED),
        ({}, STAYED, {}),  # somebody else had moved it
        ({}, {"from": OLDER, "to": OLD}, {}),
        ({}, {"run": "7"}, {}),  # a workflow brings any version
        ({}, {}, {}),
        (MOVED, STAYED, MOVED),  # the one before it got half-way, and had moved it
        (MOVED, {"run": "7"}, MOVED),
        ({"from": NEW, "to": OLDER}, {"from": OLDER, "to": OLD}, {"from": NEW, "to": OLDER}),
        (STAYED, STAYED, {}),
    ],
)
def test_taken_back_is_what_moved_it_away(
    before: dict[str, str], own: dict[str, str], undoes: dict[str, str]
) -> None:
    half, rollback = a_rollback(2, before), a_rollback(3, own)
    [step] = steps(rollback, LEFT, (rollback, half, LEFT))
    assert step == TargetStep(target="web", undoes=undoes)


def test_what_another_rollback_took_away_is_not_this_ones() -> None:
    another = a_rollback(2, MOVED, takes_back="D0")
    [step] = steps(a_rollback(3, STAYED), LEFT, (another,))
    assert step.undoes == {}


def test_where_nobody_knows_what_ran_nothing_is_taken_back() -> None:
    [step] = steps(a_rollback(3, {"from": "", "to": OLD}), LEFT.with_(ran={}), ())
    assert step.undoes == {}


@pytest.mark.parametrize(
    ("state", "then"),
    [
        (State.CHECKING, "only waits there. Press Cancel on its card, then try again."),
        (State.AWAITING_APPROVAL, "only waits there. Press Cancel on its card, then try again."),
        (State.DEGRADED, "Press Close as Failed on its card, then try again."),
        (State.RUNNING, "has to end first. If it changes nothing, try again; once it is live"),
        (State.SWITCHING, "/deploy v1.2.1 brings it back."),
        (State.NEEDS_ATTENTION, "has to end first."),
    ],
)
def test_beside_another_it_says_what_to_expect(state: State, then: str) -> None:
    with pytest.raises(Refusal) as refused:
        require_free(a_deployment(id=5, state=state, version="v1.3.0"), "v1.2.1")
    said = str(refused.value)
    assert said.startswith("Nothing was done: D5 (v1.3.0) ")
    assert then in said
    require_free(None, "v1.2.1")
