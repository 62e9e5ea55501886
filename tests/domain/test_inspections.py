"""Inspections: for which deployments, how the list stands, and who signs."""

from typing import Any

import pytest

from bot.domain.deployments.deployments import Deployment
from bot.domain.deployments.inspections import entries, is_for, sign, to_sign
from bot.domain.deployments.migrations import Migration
from bot.domain.deployments.states import Kind, State
from bot.domain.deployments.validation import Outcome, Reading, Validation
from bot.domain.errors import Refusal
from bot.domain.gates.signatures import QUERIES
from bot.domain.people import Role
from tests.domain.samples import NOON, a_deployment, member

BROUGHT = (Migration(path="migrations/0007_drop.sql"),)
ANA = member("U0ANA", Role.DEPLOYER)


def brought(state: State = State.SUCCEEDED, **changes: Any) -> Deployment:
    return a_deployment(**({"state": state, "migrations": BROUGHT} | changes))


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        ({}, True),
        ({"kind": Kind.HOTFIX}, True),
        ({"kind": Kind.ROLLBACK}, False),
        ({"environment": "staging"}, False),
        ({"migrations": ()}, False),
        ({"dry_run": True}, False),
    ],
)
def test_for_which_deployments(changes: dict[str, Any], wanted: bool) -> None:
    assert is_for(brought(**changes)) is wanted
    assert bool(to_sign(brought(**changes))) is wanted


@pytest.mark.parametrize(
    ("outcome", "mark"),
    [(Outcome.OK, "done"), (Outcome.DEGRADED, "against"), (Outcome.NO_DATA, "against")],
)
def test_only_what_was_read_as_good_is_done(outcome: Outcome, mark: str) -> None:
    read = Reading(what="migrate:status", outcome=outcome, text="run 1", at=NOON)
    found = brought(validation=Validation(started_at=NOON, readings=(read,)))
    status, integrity, *_ = entries(found, configured=True)
    assert (status.mark, status.text) == (mark, "run 1")
    assert (integrity.mark, integrity.text) == ("open", "under way")
    assert entries(brought(), configured=False)[0].text == "not configured"


def test_each_item_takes_one_name_after_the_success() -> None:
    one = sign(brought(), "index_usage", ANA, NOON)
    assert to_sign(one) == ("slow_queries", "lock_contention")
    assert [(e.mark, e.by) for e in entries(one, configured=True)][3] == ("signed", "U0ANA")
    with pytest.raises(Refusal, match="needs no name"):
        sign(one, "index_usage", ANA, NOON)
    for state in set(State) - {State.SUCCEEDED}:
        assert to_sign(brought(state)) == ()
    with pytest.raises(Refusal, match="Only people with the role"):
        sign(brought(), next(iter(QUERIES)), member("U0CY"), NOON)
