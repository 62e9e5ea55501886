"""Mending: which deployment ends an incident, and since when it does."""

from datetime import timedelta
from typing import Any

import pytest

from bot.domain.deployments.states import Kind, State
from bot.domain.deployments.validation import KUMA, Outcome, Reading, Validation
from bot.domain.incidents.mending import mended_at
from bot.domain.metrics.history import CauseState, Record, Result
from tests.domain.samples import NOON, a_deployment, an_incident

MINUTE = timedelta(minutes=1)
BROKE = {"cause": "D2", "cause_state": CauseState.SUSPECTED, "started_at": NOON}
BACK = {"kind": Kind.ROLLBACK, "rolls_back": "D2", "version": "v1.2.0"}
HOTFIX = {"kind": Kind.HOTFIX, "for_incident": "INC-7", "version": "v1.2.2"}


def ran(number: int, version: str) -> Record:
    return Record(
        id=f"D{number}",
        service="app",
        environment="production",
        version=version,
        result=Result.SUCCESS,
        requested_at=NOON - (10 - number) * MINUTE,
        live_at=NOON - (10 - number) * MINUTE,
    )


PAST = (ran(1, "v1.2.0"), ran(2, "v1.2.1"), ran(3, "v1.2.3"))


def seen_up(minutes: int) -> Validation:
    up = Reading(what=KUMA, outcome=Outcome.OK, text="", at=NOON, since=NOON + minutes * MINUTE)
    return Validation(started_at=NOON, readings=(up,))


CASES: dict[str, tuple[dict[str, Any], dict[str, Any], int | None]] = {
    # name: (incident, deployment that was healthy 5 minutes after noon, since when it mends)
    "a rollback of the suspect": ({}, BACK, 5),
    "of what was put on top of it": ({}, BACK | {"rolls_back": "D3"}, 5),
    "to what has it, too": ({}, BACK | {"rolls_back": "D3", "version": "v1.2.1"}, None),
    "of something else": ({}, BACK | {"rolls_back": "D1"}, None),
    "of what people ruled out": ({"cause_state": CauseState.REFUTED}, BACK, None),
    "of what people confirmed": ({"cause_state": CauseState.CONFIRMED}, BACK, 5),
    "nothing is suspected": ({"cause": None, "cause_state": CauseState.NONE}, BACK, None),
    "its hotfix": ({}, HOTFIX, 5),
    "the hotfix of another": ({}, HOTFIX | {"for_incident": "INC-8"}, None),
    "a release": ({}, {"kind": Kind.RELEASE, "version": "v1.2.2"}, None),
    "it is degraded": ({}, BACK | {"state": State.DEGRADED}, None),
    "nobody saw it healthy": ({}, BACK | {"healthy_at": None}, None),
    "healthy when it broke": ({"started_at": NOON + 5 * MINUTE}, BACK, 5),
    "healthy before it broke": ({"started_at": NOON + 6 * MINUTE}, BACK, None),
    "it broke again since": ({"again_at": NOON + 6 * MINUTE}, BACK, None),
    "a hotfix that did not hold": ({"again_at": NOON + 6 * MINUTE}, HOTFIX, None),
    "it broke again before": ({"again_at": NOON + 4 * MINUTE}, BACK, 5),
    "Uptime Kuma was earlier": ({}, BACK | {"validation": seen_up(4)}, 5),
    "Uptime Kuma was later": ({}, BACK | {"validation": seen_up(8)}, 8),
    "the monitor was earlier": ({"up_at": NOON + 4 * MINUTE}, BACK, 5),
    "the monitor was later": ({"up_at": NOON + 9 * MINUTE}, BACK | {"validation": seen_up(8)}, 9),
}


@pytest.mark.parametrize("name", CASES)
def test_since_when_a_deployment_mends_an_incident(name: str) -> None:
    facts, brought, minutes = CASES[name]
    live = {"state": State.SUCCEEDED, "healthy_at": NOON + 5 * MINUTE}
    found = mended_at(an_incident(**BROKE | facts), a_deployment(**live | brought), PAST)
    assert found == (None if minutes is None else NOON + minutes * MINUTE)
