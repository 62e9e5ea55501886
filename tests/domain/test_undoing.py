"""A database goes back in one order, once, and only where every migration can be undone."""

from dataclasses import replace

import pytest

from bot.domain.deployments.migrations import Migration
from bot.domain.errors import Refusal
from bot.domain.rollbacks.rehearsal import Rehearsal
from bot.domain.rollbacks.switching import Outcome, again, following, outcome, retried
from bot.domain.rollbacks.target_steps import Progress, TargetStep
from bot.domain.rollbacks.targets import Fate
from bot.domain.rollbacks.undoing import Undoing, between, require_reversible, steps, was_begun
from tests.domain.samples import NOON

DOWN = Migration(path="migrations/0008_add.sql", has_down=True)
STUCK = Migration(path="migrations/0007_drop.sql", has_down=False)
UNSEEN = Migration(path="migrations/0009_big.sql", has_down=None)
FOUND = Rehearsal(at=NOON, version="v1.2.0", ran_as="D1", migrations=(DOWN,))
LISTED = (*steps(Undoing(count=2, version="v1.2.1")), TargetStep(target="web"))


def after(*fates: Fate | None) -> tuple[TargetStep, ...]:
    """The steps, the first of them ended so."""
    ended = tuple(
        replace(step, progress=Progress.ENDED, fate=fate, began_at=NOON, ended_at=NOON)
        for step, fate in zip(LISTED, fates, strict=False)
    )
    return (*ended, *LISTED[len(ended) :])


@pytest.mark.parametrize("stuck", [STUCK, UNSEEN])
def test_what_has_no_way_down_or_may_have_none_is_refused_by_name(stuck: Migration) -> None:
    require_reversible((DOWN,))
    with pytest.raises(Refusal, match=stuck.name) as refused:
        require_reversible((DOWN, stuck))
    assert refused.value.code == "irreversible"


@pytest.mark.parametrize(
    ("rehearsal", "known"),
    [
        (FOUND, (DOWN,)),
        (replace(FOUND, migrations=()), ()),
        (replace(FOUND, migrations=None), None),
        (replace(FOUND, version="v1.1.0"), None),
        (replace(FOUND, unread="github: HTTP 502"), None),
        (None, None),
    ],
)
def test_what_is_in_between_is_known_from_the_rehearsal_of_that_very_way(
    rehearsal: Rehearsal | None, known: tuple[Migration, ...] | None
) -> None:
    assert between(rehearsal, "v1.2.0") == known


def test_it_is_looked_at_before_and_after_and_the_code_follows() -> None:
    assert [step.target for step in LISTED] == [
        *("migrate:status before", "migrate:verify before", "migrate:down 2"),
        *("migrate:status after", "migrate:verify after", "web"),
    ]
    assert [step.changes for step in LISTED] == [False, False, True, False, False, True]


OK, NO, BROKEN, UNKNOWN = (
    Fate.SUCCEEDED,
    Fate.FAILED_RESTORED,
    Fate.FAILED_BROKEN,
    Fate.UNKNOWN,
)


@pytest.mark.parametrize("configured", [True, False])
@pytest.mark.parametrize(
    ("fates", "place", "found"),
    [
        ((), 0, Outcome.GOING_ON),
        ((NO,), None, Outcome.UNCHANGED),
        ((OK, BROKEN), None, Outcome.UNCHANGED),
        ((OK, OK, NO), None, Outcome.UNCHANGED),
        ((OK, OK, BROKEN), None, Outcome.MIXED),
        ((OK, OK, UNKNOWN), None, Outcome.MIXED),
        ((OK, OK, OK), 3, Outcome.GOING_ON),
        ((OK, OK, OK, BROKEN), 4, Outcome.GOING_ON),
        ((OK, OK, OK, NO, UNKNOWN), 5, Outcome.GOING_ON),
        ((OK, OK, OK, NO, UNKNOWN, OK), None, Outcome.SWITCHED),
        ((OK, OK, OK, OK, OK, NO), None, Outcome.MIXED),
    ],
)
def test_what_fails_before_the_way_down_or_in_it_stops_everything_after_it_nothing(
    fates: tuple[Fate, ...], place: int | None, found: Outcome, configured: bool
) -> None:
    listed = after(*fates)
    assert following(listed, stop_on_failure=configured) == place
    assert outcome(listed, stop_on_failure=configured) is found


def test_a_way_down_that_was_begun_is_never_begun_again() -> None:
    for fate in (BROKEN, UNKNOWN):
        assert was_begun(after(OK, OK, fate))
        assert retried(after(OK, OK, fate)) == ()
        assert again(after(OK, OK, fate)) == after(OK, OK, fate)


def test_a_way_down_that_was_declined_may_be_asked_for_again() -> None:
    declined = after(OK, OK, NO)
    assert not was_begun(declined)
    assert retried(declined)[0].target == "migrate:down 2"
    assert again(declined)[2].attempt == 2


def test_a_look_or_a_target_that_failed_may_be_tried_again() -> None:
    tried = again(after(OK, NO))
    assert [(step.target, step.attempt, step.fate) for step in tried[:3]] == [
        ("migrate:status before", 1, OK),
        ("migrate:verify before", 2, None),
        ("migrate:down 2", 1, None),
    ]
    assert [step.target for step in retried(after(OK, OK, OK, BROKEN, OK, NO))] == ["web"]
