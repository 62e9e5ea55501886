"""Only members of the workspace who hold the role may do it; everybody else is told why not."""

from datetime import UTC, datetime, timedelta
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import Refusal
from bot.domain.people import Actor, Deed, Grant, Role, Standing, Who, require
from tests.domain.samples import member

ROLES = st.frozensets(st.sampled_from(Role))
ACTORS = st.builds(
    Actor, slack_id=st.just("U0ANA"), standing=st.sampled_from(Standing), roles=ROLES
)


@given(ACTORS, st.sampled_from(Role))
def test_a_deed_needs_membership_and_the_role_itself(actor: Actor, role: Role) -> None:
    allowed = actor.standing is Standing.MEMBER and role in actor.roles
    assert actor.holds(role) is allowed
    if allowed:
        require(actor, role, "deploy")
    else:
        with pytest.raises(Refusal):
            require(actor, role, "deploy")


@given(ACTORS, st.lists(st.sampled_from(Role)))
def test_one_of_several_roles_is_enough(actor: Actor, roles: list[Role]) -> None:
    assert actor.holds(*roles) is any(actor.holds(role) for role in roles)


@pytest.mark.parametrize(("one", "other"), [*combinations(Role, 2)])
def test_no_role_implies_another(one: Role, other: Role) -> None:
    assert not member("U0ANA", one).holds(other)
    assert not member("U0ANA", other).holds(one)


@pytest.mark.parametrize(
    ("standing", "code", "says"),
    [
        (Standing.GUEST, "not_allowed_guest", "Ask a member of the team."),
        (Standing.BOT, "not_allowed_bot", "a person has to"),
        (Standing.DEACTIVATED, "not_allowed_deactivated", "deactivated"),
        (Standing.UNKNOWN, "not_allowed_unknown", "Ask an admin to add it"),
    ],
)
def test_an_account_that_may_not_act_is_told_so(standing: Standing, code: str, says: str) -> None:
    with pytest.raises(Refusal, match=says) as no:
        require(Actor(slack_id="U0EVE", standing=standing, roles=frozenset(Role)), Role.ADMIN, "")
    assert no.value.code == code


def test_a_missing_role_is_named_together_with_who_to_ask() -> None:
    with pytest.raises(Refusal) as no:
        require(member("U0CY"), Role.DEPLOYER, "deploy")
    assert str(no.value) == (
        "Only people with the role deployer may deploy. "
        "Ask one of them, or ask an admin for the role."
    )


@pytest.mark.parametrize(
    ("mine", "slack_id", "login", "same"),
    [
        ("ana-acme", "U0ANA", None, True),
        ("ana-acme", "U0ANA", "bo-acme", True),
        ("ana-acme", "U0BO", "ana-acme", True),
        ("ana-acme", "U0BO", "Ana-ACME", True),
        ("ana-acme", "U0BO", "bo-acme", False),
        ("ana-acme", "U0BO", None, False),
        (None, "U0BO", "ana-acme", False),
        (None, "U0BO", None, False),
        ("", "U0BO", "", False),
    ],
)
def test_a_person_is_known_by_slack_account_or_github_login(
    mine: str | None, slack_id: str, login: str | None, same: bool
) -> None:
    assert member("U0ANA", github=mine).is_same_person(slack_id, login) is same


def test_a_person_in_a_sentence_reads_as_their_id() -> None:
    assert f"{Who('U0ANA')}" == "U0ANA"


NOON = datetime(2026, 3, 26, 12, 0, tzinfo=UTC)
JUST, LONG_AGO = timedelta(minutes=5), timedelta(minutes=5, seconds=1)
A_DAY, MORE = timedelta(hours=24), timedelta(hours=24, seconds=1)


@pytest.mark.parametrize(
    ("age", "goes_on", "ends"),
    [
        (timedelta(0), True, True),
        (JUST, True, True),
        (LONG_AGO, False, True),
        (A_DAY, False, True),
        (MORE, False, False),
        (-JUST, True, True),  # our clock was set back
        (-MORE, False, False),
    ],
)
def test_a_role_of_before_ends_what_it_may_not_let_go_on(
    age: timedelta, goes_on: bool, ends: bool
) -> None:
    by_team = Grant(Role.DEPLOYER, "team:acme/devs", NOON - age)
    actor = Actor(slack_id="U0ANA", standing=Standing.MEMBER, grants=(by_team,))
    for deed, may in ((Deed.GOES_ON, goes_on), (Deed.ENDS, ends)):
        assert actor.doing(deed, NOON).holds(Role.DEPLOYER) is may


@pytest.mark.parametrize("deed", Deed)
def test_a_role_that_is_certain_needs_no_group_to_answer(deed: Deed) -> None:
    old = Grant(Role.APPROVER, "S0APP", NOON - MORE)
    bo = Actor(
        slack_id="U0BO", standing=Standing.MEMBER, roles=frozenset({Role.APPROVER}), grants=(old,)
    )
    require(bo.doing(deed, NOON), Role.DEPLOYER, "deploy", Role.APPROVER)


@pytest.mark.parametrize(
    ("source", "called"),
    [("team:acme/devs", "GitHub team acme/devs"), ("S0DEP", "Slack user group S0DEP")],
)
def test_who_has_a_role_by_what_does_not_answer_is_told_what_that_is(
    source: str, called: str
) -> None:
    grants = tuple(Grant(Role.DEPLOYER, name, NOON - A_DAY) for name in ("S0OTHER",))
    newest = Grant(Role.DEPLOYER, source, NOON - LONG_AGO)
    ana = Actor(slack_id="U0ANA", standing=Standing.MEMBER, grants=(*grants, newest))
    with pytest.raises(Refusal) as no:
        require(ana.doing(Deed.GOES_ON, NOON), Role.DEPLOYER, "deploy")
    assert no.value.code == "checking_who_you_are"
    assert f"by the {called} alone, which could not be read since 2026-03-26 11:5" in str(no.value)
    with pytest.raises(Refusal, match="Only people with the role qa may"):
        require(ana, Role.QA, "sign QA off")
