"""The steps of a rollback: what they came to, also where a target can be asked no more."""

import pytest

from bot.domain.rollbacks.switching import Outcome, Progress, TargetStep, outcome
from bot.domain.rollbacks.targets import Fate
from tests.domain.samples import NOON


def test_without_a_step_nothing_was_switched() -> None:
    assert outcome((), stop_on_failure=True) is Outcome.UNCHANGED


@pytest.mark.parametrize(
    ("progress", "fate", "came_to"),
    [
        (Progress.WAITING, Fate.FAILED_RESTORED, Outcome.UNCHANGED),
        (Progress.STARTING, Fate.UNKNOWN, Outcome.MIXED),
        (Progress.RUNNING, Fate.UNKNOWN, Outcome.MIXED),
    ],
)
def test_of_a_target_that_is_gone_only_what_was_not_begun_changed_nothing(
    progress: Progress, fate: Fate, came_to: Outcome
) -> None:
    gone = TargetStep(target="web", progress=progress, began_at=NOON).gone("it is gone", NOON)
    assert (gone.fate, gone.text, gone.ended_at) == (fate, "it is gone", NOON)
    assert outcome((gone,), stop_on_failure=True) is came_to
