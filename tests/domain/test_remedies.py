"""Remedies: what can be reverted, and how they move."""

from itertools import product

import pytest

from bot.domain.deployments.changes import Change, ChangeList
from bot.domain.errors import Refusal
from bot.domain.rollbacks.remedies import (
    TRANSITIONS,
    RemedyKind,
    RemedyState,
    branch_of,
    chosen,
    revertible,
    title_of,
)
from tests.store.samples import a_remedy

TAKEN = ChangeList(
    changes=(
        Change(title="Add feature X", author="ana", pull_request=4),
        Change(title="Pushed to main", author="bo", sha="b" * 40),
        Change(title="Fix bug Y", author="cy", pull_request=5),
    )
)


@pytest.mark.parametrize(
    ("made", "left"),
    [
        ((), [4, 5]),
        ((a_remedy(pull=4),), [5]),
        ((a_remedy(pull=4, state=RemedyState.DONE),), [5]),
        ((a_remedy(pull=4, state=RemedyState.FAILED),), [4, 5]),
        ((a_remedy(pull=4, kind=RemedyKind.HOTFIX),), [4, 5]),
        ((a_remedy(pull=4), a_remedy(pull=5)), []),
    ],
)
def test_what_is_left_to_revert(made: tuple[object, ...], left: list[int]) -> None:
    assert [c.pull_request for c in revertible(TAKEN, made)] == left  # type: ignore[arg-type]
    assert revertible(None, made) == ()  # type: ignore[arg-type]


@pytest.mark.parametrize("number", [0, 6, 41])
def test_only_what_went_away_is_reverted(number: int) -> None:
    assert chosen(TAKEN, 5).title == "Fix bug Y"
    with pytest.raises(Refusal, match="one of the pull requests that went away"):
        chosen(TAKEN, number)


@pytest.mark.parametrize(("state", "to"), [*product(RemedyState, RemedyState)])
def test_a_remedy_moves_by_its_table_and_nothing_of_before_stays(
    state: RemedyState, to: RemedyState
) -> None:
    one = a_remedy(state=state, failures=2, trouble="502")
    if to in TRANSITIONS[state]:
        moved = one.to(to, number=11)
        assert (moved.state, moved.failures, moved.trouble, moved.number) == (to, 0, "", 11)
    else:
        with pytest.raises(ValueError, match="cannot go"):
            one.to(to)
    with pytest.raises(ValueError, match="use to"):
        one.with_(state=to)


@pytest.mark.parametrize(
    ("subject", "title", "branch"),
    [
        ("D3", "Feature X loses orders", "hotfix/D3-feature-x-loses-orders"),
        ("INC-7", "  ../..; rm -rf `~` ", "hotfix/INC-7-rm-rf"),
        ("D3", "日本", "hotfix/D3-fix"),
        ("D3", "a" * 39 + " and so on", f"hotfix/D3-{'a' * 39}"),
    ],
)
def test_a_branch_is_named_so_that_git_and_a_shell_take_it(
    subject: str, title: str, branch: str
) -> None:
    assert branch_of(subject, title) == branch


@pytest.mark.parametrize("text", ["", "  ", "x" * 121])
def test_a_hotfix_says_what_it_mends(text: str) -> None:
    assert title_of(" Sign-in \n is broken ") == "Sign-in is broken"
    with pytest.raises(Refusal, match="Say what the hotfix mends"):
        title_of(text)
