"""Lists that are longer than their place: what matters most is told, and how much is left out."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from bot.domain.deployments.changes import Change, ChangeList
from bot.domain.deployments.migrations import Migration
from bot.domain.deployments.runs import Progress as Run
from bot.domain.deployments.runs import Stage
from bot.domain.deployments.states import Kind, State
from bot.domain.metrics.history import Record, Result
from bot.domain.rollbacks.expectations import Expected
from bot.domain.rollbacks.prospects import NOTHING_KNOWN
from bot.domain.rollbacks.rehearsal import Place, Rehearsal
from bot.domain.rollbacks.rollbacks import Earlier
from bot.domain.rollbacks.target_steps import Progress, TargetStep
from bot.domain.rollbacks.targets import Fate
from bot.messages.blocks import SECTION_LIMIT
from bot.messages.deployments import cards, forms, notes, progress
from bot.messages.rollbacks import rehearsals, rollbacks, undoing
from tests.domain.samples import NOON
from tests.messages.samples import LATER, in_state, read

STUCK = Migration(path="db/0020.sql", has_down=False)
MIGRATIONS = (*(Migration(path=f"db/{i:04}.sql", has_down=True) for i in range(20)), STUCK)
URL = "https://github.com/acme/app/pull"


def test_the_thread_lists_all_changes_of_which_the_card_has_room_for_a_few() -> None:
    each = tuple(
        Change(title=f"Make part {i} " + "better " * 12, author="ana-acme", pull_request=i, url=URL)
        for i in range(130)
    )
    listed = ChangeList(base="v1.2.0", commits=130, changes=each)
    told = read(notes.all_changes(in_state(State.AWAITING_APPROVAL, changes=listed)))
    assert told.count("• Make part") == 79 and told.endswith("• and 51 more")


def rehearsal(places: Sequence[Place]) -> Rehearsal:
    return Rehearsal(at=NOON, version="v1.2.0", places=tuple(places), migrations=MIGRATIONS)


def test_of_a_hundred_places_those_that_are_not_ready_are_told_and_the_database() -> None:
    took = timedelta(seconds=20)
    ready = Place(name="web", kind="docker_ssh", possible=True, facts=("x" * 90,), takes=took)
    places = [replace(ready, name=f"web-{i}", pinned="y" * 150) for i in range(100)]
    places[99] = replace(ready, name="web-99", possible=False, text="no image")
    told = rehearsals.way_back(rehearsal(places))
    assert len(told) <= SECTION_LIMIT
    assert "web-99 *no* (no image)" in told and "more, all ready, migrations" in told
    assert "migrations reversible 🔴 *no* (0020.sql)" in told and ", about" in told
    assert "*and 97 more are pinned*" in told and told.endswith("• and 95 more")

    bad = [replace(ready, name=f"web-{i}", possible=False, text="z" * 90) for i in range(30)]
    told = rehearsals.way_back(rehearsal([ready, *bad]))
    kept = told.count("*no* (z")
    assert 0 < kept < 30 and f"and {31 - kept} more, {30 - kept} of them *not ready*" in told

    expected = [Expected(name=f"web-{i}", takes=took) for i in range(100)]
    assert rehearsals.times(expected).endswith(" more, about 33 min in all.")


def test_a_migration_without_a_way_down_is_told_before_those_that_have_one() -> None:
    told = undoing.listed(MIGRATIONS)
    assert "• 🔴 0020.sql: no way down" in told and told[-1] == "• and 13 more"
    assert undoing.listed((STUCK,) * 10)[-1] == "• and 2 more, 🔴 2 with no way down"


def test_of_two_hundred_targets_the_broken_one_is_told_and_how_many_are_left_out() -> None:
    steps = [
        TargetStep(target=f"web-{i:03}", progress=Progress.ENDED, fate=Fate.SUCCEEDED)
        for i in range(200)
    ]
    steps[150] = replace(steps[150], fate=Fate.FAILED_BROKEN, text="no answer on its port")
    steps[199] = replace(steps[199], progress=Progress.RUNNING, fate=None)
    rolling = in_state(State.DEGRADED, kind=Kind.ROLLBACK, steps=tuple(steps))
    told = read(cards.card(rolling, LATER))
    assert "• web-150 *failed broken*: no answer on its port" in told
    assert "• web-199 *running*" in told
    kept = told.count("• web-")
    assert f"• and {200 - kept} more: {200 - kept} succeeded" in told


def test_of_many_jobs_what_failed_and_what_is_at_work_is_told_first() -> None:
    stages = [Stage(name=f"job {i}", status="completed", conclusion="success") for i in range(18)]
    stages.append(Stage(name="tests", status="completed", conclusion="failure"))
    stages.append(Stage(name="build", status="in_progress"))
    run = Run(status="in_progress", stages=tuple(stages))
    told = progress.listed(in_state(State.RUNNING, progress=run), LATER).splitlines()
    assert told[-3:] == ["• tests failed", "• *build* in progress", "• and 8 more"]


def test_of_many_versions_to_go_back_to_it_is_said_how_many_are_left_out() -> None:
    versions = [f"v1.{minor}.0" for minor in range(11)]
    told = rollbacks.other_ways(NOTHING_KNOWN, versions)
    assert len(told) == 9 and told[-1] == "• and 3 more"

    ran = Record(
        id="D1",
        service="app",
        environment="production",
        version="v1.0.0",
        result=Result.SUCCESS,
        requested_at=NOON,
    )
    records = [Earlier(version=name, record=ran, why_not="marked bad") for name in versions]
    order = rollbacks.Order(service="app", environment="production", version="v1.2.0", live=None)
    assert "marked bad) and 2 more" in read(rollbacks.proposal(order, tuple(records), None))
    small_print = str(forms.rollback(order, records, None, "C0DEPLOY")["blocks"][-1])
    assert small_print.count("marked bad") == 8 and "and 3 more" in small_print
