"""The steps of a rollback: what they came to, also where a target can be asked no more."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.rollbacks.switching import Outcome, again, outcome
from bot.domain.rollbacks.target_steps import FOUND_WITHIN, UNCLEAR, Progress, TargetStep
from bot.domain.rollbacks.targets import Fate, Sight
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


LONGEST = timedelta(minutes=30)
SOON = timedelta(minutes=1)
WAITING = TargetStep(target="web")
STARTING = TargetStep(target="web", progress=Progress.STARTING, began_at=NOON)


def after(before: TargetStep, step: TargetStep, minutes: float) -> TargetStep:
    """The step as it is kept so long after noon."""
    at = NOON + timedelta(minutes=minutes)
    return step.timed(before, at, LONGEST).in_time(at)


def seen(step: TargetStep, fate: Fate | None, minutes: float) -> TargetStep:
    at = NOON + timedelta(minutes=minutes)
    return after(step, step.seen(Sight(fate=fate, text="what it does", at=at)), minutes)


def test_a_step_has_its_time_from_when_it_is_taken_up_and_from_when_it_was_sent() -> None:
    begun = after(WAITING, STARTING, 0)
    assert begun.awaited_until == NOON + LONGEST
    assert after(begun, begun, 10).awaited_until == NOON + LONGEST
    sent = seen(begun, None, 10)
    assert sent.awaited_until == NOON + timedelta(minutes=40)
    assert seen(sent, None, 39).progress is Progress.RUNNING
    over = seen(sent, None, 40)
    assert (over.progress, over.fate, over.awaited_until) == (Progress.ENDED, Fate.UNKNOWN, None)
    assert over.text == ("what it does; not awaited any longer, look at web before anything else")
    assert outcome((over,), stop_on_failure=True) is Outcome.MIXED
    assert seen(sent, Fate.SUCCEEDED, 40).fate is Fate.SUCCEEDED


def test_what_nobody_can_tell_is_soon_a_persons() -> None:
    sent = seen(after(WAITING, STARTING, 0), Fate.UNKNOWN, 1)
    assert sent.awaited_until == NOON + SOON + UNCLEAR
    assert seen(sent, Fate.UNKNOWN, 2.9).progress is Progress.RUNNING
    again = seen(sent, None, 2.9)
    assert again.awaited_until == NOON + SOON + LONGEST
    assert seen(again, Fate.UNKNOWN, 3.1).progress is Progress.RUNNING
    assert seen(sent, Fate.UNKNOWN, 3).progress is Progress.ENDED


def test_what_could_not_be_sent_in_time_changed_nothing() -> None:
    begun = after(WAITING, STARTING, 0)
    put_off = TargetStep(target="web", text="no route", began_at=NOON, due_by=begun.due_by)
    assert after(begun, put_off, 29).progress is Progress.WAITING
    late = after(begun, put_off, 30)
    assert (late.fate, late.text) == (
        Fate.FAILED_RESTORED,
        "no route; it was not begun in time",
    )
    assert outcome((late,), stop_on_failure=True) is Outcome.UNCHANGED


def test_where_nobody_looked_for_so_long_what_is_sent_then_has_its_time() -> None:
    put_off = after(WAITING, WAITING, 0)
    at = NOON + timedelta(minutes=90)
    taken = replace(put_off, progress=Progress.STARTING, began_at=at)
    begun = after(put_off, taken, 90)
    assert begun.awaited_until == at + FOUND_WITHIN
    assert seen(begun, None, 91).awaited_until == NOON + timedelta(minutes=121)
    assert after(begun, replace(begun, progress=Progress.WAITING), 91).fate is Fate.FAILED_RESTORED


UNCLEAR_STILL = Sight(fate=Fate.UNKNOWN, text="", at=NOON)


@pytest.mark.parametrize("left", [Fate.FAILED_BROKEN, Fate.UNKNOWN])
def test_a_retry_that_changes_nothing_leaves_what_the_try_before_left(left: Fate) -> None:
    sent = TargetStep(target="web", progress=Progress.RUNNING, began_at=NOON)
    broken = sent.ended(Sight(fate=left, text="1 of 2 domains did not move", at=NOON))
    [retried] = again((broken,))
    if retried.again:  # nobody can tell by looking either
        retried = retried.seen(replace(UNCLEAR_STILL, text=broken.text)).looked_at_again()
    for text in ("HTTP 403", "HTTP 402"):
        refused = replace(retried, progress=Progress.STARTING, began_at=NOON).failed(text, NOON)
        assert outcome((refused,), stop_on_failure=True) is Outcome.MIXED
        told = f"{text}; the try before left it so: 1 of 2 domains did not move"
        assert (refused.came_to, refused.told) == (left, told)
        [retried] = again((refused,))
    good = replace(retried, progress=Progress.RUNNING, began_at=NOON).ended(
        Sight(fate=Fate.SUCCEEDED, text="it runs", at=NOON)
    )
    assert outcome((good,), stop_on_failure=True) is Outcome.SWITCHED
    assert (good.came_to, good.told) == (Fate.SUCCEEDED, "it runs")


def test_a_retry_of_what_changed_nothing_may_change_nothing() -> None:
    refused = replace(WAITING, progress=Progress.STARTING, began_at=NOON).failed("HTTP 403", NOON)
    [retried] = again((refused,))
    twice = replace(retried, progress=Progress.STARTING, began_at=NOON).failed("HTTP 402", NOON)
    assert outcome((twice,), stop_on_failure=True) is Outcome.UNCHANGED
    assert twice.told == "HTTP 402"


@pytest.mark.parametrize("before", [None, Fate.FAILED_BROKEN])
@pytest.mark.parametrize(
    ("turned_out", "leaves"),
    [
        (Fate.FAILED_RESTORED, None),
        (Fate.FAILED_BROKEN, Fate.FAILED_BROKEN),
        (Fate.UNKNOWN, Fate.UNKNOWN),
    ],
)
def test_a_try_that_turns_out_to_have_changed_nothing_leaves_what_was_before_it(
    before: Fate | None, turned_out: Fate, leaves: Fate | None
) -> None:
    sent = replace(WAITING, progress=Progress.RUNNING, began_at=NOON, receipt={"run": "7"})
    lost = replace(sent, left=before, left_as="1 of 2 domains did not move" if before else "")
    [looking] = again((lost.ended(Sight(fate=Fate.UNKNOWN, text="no answer", at=NOON)),))
    seen = looking.seen(Sight(fate=turned_out, text="run 7 ended", at=NOON)).looked_at_again()
    assert (seen.progress, seen.attempt) == (Progress.WAITING, 2)
    assert seen.left == (leaves or before)
    refused = replace(seen, progress=Progress.STARTING, began_at=NOON).failed("HTTP 403", NOON)
    assert (refused.came_to is Fate.FAILED_RESTORED) is (leaves is None and before is None)
