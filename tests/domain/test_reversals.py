"""The steps of Undo Rollback: what is taken back, and what is brought as by a rollback."""

import pytest

from bot.domain.deployments.deployments import Deployment
from bot.domain.deployments.states import Kind, State
from bot.domain.rollbacks.reversals import steps
from bot.domain.rollbacks.switching import TargetStep
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
