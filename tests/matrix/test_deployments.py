"""Who may do what with a deployment, and when: every button and command about one, by everybody, in
every state; whatever is not listed here is refused, changes nothing, and stands in the audit trail.
"""

from collections.abc import Callable
from dataclasses import replace
from itertools import product

import pytest

from bot.domain.approvals.protection import Mode, Protection
from bot.domain.deployments.deployments import Deployment
from bot.domain.deployments.runs import Dispatch
from bot.domain.deployments.states import TERMINAL, Kind, S, State
from bot.domain.deployments.watches import Watch
from bot.domain.errors import Refusal
from bot.domain.gates import Level, Verdict
from bot.domain.rollbacks.target_steps import Progress, TargetStep
from bot.domain.rollbacks.targets import Fate
from bot.messages.rollbacks.rollbacks import Order, as_value
from bot.ports import Tx
from bot.services.rollbacks import rollbacks
from tests.domain.samples import NOON
from tests.matrix.desk import (
    APPROVERS,
    CONFIG,
    DECIDERS,
    DEPLOYERS,
    GO_BACK,
    MEMBERS,
    PEOPLE,
    WITH_A_ROLE,
    Case,
    Desk,
)
from tests.messages.samples import in_state

OVER = set(TERMINAL)
TROUBLED = {S.FAILED, S.DEGRADED, S.NEEDS_ATTENTION}

ALLOWED: dict[str, tuple[set[str], set[State]]] = {
    "approve": ({"approver"}, {S.AWAITING_APPROVAL}),
    "reject": (APPROVERS, {S.AWAITING_APPROVAL}),
    "reject, the form": (APPROVERS, {S.AWAITING_APPROVAL}),
    "cancel": (
        APPROVERS | {"requester", "admin"},
        {S.REQUESTED, S.CHECKING, S.AWAITING_APPROVAL, S.APPROVED, S.RUNNING},
    ),
    "mark_good": (APPROVERS | {"admin"}, {S.DEGRADED}),
    "close_failed": (DECIDERS, {S.DEGRADED, S.NEEDS_ATTENTION, S.ABORTING}),
    "send_again": (DECIDERS, {S.NEEDS_ATTENTION}),
    "choose_run_0": (DECIDERS, {S.NEEDS_ATTENTION}),
    "choose_run_1": (DECIDERS, {S.NEEDS_ATTENTION}),
    "choose_run_2": (DECIDERS, {S.NEEDS_ATTENTION}),
    "/incident minor it is slow": (MEMBERS, set(State)),
    "a button that nobody made": (set(), set()),
    "/deploy v1.2.1": ({"deployer", "requester"}, OVER),
    "/deployments status s0": (MEMBERS, set(State)),
    "/deployments history": (MEMBERS, set(State)),
    "/deployments show D1": (MEMBERS, set(State)),
    "/deployments why D1": (MEMBERS, set(State)),
    "/deployments locks": (MEMBERS, set(State)),
    "/deployments help": (MEMBERS, set(State)),
}
"""What may be done, by whom, while a deployment is in which states."""


def standing(state: State, number: int, *, at_github: bool) -> Deployment:
    """A deployment in that state, in a place of its own, with everything that is known there."""
    found = replace(in_state(state), id=0, service=f"s{number}", run_id=None)
    found = found.with_(approvers=2) if state is S.AWAITING_APPROVAL else found
    if state is S.AWAITING_APPROVAL:
        found = found.with_(approvals=in_state(S.APPROVED).approvals)
    if state is S.NEEDS_ATTENTION:
        sent = Dispatch(before_run_id=1, attempt=1, sent_at=NOON, carries_id=True, guarded=True)
        found = found.with_(dispatch=replace(sent, candidates=(7001,)))
    if at_github:
        if state in (S.AWAITING_APPROVAL, S.APPROVED):
            found = found.with_(run_id=7000 + number)
        held = Protection(mode=Mode.GITHUB_ENVIRONMENT, environments=("production",))
        found = found.with_(protection=held)
    return found


def value_of(what: str, deployment: Deployment) -> str:
    """What the button says, or what follows the command."""
    if what.startswith("/"):
        return deployment.service if what.startswith("/deploy ") else ""
    return f"{deployment.id}:7001" if "choose" in what else str(deployment.id)


ROWS = [(what, False) for what in ALLOWED] + [(what, True) for what in ALLOWED if what[0] != "/"]


@pytest.mark.parametrize(("what", "at_github"), ROWS)
async def test_what_is_not_listed_is_refused_and_audited(
    desk: Desk, what: str, at_github: bool
) -> None:
    people, states = ALLOWED[what]

    def put(tx: Tx) -> list[Case]:
        cases = []
        for number, (state, who) in enumerate(product(State, PEOPLE)):
            stored = tx.add(standing(state, number, at_github=at_github))
            may = who in people and state in states
            cases.append(case(what, who, value_of(what, stored), stored, may))
        return cases

    assert await desk.wrong(await desk.store.run(put)) == []


def case(what: str, who: str, value: str, stored: Deployment, may: bool) -> Case:
    number, state = stored.id, stored.state
    return Case(what, who, value, lambda tx: tx.deployment(number), may, f"in {state}")


# Buttons that want more than a state: each with what has to be known besides.

Put = Callable[[Tx, Deployment], tuple[Deployment, str]]
"""Stores a deployment with what has to be known, and what its button says."""

STEP = TargetStep(target="web")
BLOCKED = Verdict(gate="ci", level=Level.BLOCK, text="CI is red: lint", about=("lint",))


def plainly(**known: object) -> Put:
    """The deployment knows this, and its button says which one it is."""

    def put(tx: Tx, deployment: Deployment) -> tuple[Deployment, str]:
        stored = tx.add(deployment.with_(**known))
        return stored, str(stored.id)

    return put


def steps(step: TargetStep, run: str = "") -> Put:
    """A rollback over one target."""

    def put(tx: Tx, deployment: Deployment) -> tuple[Deployment, str]:
        stored = tx.add(deployment.with_(kind=Kind.ROLLBACK, steps=(step,)))
        return stored, f"{stored.id}{run}"

    return put


def back_from(tx: Tx, deployment: Deployment) -> tuple[Deployment, str]:
    """A rollback of what had run well; the live one where it succeeded."""
    left = tx.add(ran_well(deployment, "v1.3.0", hours=5))
    back = deployment.with_(kind=Kind.ROLLBACK, rolls_back=left.name, binding=None, steps=())
    live = {"live_at": NOON} if deployment.state is S.SUCCEEDED else {}
    stored = tx.add(back.with_(**live))
    return stored, str(stored.id)


def ran_well(deployment: Deployment, version: str, *, hours: int) -> Deployment:
    """A version that was live there so long ago, and healthy."""
    at = NOON.replace(hour=12 - hours)
    known = {"live_at": at, "healthy_at": at, "settled_at": at, "requested_at": at}
    good = in_state(S.SUCCEEDED, id=0, service=deployment.service, version=version, run_id=None)
    return good.with_(**known)


def with_a_past(tx: Tx, deployment: Deployment) -> tuple[Deployment, str]:
    """A deployment where earlier versions had run well."""
    for version, hours in (("v1.1.0", 6), ("v1.2.0", 5)):
        tx.add(ran_well(deployment, version, hours=hours))
    stored = tx.add(deployment)
    return stored, str(stored.id)


def order(tx: Tx, deployment: Deployment) -> tuple[Deployment, str]:
    """The same, and a button that remembers what its person was shown."""
    stored, _ = with_a_past(tx, deployment)
    wish = Order(service=stored.service, environment="production", version="v1.1.0", live="v1.2.0")
    try:
        shown, _ = rollbacks.propose(tx, CONFIG, PEOPLE["lead"].slack_id, service=stored.service)
    except Refusal:
        shown = wish
    return stored, as_value(replace(shown, reason="it is broken"))


def in_the_way(tx: Tx, deployment: Deployment) -> tuple[Deployment, str]:
    """An older version, and the newer one that somebody asks for."""
    stored = tx.add(deployment)
    return stored, f"{stored.id}:v1.3.0 {stored.service}"


def of_fix(tx: Tx, deployment: Deployment) -> tuple[Deployment, str]:
    """A rollback that a hotfix would be for."""
    stored, number = back_from(tx, deployment)
    return stored, f"D:{number}"


def typed(tx: Tx, deployment: Deployment) -> tuple[Deployment, str]:
    """What is typed about a place with a past."""
    stored, _ = with_a_past(tx, deployment)
    return stored, f"{stored.service} because it is broken"


BESIDES_ROLLBACK = set(State) - {S.SWITCHING, S.ABORTING, S.NEEDS_ATTENTION}
"""States in which `/rollback` has something to say but that it has to be looked at."""

WATCHED = Watch(people=(PEOPLE["nobody"].slack_id,), asked_at=NOON, until=NOON)
PREPARED: dict[str, tuple[Put, set[str], set[State]]] = {
    "override": (
        plainly(verdicts=(BLOCKED,)),
        {"approver", "has approved", "admin"},
        {S.AWAITING_APPROVAL},
    ),
    "retry_targets": (
        steps(replace(STEP, progress=Progress.ENDED, fate=Fate.FAILED_RESTORED)),
        DECIDERS,
        {S.DEGRADED},
    ),
    "stop_waiting": (
        steps(replace(STEP, progress=Progress.RUNNING, waits=7001), ":7001"),
        DECIDERS,
        {S.SWITCHING},
    ),
    "stop_run": (
        steps(replace(STEP, progress=Progress.RUNNING, receipt={"run": "7001"}), ":7001"),
        DECIDERS,
        {S.SWITCHING},
    ),
    "lift_pin": (steps(replace(STEP, pinned="lift it there")), DECIDERS, set(State)),
    "set_eta": (back_from, GO_BACK, {S.SUCCEEDED}),
    "revert": (back_from, GO_BACK, {S.SUCCEEDED}),
    "hotfix": (of_fix, GO_BACK, {S.SUCCEEDED}),
    "findings": (back_from, GO_BACK, {S.SUCCEEDED}),
    "undo_rollback": (back_from, APPROVERS | {"admin"}, {S.SUCCEEDED}),
    "roll_back": (with_a_past, GO_BACK, BESIDES_ROLLBACK),
    "carry_out_rollback": (order, GO_BACK, BESIDES_ROLLBACK),
    "undo_and_roll_back": (order, GO_BACK, BESIDES_ROLLBACK),
    "/rollback": (typed, GO_BACK, BESIDES_ROLLBACK),
    "take_watch": (
        plainly(watch=WATCHED),
        WITH_A_ROLE | {"nobody"},
        {S.VALIDATING, S.DEGRADED},
    ),
    "announce": (plainly(), GO_BACK, set(State) - OVER),
    "notes": (plainly(), DEPLOYERS, set(State)),
    "replace": (in_the_way, DEPLOYERS, {S.REQUESTED, S.CHECKING, S.AWAITING_APPROVAL}),
}
"""How it is prepared, and what may be done then, by whom, in which states."""


@pytest.mark.parametrize("what", PREPARED)
async def test_what_wants_more_than_a_state_is_refused_as_well(desk: Desk, what: str) -> None:
    prepare, people, states = PREPARED[what]

    def put(tx: Tx) -> list[Case]:
        cases = []
        for number, (state, who) in enumerate(product(State, PEOPLE)):
            stored, value = prepare(tx, standing(state, number, at_github=False))
            cases.append(case(what, who, value, stored, who in people and state in states))
        return cases

    assert await desk.wrong(await desk.store.run(put)) == []
