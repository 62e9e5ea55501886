"""A deployment moves only as the table says, and every state has its next step."""

from collections import deque
from dataclasses import FrozenInstanceError, replace
from datetime import datetime, timedelta
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.approvals.protection import Mode, Protection
from bot.domain.deployments.changes import Change, ChangeList
from bot.domain.deployments.deployments import Binding, Ending
from bot.domain.deployments.outside import Outside
from bot.domain.deployments.runs import Dispatch
from bot.domain.deployments.states import AT_GITHUB, TERMINAL, TRANSITIONS, UNFINISHED, State
from bot.domain.deployments.steps import Step, next_step
from tests.domain.samples import NOON, a_deployment

AT_THE_GATE = Protection(mode=Mode.GITHUB_ENVIRONMENT, environments=("production",))
LATER = NOON + timedelta(minutes=5)
MOVES = [(state, to) for state, ends in TRANSITIONS.items() for to in sorted(ends)]
ILLEGAL = [pair for pair in product(State, State) if pair not in MOVES]


@pytest.mark.parametrize(("state", "to"), MOVES)
def test_every_move_of_the_table_is_made(state: State, to: State) -> None:
    worn = a_deployment(
        state=state, waiting_for="somebody", failures=3, due_at=NOON, protection=AT_THE_GATE
    )
    moved = worn.to(to, LATER)
    assert (moved.state, moved.waiting_for, moved.failures) == (to, "", 0)
    assert (moved.due_at, moved.settled_at) == ((None, LATER) if to in TERMINAL else (LATER, None))


@pytest.mark.parametrize(("state", "to"), ILLEGAL)
def test_every_other_move_is_refused(state: State, to: State) -> None:
    for held_by in (None, AT_THE_GATE):
        with pytest.raises(ValueError, match=f"D12 cannot go from {state} to {to}"):
            a_deployment(state=state, protection=held_by).to(to, LATER)


GATED = [(state, to) for state, ends in AT_GITHUB.items() for to in sorted(ends)]


@pytest.mark.parametrize(("state", "to"), GATED)
def test_what_is_approved_before_its_run_makes_no_move_of_a_gate(state: State, to: State) -> None:
    with pytest.raises(ValueError, match=f"D12 cannot go from {state} to {to}"):
        a_deployment(state=state).to(to, LATER)


def test_the_table_is_total_and_ends_where_it_says() -> None:
    assert set(TRANSITIONS) == set(State)
    assert {state for state, ends in TRANSITIONS.items() if not ends} == TERMINAL
    assert set(State) == TERMINAL | UNFINISHED
    assert not TERMINAL & UNFINISHED


def reachable(start: State) -> set[State]:
    seen, open_ends = {start}, deque([start])
    while open_ends:
        new = TRANSITIONS[open_ends.popleft()] - seen
        seen |= new
        open_ends.extend(new)
    return seen


def test_every_state_is_reached_from_a_request() -> None:
    assert reachable(State.REQUESTED) == set(State)


@pytest.mark.parametrize("state", sorted(UNFINISHED))
def test_from_every_open_state_there_is_an_end(state: State) -> None:
    assert reachable(state) & TERMINAL


def test_success_is_reached_through_validation_alone() -> None:
    before = {state for state, ends in TRANSITIONS.items() if State.SUCCEEDED in ends}
    assert before == {State.VALIDATING, State.DEGRADED}


def test_nothing_is_dispatched_that_was_not_approved() -> None:
    unapproved = {State.REQUESTED, State.CHECKING, State.AWAITING_APPROVAL}
    touching = {State.DISPATCHING, State.RUNNING}
    made = [pair for pair in MOVES if pair[0] in unapproved and pair[1] in touching]
    assert set(made) <= set(GATED)


@pytest.mark.parametrize("state", sorted(State))
def test_there_is_work_exactly_while_it_is_not_settled(state: State) -> None:
    deployment = a_deployment(state=state)
    assert (next_step(deployment) is Step.NOTHING) is deployment.is_terminal


def test_every_step_has_its_state() -> None:
    found = {next_step(a_deployment(state=state)) for state in State}
    held = next_step(a_deployment(state=State.APPROVED, protection=AT_THE_GATE))
    assert held is Step.ANSWER_GATE
    assert found | {held} == set(Step)


@pytest.mark.parametrize("state", [State.AWAITING_APPROVAL, State.APPROVED])
def test_what_waits_at_a_gate_is_stopped_by_github_before_it_ends(state: State) -> None:
    waits = a_deployment(state=state, protection=AT_THE_GATE, run_id=7001)
    closed = waits.close(State.REJECTED, LATER, "rejected", "too late", by="U0BO")
    assert (closed.state, closed.ends_as) == (State.ABORTING, State.REJECTED)
    assert closed.ending == Ending(code="rejected", text="too late", by="U0BO")
    ended = closed.to(State.REJECTED, LATER, ends_as=None)
    assert ended.is_terminal
    at_once = a_deployment(state=state).close(State.CANCELLED, LATER, "cancelled", "")
    assert at_once.state is State.CANCELLED


def test_a_move_may_bring_facts_with_it() -> None:
    moved = a_deployment(state=State.APPROVED).to(
        State.DISPATCHING, NOON, request_id="D12-ab", due_at=LATER, waiting_for="GitHub"
    )
    assert (moved.request_id, moved.due_at, moved.waiting_for) == ("D12-ab", LATER, "GitHub")


def test_an_end_keeps_its_reason_and_who_decided() -> None:
    waiting = a_deployment(state=State.AWAITING_APPROVAL)
    ended = waiting.end(State.REJECTED, LATER, "rejected", "too late", by="U0BO", nudged_at=NOON)
    assert ended.ending == Ending(code="rejected", text="too late", by="U0BO")
    assert (ended.settled_at, ended.due_at, ended.nudged_at) == (LATER, None, NOON)
    assert ended.is_terminal


def test_the_state_changes_by_a_move_alone() -> None:
    with pytest.raises(ValueError, match="use to"):
        a_deployment().with_(state=State.SUCCEEDED)
    with pytest.raises(FrozenInstanceError):
        a_deployment().state = State.SUCCEEDED  # type: ignore[misc]


@given(st.text(), st.integers(0, 9))
def test_a_copy_differs_in_what_was_changed_and_leaves_the_first_alone(
    reason: str, failures: int
) -> None:
    first = a_deployment()
    copy = first.with_(reason=reason, failures=failures)
    assert (copy.reason, copy.failures) == (reason, failures)
    assert copy.with_(reason="", failures=0) == first == a_deployment()


@pytest.mark.parametrize("when", ["requested_at", "due_at", "settled_at"])
def test_a_time_without_a_zone_is_refused(when: str) -> None:
    facts: dict[str, Any] = {when: datetime(2024, 3, 26, 12)}  # noqa: DTZ001 # that is the point
    with pytest.raises(ValueError, match="aware"):
        a_deployment(**facts)


def test_how_it_is_called() -> None:
    assert a_deployment().name == "D12"
    assert a_deployment().short_sha == ""
    assert a_deployment(binding=BOUND).short_sha == "c0ffee0"


BOUND = Binding(tag_object="7" * 40, commit="c0ffee" + "0" * 34, workflow_blob="5" * 40)
SENT = Dispatch(before_run_id=1, attempt=1, sent_at=NOON, carries_id=True, guarded=True)
BY_CY = Outside(login="cy-acme", event="workflow_dispatch", ran=BOUND.commit)


@pytest.mark.parametrize(
    ("known", "is_unproven"),
    [
        ({}, False),
        ({"dispatch": replace(SENT, carries_sha=False)}, True),
        ({"dispatch": replace(SENT, carries_sha=True)}, False),
        ({"outside": BY_CY}, False),
        ({"outside": replace(BY_CY, ran="d4" * 20)}, True),
        ({"outside": replace(BY_CY, ran="d4" * 20), "binding": None}, False),
    ],
)
def test_a_run_that_compares_nothing_proves_no_commit(
    known: dict[str, Any], is_unproven: bool
) -> None:
    assert a_deployment(**{"binding": BOUND, **known}).is_unproven is is_unproven


def test_each_author_is_named_once_in_the_order_of_the_changes() -> None:
    authors = ["bo-acme", "", "ana-acme", "bo-acme"]
    listed = ChangeList(changes=tuple(Change(title="t", author=author) for author in authors))
    assert listed.authors == ("bo-acme", "ana-acme")
