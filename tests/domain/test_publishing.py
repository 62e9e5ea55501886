"""A status post: what it is to say next, and when that is sent."""

from datetime import timedelta
from typing import Any

import pytest

from bot.domain.incidents.publishing import Health, Phase, StatusPost
from bot.messages.incidents.publishing import status
from tests.domain.samples import NOON
from tests.store.samples import a_status_post

MINUTE = timedelta(minutes=1)
UNDER_WAY = a_status_post(7).begun(NOON + MINUTE)


def saying(post: StatusPost) -> StatusPost:
    return post.saying("It is the database", Phase.IDENTIFIED, Health.OUTAGE, NOON, "U0DEE")


@pytest.mark.parametrize(
    "told", [saying(UNDER_WAY), UNDER_WAY.ending("It is over", Phase.RESOLVED, NOON)]
)
def test_a_try_that_is_under_way_is_not_overtaken(told: StatusPost) -> None:
    assert told.lost and told.due_at == NOON + MINUTE  # else the page had two, and one for ever


def test_what_is_known_is_brought_up_to_date_at_once() -> None:
    shown = UNDER_WAY.with_(posted="inc1").shown()
    assert saying(shown).due_at == NOON
    cut_off = UNDER_WAY.with_(due_at=NOON - MINUTE)
    assert saying(cut_off).due_at == NOON


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        ({}, "Status page: not posted (HTTP 401), do it by hand"),
        ({"lost": True}, "Status page: perhaps posted (HTTP 401), look there"),
        (
            {"posted": "inc1"},
            "Status page: still has what was posted before (HTTP 401), do it by hand",
        ),
    ],
)
def test_what_was_declined_says_what_the_public_may_read(facts: dict[str, Any], told: str) -> None:
    post = a_status_post(7).with_(**{"posted": ""} | facts)
    assert status(post.failed("HTTP 401", lost=post.lost), "") == told
