"""A run that waits is cancelled, then with force, then left to a person; one that began only where
a person wishes just that.
"""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.rollbacks.stops import (
    BEGUN_FORCE_AFTER,
    BEGUN_GIVE_UP_AFTER,
    FORCE_AFTER,
    GIVE_UP_AFTER,
    Stop,
    Wish,
)
from bot.domain.rollbacks.switching import again
from bot.domain.rollbacks.target_steps import Progress, TargetStep
from bot.domain.rollbacks.targets import Fate, Sight
from tests.domain.samples import NOON

NEW = Stop(by="U0BO", run=7)
ASKED = NEW.asking(7, Wish.CANCEL, NOON)
FORCED = ASKED.asking(7, Wish.FORCE, NOON + FORCE_AFTER)
SOON = timedelta(seconds=1)
HANGS = replace(NEW, begun=True)
HANGS_STILL = HANGS.asking(7, Wish.CANCEL, NOON)
HANGS_FORCED = HANGS_STILL.asking(7, Wish.FORCE, NOON + BEGUN_FORCE_AFTER)


@pytest.mark.parametrize(
    ("stop", "waits", "after", "wish"),
    [
        (NEW, 7, SOON, Wish.CANCEL),
        (NEW, None, SOON, Wish.DROP),
        (ASKED, 7, SOON, Wish.LOOK),
        (ASKED, None, SOON, Wish.DROP),
        (replace(ASKED, trouble="HTTP 502"), 7, SOON, Wish.CANCEL),
        (replace(ASKED, trouble="HTTP 502"), None, SOON, Wish.DROP),
        (ASKED, 7, FORCE_AFTER - SOON, Wish.LOOK),
        (ASKED, 7, FORCE_AFTER, Wish.FORCE),
        (FORCED, 7, FORCE_AFTER + SOON, Wish.LOOK),
        (replace(FORCED, trouble="HTTP 502"), 7, FORCE_AFTER + SOON, Wish.FORCE),
        (FORCED, 7, GIVE_UP_AFTER, Wish.GIVE_UP),
        (FORCED, None, GIVE_UP_AFTER, Wish.DROP),
        (HANGS, None, SOON, Wish.CANCEL),
        (HANGS_STILL, None, FORCE_AFTER, Wish.LOOK),
        (HANGS_STILL, 7, FORCE_AFTER, Wish.LOOK),
        (replace(HANGS_STILL, trouble="HTTP 502"), None, SOON, Wish.CANCEL),
        (HANGS_STILL, None, BEGUN_FORCE_AFTER, Wish.FORCE),
        (HANGS_FORCED, None, BEGUN_FORCE_AFTER + SOON, Wish.LOOK),
        (HANGS_FORCED, None, BEGUN_GIVE_UP_AFTER, Wish.GIVE_UP),
        (FORCED, 9, GIVE_UP_AFTER, Wish.CANCEL),  # an earlier run of the same request turned up
    ],
)
def test_what_is_due(stop: Stop, waits: int | None, after: timedelta, wish: Wish) -> None:
    assert stop.wish(waits, NOON + after) is wish


def test_of_another_run_it_begins_anew() -> None:
    assert FORCED.asking(9, Wish.CANCEL, NOON) == replace(NEW, run=9, asked_at=NOON)
    assert FORCED.asking(7, Wish.CANCEL, NOON).forced_at == NOON + FORCE_AFTER


LOST = TargetStep(
    target="web",
    progress=Progress.ENDED,
    began_at=NOON,
    ended_at=NOON,
    fate=Fate.UNKNOWN,
    due_by=NOON,
    stop=ASKED,
)
FOLLOWED = replace(LOST, receipt={"run": "7"})
ANEW = TargetStep(target="web", attempt=2)


def test_a_further_try_looks_first_at_a_run_that_may_go_on() -> None:
    [kept] = again((FOLLOWED,))
    assert (kept.progress, kept.receipt, kept.attempt) == (Progress.RUNNING, {"run": "7"}, 1)
    assert (kept.fate, kept.due_by, kept.stop, kept.again) == (None, None, None, True)
    assert kept.left is None  # it is about to be looked at
    [lost] = again((LOST,))
    assert (lost.progress, lost.began_at, lost.attempt) == (Progress.STARTING, NOON, 1)
    assert lost.looked_at_again() == lost
    for other in (
        replace(LOST, receipt={"operation": "D1-a"}),  # the place itself sees to it
        replace(FOLLOWED, fate=Fate.FAILED_BROKEN),
        replace(FOLLOWED, undoes={"from": "1"}),
    ):
        [begun] = again((other,))
        assert begun == replace(ANEW, undoes=other.undoes, left=other.fate)


@pytest.mark.parametrize("fate", [None, Fate.SUCCEEDED])
def test_what_goes_on_or_ended_well_is_gone_on_with(fate: Fate | None) -> None:
    [kept] = again((FOLLOWED,))
    seen = kept.seen(Sight(fate=fate, text="run 7", at=NOON, waits=7))
    assert seen.looked_at_again() == replace(seen, again=False)


@pytest.mark.parametrize("fate", [Fate.FAILED_RESTORED, Fate.FAILED_BROKEN, Fate.UNKNOWN])
def test_what_is_over_or_nobody_can_tell_is_begun_anew(fate: Fate) -> None:
    [kept] = again((FOLLOWED,))
    begun = kept.seen(Sight(fate=fate, text="run 7", at=NOON)).looked_at_again()
    if fate is Fate.FAILED_RESTORED:  # it is known by now that it changed nothing
        assert begun == ANEW
    else:
        assert begun == replace(ANEW, left=fate, left_as="run 7")


def test_what_never_began_is_begun_by_the_same_word() -> None:
    [lost] = again((LOST,))
    waits = replace(lost, progress=Progress.WAITING)
    assert waits.looked_at_again() == replace(waits, again=False)
