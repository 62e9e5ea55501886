"""When a version went live, and how long others are tried to be told of it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.deployments.annotations import GIVE_UP, Annotation, went_live
from bot.domain.deployments.deployments import Deployment

NOON = datetime(2024, 3, 26, 12, tzinfo=UTC)
BEFORE = Deployment(
    service="app",
    environment="production",
    version="v1.2.1",
    repo="acme/app",
    workflow="release.yml",
    requested_by="U0ANA",
    requested_at=NOON,
)
LIVE = replace(BEFORE, live_at=NOON)
SENT = Annotation(deployment=2, place="Sentry", wished_at=NOON, sent_at=NOON, due_at=NOON)


@pytest.mark.parametrize(
    ("old", "new", "is_news"),
    [
        (BEFORE, LIVE, True),
        (BEFORE, BEFORE, False),
        (LIVE, LIVE, False),
        (replace(BEFORE, dry_run=True), replace(LIVE, dry_run=True), False),
    ],
)
def test_only_the_step_that_brings_it_live_is_news(
    old: Deployment, new: Deployment, is_news: bool
) -> None:
    assert went_live(old, new) is is_news


def put_off(one: Annotation, now: datetime, wait: float | None = None) -> Annotation:
    return one.put_off(now, "HTTP 502", wait=wait, is_lost=False)


def test_the_pauses_grow_to_an_hour_and_end_after_a_day() -> None:
    one, now, pauses = SENT, NOON, list[timedelta]()
    while not one.given_up:
        one = put_off(one, now)
        if one.due_at:
            pauses.append(one.due_at - now)
            now = one.due_at
    assert [pause // timedelta(minutes=1) for pause in pauses[:8]] == [1, 2, 4, 8, 16, 32, 60, 60]
    assert GIVE_UP - timedelta(hours=1) < sum(pauses, timedelta(0)) <= GIVE_UP
    assert (one.given_up, one.due_at, one.told_at) == ("HTTP 502", None, None)


def test_who_asks_for_more_time_gets_it() -> None:
    assert put_off(SENT, NOON, wait=600).due_at == NOON + timedelta(minutes=10)
    assert put_off(SENT, NOON, wait=5).due_at == NOON + timedelta(minutes=1)


def test_only_a_lost_answer_leaves_open_whether_it_was_told() -> None:
    assert put_off(SENT, NOON).sent_at is None
    assert SENT.put_off(NOON, "no answer", wait=None, is_lost=True).sent_at == NOON
