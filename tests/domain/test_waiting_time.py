"""When a run stands at another gate than the one that its approvers were asked about."""

import pytest

from bot.domain.approvals.waiting_time import Asked, Look

SAME, NEWS, ANOTHER = "the same", "the same, and there is news", "another"
"""`NEWS`: somebody let in a job, so who did is read."""


def found(asked: str, held: str, begun: str) -> str:
    """Jobs by a letter each; small ones may stand at somebody else's gate."""
    gate = Asked(jobs=tuple(asked.replace("?", "")))
    look = Look(held=tuple(held), begun=tuple(begun), sure=tuple(filter(str.isupper, held)))
    if gate.is_over(look):
        return ANOTHER
    return NEWS if gate.has_news(look) else SAME


@pytest.mark.parametrize(
    ("asked", "held", "begun", "gate"),
    [
        # nothing was let in
        ("A", "A", "", SAME),
        ("A", "", "", SAME),  # queued, or missing, for a look
        ("A", "AB", "", SAME),
        ("A", "B", "", SAME),  # let in, and no runner has taken it yet
        ("A", "A", "x", SAME),  # a job that was not asked about
        ("A", "B", "x", SAME),
        ("a", "ab", "x", SAME),
        ("a", "ax", "", SAME),
        # one after the other
        ("A", "B", "A", ANOTHER),
        ("a", "b", "a", ANOTHER),
        ("A", "", "A", ANOTHER),
        ("a", "x", "a", ANOTHER),
        # at once
        ("AB", "B", "A", NEWS),
        ("AB", "", "A", NEWS),  # the other one is left out of the list
        ("AB", "BC", "A", NEWS),
        ("AB", "C", "A", ANOTHER),  # the other one was let in, too, and had to queue
        ("AB", "", "AB", ANOTHER),
        ("AB", "C", "AB", ANOTHER),
        # some of them at gates of which it is not known whose they are
        ("Ax", "A", "x", NEWS),
        ("Ax", "Ay", "x", NEWS),
        ("ax", "a", "x", NEWS),
        ("ax", "x", "a", NEWS),
        ("ax", "bx", "a", ANOTHER),
        # the names of those that stood there were not told
        ("?", "", "", SAME),
        ("?", "A", "", SAME),
        ("?", "B", "A", ANOTHER),
        ("?", "", "A", ANOTHER),
    ],
)
def test_a_gate_is_another_where_one_job_was_let_in_and_none_stands_there_still(
    asked: str, held: str, begun: str, gate: str
) -> None:
    assert found(asked, held, begun) == gate


def test_what_was_not_told_is_known_from_the_first_look_that_tells() -> None:
    before = Look(begun=("build",))
    gate = Asked().seen(before).seen(Look(held=("migrate",), begun=("build",)))
    assert gate.jobs == ("migrate",)
    assert not gate.is_over(Look(begun=("build", "test")))
    assert gate.is_over(Look(held=("deploy",), begun=("build", "migrate")))


def test_a_job_that_was_let_in_is_news_once() -> None:
    look = Look(held=("deploy",), begun=("migrate",), sure=("deploy",))
    gate = Asked(jobs=("migrate", "deploy"))
    assert gate.has_news(look)
    assert not gate.seen(look).has_news(look)


@pytest.mark.parametrize(("begun", "is_late"), [("", False), ("A", True), ("x", True)])
def test_a_time_is_late_where_anything_has_begun_since(begun: str, is_late: bool) -> None:
    gate = Asked(jobs=("A", "B"), begun=("w",))
    assert gate.is_late(Look(held=("B",), begun=("w", *begun))) is is_late
