"""The target of a rollback: a table of histories, and what holds for any history at all."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.deployments.states import Kind
from bot.domain.metrics.history import Record, Result
from bot.domain.rollbacks.rollback_target import (
    Choice,
    Refused,
    carriers,
    choose,
    taken_back_by,
)
from bot.domain.rollbacks.rollbacks import earlier
from tests.domain.samples import NOON


def story(words: str) -> tuple[Record, ...]:
    """A history, oldest first: `B` deployed, `<B` rolled back to; `!` failed, `~` aborted,
    `-` cancelled, `.` refused, `…` going on, `*` marked bad by a person, `#` cause of an incident,
    `+` its hotfix.
    """
    ends = {"!": Result.FAILURE, "~": Result.ABORTED, "-": Result.CANCELLED, ".": Result.REFUSED}
    records = []
    for place, word in enumerate(words.split()):
        mark = word[-1]
        records.append(
            Record(
                id=f"D{place}",
                service="app",
                environment="production",
                version=word.strip("<!~-.…*#+"),
                kind=Kind.ROLLBACK if word[0] == "<" else Kind.RELEASE,
                result=None if mark == "…" else ends.get(mark, Result.SUCCESS),
                bad=mark == "*",
                blamed="INC-7" if mark == "#" else "",
                for_incident="INC-7" if mark == "+" else None,
                requested_at=NOON + timedelta(hours=place),
            )
        )
    return tuple(records)


@pytest.mark.parametrize(
    ("words", "live", "target", "tainted"),
    [
        ("A B", "B", "A", ""),
        ("A B C", "C", "B", ""),
        ("A B B", "B", "A", ""),
        ("A B C <B", "B", "A", "C"),  # ping-pong: never back to what was just left
        ("A B C <B <A", "A", Refused.NO_KNOWN_GOOD, "B C"),
        ("A B <A C", "C", "A", "B"),  # B was left, so it is not the way back from C
        ("A B C <B C", "C", "B", ""),  # C was mended and deployed again under its name
        ("A B C <B C <B", "B", "A", "C"),
        ("A B C!", "B", "B", ""),  # half-way: what was live is installed again
        ("A B C! D!", "B", "B", ""),
        ("A B C~", "B", "B", ""),  # stopped while running may be half-way, too
        ("A B B!", "B", "A", ""),  # what failed is live itself
        ("A B C! <B!", "B", "B", ""),  # a restore that failed is tried again
        ("A B C! <B! <B!", "B", "B", ""),
        ("A B C! D-", "B", "B", ""),  # cancelled changes nothing: still half-way
        ("A B C! D.", "B", "B", ""),
        ("A B C <B!", "C", "B", ""),  # a rollback that failed is tried again, never undone
        ("A B C <B! <B!", "C", "B", ""),
        ("A B C <A!", "C", "A", ""),
        ("A B C <B! D!", "C", "C", ""),
        ("A B C-", "B", "A", ""),
        ("A B C.", "B", "A", ""),
        ("A B* C", "C", "A", "B"),
        ("A B* B C", "C", "A", "B"),  # only a person lifts a person's mark
        ("A B C*", "C", "B", "C"),
        ("A B C! <B", "B", "A", ""),  # a restore taints nothing
        ("A B C <B D!", "B", "B", "C"),
        ("A B#", "B", "A", "B"),
        ("A B# C", "C", "A", "B C"),  # C has what B brought: going below both
        ("A B# C D", "D", "A", "B C D"),
        ("A B# C!", "B", "A", "B C"),  # what is half-way is not answered by the cause
        ("A B# C D!", "C", "A", "B C D"),
        ("A B# <A C", "C", "A", "B"),  # what followed a rollback does not have it
        ("A B# C+ D", "D", "C", "B"),  # nor does its hotfix
        ("A B# <A! C", "C", "A", "B C"),
        ("A B C# <B", "B", "A", "C"),
        ("A B C!# <B", "B", "A", "C"),
        ("A*", "A", Refused.NO_KNOWN_GOOD, "A"),
        ("A", "A", Refused.NO_KNOWN_GOOD, ""),
        ("", None, Refused.NOTHING_LIVE, ""),
        ("A! B-", None, Refused.NOTHING_LIVE, ""),
        ("A B C…", "B", Refused.IN_PROGRESS, ""),
        ("A B <A… C-", "B", Refused.IN_PROGRESS, ""),
    ],
)
def test_the_target_of_each_history(
    words: str, live: str | None, target: str | Refused, tainted: str
) -> None:
    found = choose(story(words))
    assert (found.live, found.refuse or found.target, " ".join(found.tainted)) == (
        live,
        target,
        tainted,
    )


@pytest.mark.parametrize(
    ("words", "restores"), [("A B C!", True), ("A B C", False), ("A B C <B!", False)]
)
def test_installing_again_what_was_live_is_told_apart(words: str, restores: bool) -> None:
    assert choose(story(words)).restores_live is restores


@pytest.mark.parametrize(
    ("words", "runs_it", "is_taken_back"),
    [
        ("A B", "D1", False),
        ("A B C!", "D1 D2", False),
        ("A B <A", "D1", True),
        ("A B C <A", "D1 D2", True),  # not the cause was live, and yet it went
        ("A B C <B", "D1 D2 D3", False),  # that stopped too early
        ("A B C <B <A", "D1 D2 D3", True),
        ("A B <A C", "D1", False),
        ("A B A", "D1", False),
    ],
)
def test_what_carries_the_cause_and_whether_a_rollback_took_it_back(
    words: str, runs_it: str, is_taken_back: bool
) -> None:
    history = [
        one if one.kind is not Kind.ROLLBACK else replace(one, rolls_back=f"D{place - 1}")
        for place, one in enumerate(story(words))
    ]
    assert " ".join(one.id for one in carriers(history, "D1")) == runs_it
    assert taken_back_by(history, "D1", choose(history).live) is is_taken_back


def test_why_a_version_is_passed_over_is_told() -> None:
    history = story("A B# C")
    told = {one.version: one.why_not for one in earlier(history, choose(history))}
    assert told == {"A": "", "B": "has the cause of INC-7", "C": "live now"}


@given(
    st.lists(
        st.builds(
            "".join,
            st.tuples(
                st.sampled_from(["", "<"]),
                st.sampled_from("ABCD"),
                st.sampled_from(["", "", "!", "~", "-", ".", "*", "#"]),
            ),
        ),
        max_size=12,
    )
)
def test_a_target_has_run_well_and_is_never_the_version_to_leave(words: list[str]) -> None:
    history = story(" ".join(words))
    found = choose(history)
    ran_well = {record.version for record in history if record.result is Result.SUCCESS}
    assert (found.target is None) is (found.refuse is not None)
    if found.target is not None and not found.restores_live:
        assert found.target in ran_well - {found.live} - set(found.tainted)
    if found.target is not None:
        went = story(" ".join([*words, f"<{found.target}"]))
        again: Choice = choose(went)
        assert again.target != found.live or found.restores_live
