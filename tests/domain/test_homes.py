"""Homes: what waits for whom."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.domain.deployments.states import Kind, State
from bot.domain.deployments.validation import Validation
from bot.domain.deployments.watches import Watch
from bot.domain.gates import Level, Verdict
from bot.domain.incidents import incidents
from bot.domain.incidents.incidents import Incident, Postmortem, Severity
from bot.domain.metrics import homes
from bot.domain.metrics.history import CauseState
from bot.domain.people import Actor, Role
from tests.domain.samples import NOON, a_deployment, member

ANA = member("U0ANA", Role.DEPLOYER)
QA = member("U0CY", Role.QA)
OPEN = tuple(
    Verdict(gate=gate, level=Level.WARN, text="not read")
    for gate in ("qa", "staging", "migrations")
)
WATCH = Watch(people=("U0BO", "U0CY"), asked_at=NOON, until=NOON + timedelta(minutes=15))


@pytest.mark.parametrize(
    ("changes", "person", "wanted"),
    [
        ({}, ANA, {"migrations"}),  # staging is for the approvers to check
        ({}, QA, {"qa"}),
        ({}, member("U0BO", Role.APPROVER), set()),
        ({}, member("U0ANA"), set()),  # who holds no role signs nothing
        ({"environment": "staging"}, ANA, set()),
        ({"kind": Kind.ROLLBACK}, ANA, set()),
        ({"state": State.RUNNING}, ANA, set()),
    ],
)
def test_a_name_is_waited_for(changes: dict[str, Any], person: Actor, wanted: set[str]) -> None:
    asking = {"state": State.AWAITING_APPROVAL, "verdicts": OPEN, "requested_by": "U0ANA"}
    found = homes.to_sign(a_deployment(**(asking | changes)), person)
    signed = found if person is QA else [i for i in found if i in ("qa", "staging", "migrations")]
    assert set(signed) == wanted


def test_whoever_takes_the_watch_signs_what_is_validated_in_production() -> None:
    watch = replace(WATCH, taken_by="U0BO")
    baking = a_deployment(
        state=State.VALIDATING, watch=watch, validation=Validation(started_at=NOON)
    )
    assert "authentication" in homes.to_sign(baking, member("U0BO", Role.APPROVER))
    assert homes.to_sign(baking, member("U0DEE", Role.APPROVER)) == ()


@pytest.mark.parametrize(
    ("state", "watch", "person", "is_asked"),
    [
        (State.VALIDATING, WATCH, "U0BO", True),
        (State.VALIDATING, WATCH, "U0ANA", False),
        (State.VALIDATING, replace(WATCH, taken_by="U0CY"), "U0BO", False),
        (State.VALIDATING, None, "U0BO", False),
        (State.SUCCEEDED, WATCH, "U0BO", False),
    ],
)
def test_a_watch_that_nobody_took_waits_for_those_who_were_asked(
    state: State, watch: Watch | None, person: str, is_asked: bool
) -> None:
    assert (
        homes.is_asked_to_watch(a_deployment(state=state, watch=watch), member(person)) is is_asked
    )


@pytest.mark.parametrize(
    ("changes", "person", "waits"),
    [
        ({"notice": "GitHub has not stopped run 7"}, ANA, True),
        ({"notice": "GitHub has not stopped run 7"}, member("U0BO", Role.APPROVER), True),
        ({"notice": "GitHub has not stopped run 7"}, member("U0CY", Role.DEPLOYER), False),
        ({}, ANA, False),
    ],
)
def test_a_run_that_hangs_is_a_persons(changes: dict[str, Any], person: Actor, waits: bool) -> None:
    stopping = a_deployment(state=State.ABORTING, requested_by="U0ANA", **changes)
    assert homes.waits_for(stopping, person) is waits


def an_incident(**changes: Any) -> Incident:
    usual: dict[str, Any] = {
        "service": "app",
        "severity": Severity.MAJOR,
        "title": "slow",
        "impact": "some",
        "declared_by": "U0CY",
        "lead": "U0DEE",
        "declared_at": NOON,
        "started_at": NOON,
        "state": incidents.State.RESOLVED,
        "cause": "D3",
        "cause_state": CauseState.SUSPECTED,
        "postmortem": Postmortem(number=7),
    }
    return Incident(**(usual | changes))


@pytest.mark.parametrize(
    ("changes", "person", "postmortem", "suspect"),
    [
        ({}, "U0DEE", True, True),
        ({"lead": None}, "U0CY", True, True),
        ({}, "U0CY", False, False),
        ({"state": incidents.State.RESTORED}, "U0DEE", False, True),
        ({"state": incidents.State.CLOSED}, "U0DEE", False, False),
        ({"postmortem": Postmortem(published_at=NOON)}, "U0DEE", False, True),
        ({"postmortem": None}, "U0DEE", False, True),
        ({"cause_state": CauseState.CONFIRMED}, "U0DEE", True, False),
        ({"cause": None, "cause_state": CauseState.NONE}, "U0DEE", True, False),
    ],
)
def test_its_lead_owes_a_post_mortem_and_a_word_about_the_suspect(
    changes: dict[str, Any], person: str, postmortem: bool, suspect: bool
) -> None:
    found, who = an_incident(**changes), member(person)
    assert (homes.owes_postmortem(found, who), homes.has_suspect(found, who)) == (
        postmortem,
        suspect,
    )
