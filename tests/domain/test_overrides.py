"""Who may lift what blocks, and what that costs."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.domain.deployments.deployments import Deployment
from bot.domain.deployments.states import State
from bot.domain.errors import Refusal
from bot.domain.gates import FINAL, Gate, Level, Verdict
from bot.domain.gates.overrides import (
    approvals_needed,
    can_be_lifted,
    lift,
    liftable,
    may_override,
    require_open,
    standing,
)
from bot.domain.people import Actor, Role
from tests.domain.samples import NOON, a_deployment, member

RED = Verdict(gate="ci", level=Level.BLOCK, text="CI is red: lint", action="Fix it.")
OLD = Verdict(gate="live", level=Level.BLOCK, text="v1.2.1 is older", action="Roll back.")
LOOSE = Verdict(gate="reviewed", level=Level.WARN, text="Not approved: #4")
BO = member("U0BO", Role.APPROVER, github="bo-acme")
DEE = member("U0DEE", Role.ADMIN)


def blocked(*verdicts: Verdict, **changes: Any) -> Deployment:
    facts = {"verdicts": verdicts or (RED, LOOSE), "state": State.AWAITING_APPROVAL} | changes
    return a_deployment(**facts)


def code_of(error: pytest.ExceptionInfo[Refusal]) -> str:
    return error.value.code


def test_what_was_lifted_no_longer_stands_and_costs_one_approver_more() -> None:
    before = blocked()
    assert standing(before) == liftable(before) == (RED,)
    assert approvals_needed(before, 1) == 1
    after = lift(before, ("ci",), BO, "a flaky linter", NOON)
    assert standing(after) == ()
    assert approvals_needed(after, 1) == 2
    [override] = after.overrides
    assert (override.by, override.reason, override.lifted) == (
        *("U0BO", "a flaky linter"),
        "CI is red: lint",
    )


@pytest.mark.parametrize("gate", [*map(str, Gate), "lock", "window"])
def test_every_gate_that_is_not_final_can_be_lifted(gate: str) -> None:
    before = blocked(replace(RED, gate=gate))
    after = lift(before, (gate,), BO, "it is known, and mended", NOON)
    assert gate not in FINAL
    assert (standing(before) != (), standing(after)) == (True, ())
    assert approvals_needed(after, 1) == 2


@pytest.mark.parametrize(
    ("lifted", "now", "stands"),
    [
        (("L1",), ("L1",), False),
        (("L1",), ("L2",), True),
        (("L1",), ("L1", "L2"), True),
        (("L1", "L2", "L3"), ("L1", "L3"), False),
        (("#9", "#4"), ("#4",), False),
        (("#9",), ("#9", "#12"), True),
        ((), (), False),
    ],
)
def test_what_comes_later_under_the_same_gate_is_a_new_question(
    lifted: tuple[str, ...], now: tuple[str, ...], stands: bool
) -> None:
    before = blocked(replace(RED, about=lifted))
    after = lift(before, ("ci",), BO, "it is known, and mended", NOON)
    later = after.with_(verdicts=(replace(RED, text="CI is red: lint and test", about=now),))
    assert bool(standing(later)) is stands


def test_two_decisions_about_one_gate_add_up() -> None:
    one = lift(blocked(replace(RED, about=("L1",))), ("ci",), BO, "it is only a demo", NOON)
    both = one.with_(verdicts=(replace(RED, about=("L1", "L2")),))
    assert standing(lift(both, ("ci",), BO, "the outage is over", NOON)) == ()


def test_what_is_final_cannot_be_lifted() -> None:
    assert can_be_lifted((RED, LOOSE))
    assert not can_be_lifted((RED, OLD))
    assert liftable(blocked(RED, OLD)) == (RED,)
    with pytest.raises(Refusal) as error:
        lift(blocked(RED, OLD), ("ci", "live"), BO, "because I say so", NOON)
    assert code_of(error) == "not_blocked"


@pytest.mark.parametrize(
    ("gates", "reason", "code"),
    [
        ((), "a flaky linter", "not_blocked"),
        (("reviewed",), "a flaky linter", "not_blocked"),
        (("ci", "bugs"), "a flaky linter", "not_blocked"),
        (("ci",), "too short", "reason_too_short"),
    ],
)
def test_what_is_lifted_blocks_and_has_a_reason(
    gates: tuple[str, ...], reason: str, code: str
) -> None:
    with pytest.raises(Refusal) as error:
        lift(blocked(), gates, BO, reason, NOON)
    assert code_of(error) == code


@pytest.mark.parametrize(
    ("actor", "changes", "code"),
    [
        (BO, {}, ""),
        (DEE, {}, ""),
        (member("U0CY"), {}, "not_allowed"),
        (member("U0ANA", Role.ADMIN), {}, "self_override"),
        (member("U0X", Role.APPROVER, github="ana-acme"), {}, "self_override"),
        (BO, {"verdicts": (LOOSE,)}, "nothing_blocks"),
        (BO, {"verdicts": (LOOSE, OLD)}, "not_liftable"),
        (BO, {"verdicts": (RED, OLD)}, ""),
        (BO, {"state": State.APPROVED}, "not_waiting"),
        (BO, {"expires_at": NOON}, "not_waiting"),
        (BO, {"expires_at": NOON + timedelta(minutes=1)}, ""),
    ],
)
def test_who_may_lift_a_gate(actor: Actor, changes: dict[str, Any], code: str) -> None:
    if not code:
        may_override(blocked(**changes), actor, NOON)
        return
    with pytest.raises(Refusal) as error:
        may_override(blocked(**changes), actor, NOON)
    assert code_of(error) == code


def test_what_is_blocked_is_not_open() -> None:
    with pytest.raises(Refusal) as error:
        require_open(blocked())
    assert code_of(error) == "gate_blocked"
    assert "CI is red: lint" in str(error.value)
    require_open(lift(blocked(), ("ci",), BO, "a flaky linter", NOON))
