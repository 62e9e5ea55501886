"""Letters: to members, about what is theirs, for what ships to production."""

from dataclasses import replace
from typing import Any

import pytest

from bot.domain.deployments.changes import Change, ChangeList
from bot.domain.deployments.letters import addressed, authors
from bot.domain.deployments.states import Kind
from bot.domain.people import Standing
from tests.domain.samples import a_deployment, member

X, Y, Z = (
    Change(title=title, author=author)
    for title, author in (("X", "ana-acme"), ("Y", "Bo-Acme"), ("Z", "ana-acme"))
)
SHIPS = a_deployment(changes=ChangeList(changes=(X, Y, Z, Change(title="?", author=""))))
ANA, BO = member("U0ANA", github="Ana-acme"), member("U0BO", github="bo-acme")


def test_each_author_is_told_of_their_own() -> None:
    assert authors(SHIPS) == ("ana-acme", "Bo-Acme")
    assert addressed(SHIPS, [ANA, BO]) == ((ANA, (X, Z)), (BO, (Y,)))


def test_only_members_with_a_login_are_told() -> None:
    guest = replace(ANA, standing=Standing.GUEST)
    assert addressed(SHIPS, [guest, member("U0CY"), member("U0DEE", github="dee-acme")]) == ()


@pytest.mark.parametrize(
    "facts",
    [
        {"environment": "staging"},
        {"dry_run": True},
        {"kind": Kind.ROLLBACK},
        {"kind": Kind.REDEPLOY},
        {"changes": None},
    ],
)
def test_what_does_not_ship_is_told_to_nobody(facts: dict[str, Any]) -> None:
    assert authors(replace(SHIPS, **facts)) == ()
    assert authors(replace(SHIPS, kind=Kind.HOTFIX)) == authors(SHIPS)
