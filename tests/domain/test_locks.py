"""Locks: what they say to each kind of deployment, until when, and who may set and open them."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.closures.locks import Lock, LockKind, judge, may_lock, may_open
from bot.domain.deployments.states import Kind
from bot.domain.errors import Refusal
from bot.domain.gates import Level
from bot.domain.people import Actor, Role, Standing
from tests.domain.samples import NOON, member

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
DEES = Lock(id=3, owner="U0DEE", reason="DB maintenance", set_at=NOON, expires_at=NOON + 2 * HOUR)
HOLD = replace(DEES, id=4, kind=LockKind.HOLD, subject="D9", owner="", expires_at=None)
INCIDENT = replace(HOLD, id=5, kind=LockKind.INCIDENT, subject="INC-7", reason="Nobody signs in")
NAMES = {"U0DEE": "Dee Diallo"}
ANYTHING_BUT_A_ROLLBACK = [kind for kind in Kind if kind is not Kind.ROLLBACK]


@pytest.mark.parametrize("kind", ANYTHING_BUT_A_ROLLBACK)
def test_a_lock_blocks_with_owner_reason_age_expiry_and_the_two_ways_on(kind: Kind) -> None:
    found = judge([DEES], NOON + 25 * MINUTE, kind, NAMES.__getitem__)
    assert (found.gate, found.level, found.about) == ("lock", Level.BLOCK, ("L3",))
    assert found.text == (
        "Locked by Dee Diallo since 2024-03-26 12:00 UTC, until 2024-03-26 14:00 UTC "
        "(L3): “DB maintenance”"
    )
    assert found.action == (
        "Ask Dee Diallo, who has held L3 for 25 min, to unlock it. Or override it with a reason."
    )


@pytest.mark.parametrize(
    ("locks", "minutes", "kind", "level"),
    [
        ([], 0, Kind.RELEASE, Level.PASS),
        ([DEES], 0, Kind.RELEASE, Level.BLOCK),
        ([DEES], 119, Kind.RELEASE, Level.BLOCK),
        ([DEES], 120, Kind.RELEASE, Level.PASS),
        ([replace(DEES, opened_at=NOON)], 1, Kind.RELEASE, Level.PASS),
        ([replace(DEES, expires_at=None)], 10**6, Kind.RELEASE, Level.BLOCK),
        ([DEES], 1, Kind.HOTFIX, Level.BLOCK),
        ([HOLD], 1, Kind.RELEASE, Level.PASS),  # the gate `hold` asks what a version brings
        ([INCIDENT], 1, Kind.RELEASE, Level.BLOCK),
        ([INCIDENT], 1, Kind.REDEPLOY, Level.BLOCK),
        ([INCIDENT], 1, Kind.HOTFIX, Level.WARN),
        ([INCIDENT, DEES], 1, Kind.HOTFIX, Level.BLOCK),
        ([INCIDENT, HOLD, DEES], 1, Kind.ROLLBACK, Level.PASS),
    ],
)
def test_what_a_lock_is_to_whom(locks: list[Lock], minutes: int, kind: Kind, level: Level) -> None:
    found = judge(locks, NOON + minutes * MINUTE, kind, NAMES.__getitem__, mends="INC-7")
    assert found.level is level
    assert bool(found.action) is (level is Level.BLOCK)


def test_a_hotfix_for_one_incident_passes_no_other() -> None:
    found = judge([INCIDENT], NOON, Kind.HOTFIX, NAMES.__getitem__, mends="INC-8")
    assert found.level is Level.BLOCK


def test_all_locks_are_told_at_once() -> None:
    found = judge([DEES, HOLD, INCIDENT], NOON, Kind.RELEASE, NAMES.__getitem__)
    assert "D9" not in found.text
    assert "until unlocked (L5): “Nobody signs in”" in found.text
    assert found.action == (
        "Ask Dee Diallo, who has held L3 for 0 s, to unlock it. "
        "It opens when INC-7 is resolved. Or override it with a reason."
    )


@pytest.mark.parametrize(
    ("service", "environment", "covered"),
    [
        ("", "", True),
        ("app", "", True),
        ("", "production", True),
        ("app", "production", True),
        ("api", "", False),
        ("", "staging", False),
        ("app", "staging", False),
        ("api", "production", False),
    ],
)
def test_what_is_left_out_is_every_one(service: str, environment: str, covered: bool) -> None:
    lock = replace(DEES, service=service, environment=environment)
    assert lock.covers("app", "production") is covered


def test_what_is_due_next() -> None:
    assert DEES.due_at == NOON + 2 * HOUR
    lasting = replace(DEES, expires_at=None)
    assert lasting.due_at == NOON + 3 * HOUR
    assert lasting.nagged(NOON + 4 * HOUR).due_at == NOON + 7 * HOUR
    assert replace(DEES, expires_at=NOON + 5 * HOUR).due_at == NOON + 3 * HOUR
    assert DEES.opened(NOON, "U0DEE").due_at is None
    assert HOLD.due_at is None


def test_a_lock_that_is_set_again_keeps_its_age() -> None:
    later = NOON + HOUR
    wanted = replace(DEES, id=0, reason="still moving", set_at=later, expires_at=later + 4 * HOUR)
    renewed = DEES.renewed(wanted)
    assert (renewed.id, renewed.set_at, renewed.reason) == (3, NOON, "still moving")
    assert renewed.due_at == later + 3 * HOUR


def why_not(lock: Lock, actor: Actor) -> str:
    with pytest.raises(Refusal) as no:
        may_open(lock, actor)
    return no.value.code


@pytest.mark.parametrize("role", [Role.DEPLOYER, Role.APPROVER, Role.ADMIN])
def test_who_may_lock_and_open_what_others_locked(role: Role) -> None:
    actor = member("U0ANA", role)
    may_lock(actor)
    may_open(DEES, actor)
    may_open(HOLD, actor)


@pytest.mark.parametrize("role", [Role.LEAD, Role.QA])
def test_who_may_not(role: Role) -> None:
    actor = member("U0ANA", role)
    with pytest.raises(Refusal, match="may lock and unlock"):
        may_lock(actor)
    assert why_not(DEES, actor) == "not_allowed"


def test_the_owner_may_open_it_even_without_the_role_but_as_a_member() -> None:
    may_open(DEES, member("U0DEE"))
    gone = Actor(slack_id="U0DEE", standing=Standing.DEACTIVATED)
    assert why_not(DEES, gone) == "not_allowed_deactivated"


def test_what_is_open_cannot_be_opened_and_an_incidents_opens_with_it() -> None:
    dee = member("U0DEE", Role.ADMIN)
    assert why_not(DEES.opened(NOON, "U0BO"), dee) == "already_open"
    assert why_not(DEES.opened(NOON, ""), dee) == "already_open"
    assert why_not(INCIDENT, dee) == "opens_with_incident"
