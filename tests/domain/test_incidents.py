"""Incidents: states that can be reached, clocks that never run backwards, and who decides."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.deployments.deployments import Deployment
from bot.domain.deployments.states import Kind
from bot.domain.errors import Refusal
from bot.domain.incidents import incident_rules as rules
from bot.domain.incidents.incidents import (
    TRANSITIONS,
    Incident,
    Postmortem,
    Severity,
    State,
    number_in,
)
from bot.domain.incidents.postmortems import next_reminder, reminders_by
from bot.domain.incidents.suspects import suspects
from bot.domain.metrics.history import CauseState, Closure
from bot.domain.metrics.homes import owes_news
from bot.domain.people import Actor, Role
from tests.domain.samples import NOON, a_deployment, an_incident, member

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
CLICKS = st.lists(
    st.tuples(
        st.sampled_from([*State, "started_at", "detected_at", "restored_at", "resolved_at"]),
        st.integers(0, 600),
        st.integers(-900, 900),
    ),
    max_size=12,
)


def after(incident: Incident, what: str, minutes: int, edit: int) -> Incident:
    """The incident after one click or edit, judged as the services judge it."""
    now = NOON + minutes * MINUTE
    if what in rules.CLOCKS:
        if getattr(incident, what) is None:
            return incident
        wanted = incident.with_(**{what: NOON + edit * MINUTE})
        rules.clocks_are_right(wanted, now)
        return wanted
    rules.may_move(incident, State(what))
    return incident.to(State(what), now)


@given(CLICKS)
def test_any_order_of_clicks_and_edits_keeps_clocks_and_states_legal(
    clicks: list[tuple[str, int, int]],
) -> None:
    incident, now = an_incident(), 0
    for what, later, edit in clicks:
        now += later
        before = incident
        try:
            incident = after(incident, what, now, edit)
        except Refusal:
            continue
        is_move = incident.state is not before.state
        assert not is_move or incident.state in TRANSITIONS[before.state]
        rules.clocks_are_right(incident, NOON + now * MINUTE)
        over = incident.state in (State.RESTORED, State.RESOLVED)
        assert not over or incident.restored_at is not None
        assert incident.is_open == (incident.state not in (State.RESOLVED, State.CLOSED))


def test_every_state_can_be_reached_and_only_closed_is_the_end() -> None:
    assert set().union(*TRANSITIONS.values()) == set(State)
    assert [state for state, to in TRANSITIONS.items() if not to] == [State.CLOSED]


def test_a_move_that_is_none_is_an_error_of_ours() -> None:
    with pytest.raises(ValueError, match="INC-7 cannot go from investigating to investigating"):
        an_incident().to(State.INVESTIGATING, NOON)
    with pytest.raises(ValueError, match="use to"):
        an_incident().with_(state=State.CLOSED)


def test_what_comes_back_counts_from_the_first_start() -> None:
    restored = an_incident().to(State.RESTORED, NOON + HOUR)
    assert restored.restored_at == NOON + HOUR
    back = restored.to(State.INVESTIGATING, NOON + 2 * HOUR)
    assert (back.restored_at, back.started_at) == (None, NOON)


@pytest.mark.parametrize("state", [State.RESTORED, State.RESOLVED, State.CLOSED])
def test_a_clock_that_was_set_back_makes_no_clock_run_backwards(state: State) -> None:
    opened = an_incident()
    over = opened.to(state, NOON - HOUR)
    for incident in (over, opened.to(State.RESOLVED, NOON + HOUR).to(State.CLOSED, NOON)):
        rules.clocks_are_right(incident, NOON + HOUR)
        ends = (incident.restored_at, incident.resolved_at, incident.closed_at)
        known = [at for at in ends if at is not None]
        assert known and known == sorted(known) and known[0] >= NOON


@pytest.mark.parametrize(
    ("clocks", "code"),
    [
        ({"detected_at": NOON - MINUTE}, "clocks_backwards"),
        ({"started_at": NOON + MINUTE}, "clocks_backwards"),
        ({"restored_at": NOON - MINUTE}, "clocks_backwards"),
        ({"restored_at": NOON + HOUR, "resolved_at": NOON + MINUTE}, "clocks_backwards"),
        ({"restored_at": NOON + 3 * HOUR}, "clock_ahead"),
    ],
)
def test_clocks_that_cannot_be(clocks: dict[str, object], code: str) -> None:
    with pytest.raises(Refusal) as refusal:
        rules.clocks_are_right(an_incident(**clocks), NOON + 2 * HOUR)
    assert refusal.value.code == code


@pytest.mark.parametrize(
    ("actor", "may"),
    [
        (member("U0BO", Role.DEPLOYER), True),
        (member("U0ANA"), True),
        (member("U0CY"), False),
        (Actor(slack_id="U0ANA"), False),
    ],
)
def test_who_decides(actor: Actor, may: bool) -> None:
    assert allows(lambda: rules.may_decide(an_incident(), actor)) is may


def allows(act: Callable[[], None]) -> bool:
    try:
        act()
    except Refusal:
        return False
    return True


def test_who_opened_it_answers_for_it_until_somebody_leads_it() -> None:
    opener, led = member("U0ANA"), an_incident(lead="U0EMI")
    assert not allows(lambda: rules.may_decide(led, opener))
    assert not allows(lambda: rules.may_assign(led, opener, opener))  # nor takes it back
    assert allows(lambda: rules.may_decide(led, member("U0EMI")))
    assert allows(lambda: rules.may_assign(led, member("U0EMI"), opener))
    assert allows(lambda: rules.may_assign(an_incident(), opener, opener))


@pytest.mark.parametrize(
    ("severity", "actor", "may"),
    [
        (Severity.MINOR, member("U0CY"), False),
        (Severity.MINOR, member("U0CY", Role.DEPLOYER), False),
        (Severity.MINOR, member("U0BO", Role.APPROVER), True),
        (Severity.MINOR, member("U0DEE", Role.LEAD), True),
        (Severity.MINOR, member("U0EMI"), False),  # who leads it may have taken the lead
        (Severity.OUTAGE, member("U0CY"), True),
    ],
)
def test_who_lowers_the_severity(severity: Severity, actor: Actor, may: bool) -> None:
    major = an_incident(severity=Severity.MAJOR, lead="U0EMI")
    try:
        rules.may_change_severity(major, severity, actor)
    except Refusal:
        assert not may
    else:
        assert may


def test_what_is_missing_is_named_all_at_once() -> None:
    resolved = an_incident(cause="D3", cause_state=CauseState.SUSPECTED).to(State.RESOLVED, NOON)
    assert rules.missing(resolved) == (
        "nobody is its lead (Assign Lead)",
        "D3 is neither confirmed nor refuted as the cause (Confirm, or Not This One)",
        "its post-mortem is not published (Post-Mortem Published)",
    )
    minor = an_incident(severity=Severity.MINOR, lead="U0DEE").to(State.RESOLVED, NOON)
    assert rules.missing(minor) == ()
    rules.may_close(minor, Closure.RESOLVED)
    rules.may_close(resolved, Closure.DUPLICATE)
    with pytest.raises(Refusal, match=r"nobody is its lead \(Assign Lead\); D3 is neither"):
        rules.may_close(resolved, Closure.RESOLVED)


def test_what_a_deployment_caused_is_not_external() -> None:
    ours = an_incident(cause="D3", cause_state=CauseState.CONFIRMED)
    with pytest.raises(Refusal, match="D3 is confirmed as its cause, so it is not external"):
        rules.may_close(ours, Closure.EXTERNAL)
    theirs = an_incident(closure=Closure.EXTERNAL)
    with pytest.raises(Refusal, match="closed as external"):
        rules.may_be_cause(theirs, CauseState.CONFIRMED)
    rules.may_be_cause(theirs, CauseState.REFUTED)


@pytest.mark.parametrize(
    ("incident", "code"),
    [
        (None, "no_such_incident"),
        (an_incident(drill=True), "drill"),
        (an_incident().to(State.RESOLVED, NOON), "incident_is_over"),
        (an_incident(service="web"), "other_service"),
    ],
)
def test_a_hotfix_mends_an_open_incident_of_its_service(incident: Incident, code: str) -> None:
    with pytest.raises(Refusal) as refusal:
        rules.may_mend(incident, "INC-7", "app")
    assert refusal.value.code == code
    rules.may_mend(an_incident(), "INC-7", "app")


@pytest.mark.parametrize(("name", "number"), [("INC-7", 7), ("INC-", 0), ("x", 0), ("INC-٣", 0)])
def test_the_number_of_a_name(name: str, number: int) -> None:
    assert number_in(name) == number


def test_a_post_mortem_is_reminded_of_before_when_and_after_it_is_due() -> None:
    due_at = NOON + 24 * HOUR
    owed = an_incident(postmortem=Postmortem(due_at=due_at)).to(State.RESOLVED, NOON)
    times = []
    for count in range(4):
        found = owed.with_(postmortem=Postmortem(due_at=due_at, reminded=count))
        at = next_reminder(found)
        assert at is not None
        assert reminders_by(due_at, at) == count + 1
        assert reminders_by(due_at, at - MINUTE) == count
        times.append((at - due_at) / HOUR)
    assert times == [-4, 0, 24, 48]
    done = Postmortem(due_at=due_at, published_at=NOON)
    assert next_reminder(owed.with_(postmortem=done)) is None


def test_the_likeliest_suspect_comes_first() -> None:
    def lived(number: int, hours: float, **more: Any) -> Deployment:
        return a_deployment(id=number, live_at=NOON - hours * HOUR, **more)

    found = suspects(
        [
            lived(1, 23),
            lived(2, 1),
            lived(3, 25),
            lived(4, -1),
            a_deployment(id=5),
            lived(6, 1, dry_run=True),
            lived(7, 0.5, kind=Kind.ROLLBACK),  # it brought what had run well
            lived(8, 0.5, kind=Kind.REDEPLOY),
        ],
        NOON,
    )
    assert [s.deployment for s in found] == ["D2", "D1"]
    assert found[0].why == "live 60 min before the start"


def test_the_home_of_who_keeps_people_informed_says_that_news_is_owed() -> None:
    told = an_incident(lead="U0DEE", comms="U0BO")
    assert [owes_news(told, member(who)) for who in ("U0BO", "U0DEE", "U0ANA")] == [
        True,
        False,
        False,
    ]
    assert owes_news(an_incident(lead="U0DEE"), member("U0DEE"))
    assert not owes_news(told.to(State.RESOLVED, NOON), member("U0BO"))
