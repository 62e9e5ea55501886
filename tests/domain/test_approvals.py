"""Four eyes: only a second person with the role decides, and only while the request waits."""

from datetime import timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.approvals import approvals
from bot.domain.approvals.approvals import (
    EXPIRES_AFTER,
    in_words,
    may_cancel,
    may_reject,
    nudge_time,
)
from bot.domain.deployments.deployments import Approval, Binding, Deployment
from bot.domain.deployments.states import TERMINAL, State
from bot.domain.errors import Refusal
from bot.domain.people import Actor, Role, Standing
from tests.domain.samples import NOON, STATES, a_deployment, member, settled

BO = member("U0BO", Role.APPROVER, github="bo-acme")
OPEN = [*product(Standing, [(), *((role,) for role in Role), (*Role,)])]
IDENTITIES = [
    ("U0BO", "bo-acme", False),
    ("U0BO", None, False),
    ("U0ANA", None, True),
    ("U0ANA", "bo-acme", True),
    ("U0BO", "ana-acme", True),
    ("U0BO", "ANA-acme", True),
]
ACTORS = st.builds(
    Actor,
    slack_id=st.sampled_from(["U0ANA", "U0BO", "U0DEE"]),
    github=st.sampled_from(["ana-acme", "Ana-Acme", "bo-acme", None]),
    standing=st.sampled_from(Standing),
    roles=st.frozensets(st.sampled_from(Role)),
)


def by(who: str, github: str | None = None) -> Approval:
    """An approval given at noon."""
    return Approval(who=who, at=NOON, github=github)


def may_approve(deployment: Deployment, actor: Actor) -> None:
    """The question at noon."""
    approvals.may_approve(deployment, actor, NOON)


def refusal(decide: object, *given: object) -> Refusal:
    """The refusal with which this question is answered."""
    assert callable(decide)
    with pytest.raises(Refusal) as no:
        decide(*given)
    return no.value


def test_from_the_end_of_its_time_on_a_request_cannot_be_approved() -> None:
    waiting = a_deployment(
        state=State.AWAITING_APPROVAL, requested_by="U0ANA", expires_at=NOON + EXPIRES_AFTER
    )
    approvals.may_approve(waiting, BO, NOON + EXPIRES_AFTER - timedelta(seconds=1))
    no = refusal(approvals.may_approve, waiting, BO, NOON + EXPIRES_AFTER)
    assert no.code == "expired"


@pytest.mark.parametrize(("standing", "roles"), OPEN)
@pytest.mark.parametrize(("slack_id", "login", "is_requester"), IDENTITIES)
def test_the_four_eyes_matrix(
    standing: Standing,
    roles: tuple[Role, ...],
    slack_id: str,
    login: str | None,
    is_requester: bool,
) -> None:
    actor = Actor(slack_id=slack_id, github=login, standing=standing, roles=frozenset(roles))
    waiting = a_deployment(state=State.AWAITING_APPROVAL)
    if standing is not Standing.MEMBER:
        expected = f"not_allowed_{standing}"
    elif Role.APPROVER not in roles:
        expected = "not_allowed"
    elif is_requester:
        expected = "self_approval"
    else:
        may_approve(waiting, actor)
        return
    assert refusal(may_approve, waiting, actor).code == expected


@given(STATES, ACTORS)
def test_nobody_approves_or_rejects_what_does_not_wait(state: State, actor: Actor) -> None:
    deployment = a_deployment(state=state, requested_by_github=None)
    for decide in (may_approve, may_reject):
        try:
            decide(deployment, actor)
        except Refusal:
            continue
        assert state is State.AWAITING_APPROVAL
        assert actor.holds(Role.APPROVER)


@pytest.mark.parametrize("given", [by("U0BO"), by("U0SECOND", "BO-acme"), by("", "bo-acme")])
def test_a_person_counts_once_by_slack_account_and_by_login(given: Approval) -> None:
    waiting = a_deployment(state=State.AWAITING_APPROVAL, approvers=2, approvals=(given,))
    no = refusal(may_approve, waiting, BO)
    assert no.code == "approved_once"
    assert "It has 1 of 2 approvals; somebody else has to give the next one." in str(no)
    may_approve(waiting, member("U0DEE", Role.APPROVER, github="dee-acme"))


@pytest.mark.parametrize(
    ("wanted", "given", "enough"),
    [(1, 0, False), (1, 1, True), (2, 1, False), (2, 2, True), (1, 2, True)],
)
def test_as_many_as_configured_have_to_approve(wanted: int, given: int, enough: bool) -> None:
    some = tuple(by(f"U{number}") for number in range(given))
    waiting = a_deployment(state=State.AWAITING_APPROVAL, approvers=wanted, approvals=some)
    assert approvals.needed(waiting) == wanted
    assert approvals.is_enough(waiting) is enough


def test_an_approval_is_for_the_commit_that_people_saw() -> None:
    bound = Binding(tag_object="7" * 40, commit="c0ffee" + "0" * 34, workflow_blob="5" * 40)
    given = approvals.approved(a_deployment(binding=bound), BO, NOON, fresh=False)
    assert given == Approval(
        who="U0BO", at=NOON, github="bo-acme", fresh=False, commit="c0ffee" + "0" * 34
    )
    assert approvals.approved(a_deployment(), BO, NOON, fresh=True).commit == ""


def test_a_late_click_is_told_of_everybody_who_was_first() -> None:
    both = (by("U0DEE"), by("", "cy-acme"))
    decided = a_deployment(state=State.APPROVED, approvers=2, approvals=both)
    text = str(refusal(may_approve, decided, BO))
    assert text.startswith("D12 was already approved by U0DEE and cy-acme at GitHub at 2024-03-26")


def test_the_requester_may_reject_if_an_approver_but_never_approve() -> None:
    ana = member("U0ANA", Role.APPROVER, Role.DEPLOYER)
    waiting = a_deployment(state=State.AWAITING_APPROVAL)
    may_reject(waiting, ana)
    assert "somebody else has to approve it" in str(refusal(may_approve, waiting, ana))


def test_a_login_that_nobody_linked_is_no_proof_of_being_the_same() -> None:
    may_approve(a_deployment(state=State.AWAITING_APPROVAL, requested_by_github=None), BO)


@pytest.mark.parametrize("state", sorted({*State} - TERMINAL - {State.AWAITING_APPROVAL}))
def test_a_late_click_is_told_who_was_first(state: State) -> None:
    decided = a_deployment(state=state, approvals=(by("U0DEE"),))
    no = refusal(may_approve, decided, BO)
    assert no.code == "already_approved"
    assert "D12 was already approved by U0DEE at 2024-03-26 12:00" in str(no)
    assert str(no).endswith(f"It is {in_words(state)} now.") and "approved now" not in str(no)


@pytest.mark.parametrize("state", sorted({*State} - TERMINAL - {State.AWAITING_APPROVAL}))
def test_a_click_before_it_waits_does_not_send_anybody_to_a_new_request(state: State) -> None:
    no = refusal(may_reject, a_deployment(state=state), BO)
    assert no.code == "not_waiting"
    assert str(no).endswith(f"It is {in_words(state)} now.")


@pytest.mark.parametrize("state", sorted(TERMINAL))
def test_a_stale_button_explains_itself(state: State) -> None:
    no = refusal(may_approve, settled(state), BO)
    assert no.code == "already_settled"
    assert f"D12 (v1.2.1) is {state} since 2024-03-26 12:00" in str(no)
    assert "Ask for a new one" in str(no)


def test_a_stale_button_says_who_decided() -> None:
    assert "Decided by U0DEE." in str(refusal(may_reject, settled(State.REJECTED, "U0DEE"), BO))
    approved = settled(State.FAILED, "U0DEE").with_(approvals=(by("U0BO"),))
    assert "It had been approved by U0BO." in str(refusal(may_approve, approved, BO))


@given(STATES, ACTORS)
def test_a_request_is_cancelled_by_its_requester_an_approver_or_an_admin(
    state: State, actor: Actor
) -> None:
    yes = actor.holds(Role.APPROVER, Role.ADMIN) or (
        actor.slack_id == "U0ANA" and actor.holds(Role.DEPLOYER)
    )
    try:
        may_cancel(a_deployment(state=state), actor)
    except Refusal:
        assert state in TERMINAL or not yes
    else:
        assert state not in TERMINAL
        assert yes


def test_another_deployer_is_told_whose_request_it_is() -> None:
    no = refusal(may_cancel, a_deployment(), member("U0BO", Role.DEPLOYER))
    assert no.code == "not_yours"
    assert "D12 was requested by U0ANA" in str(no)


@given(st.timedeltas(min_value=timedelta(seconds=2), max_value=timedelta(days=7)))
def test_approvers_are_reminded_half_way(waits: timedelta) -> None:
    reminded = nudge_time(NOON, NOON + waits)
    assert abs((reminded - NOON) * 2 - waits) <= timedelta(microseconds=1)


def test_a_request_waits_an_hour() -> None:
    assert timedelta(hours=1) == EXPIRES_AFTER
