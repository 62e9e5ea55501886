"""The gate on holds: what brings back what was rolled back, as rows."""

import pytest

from bot.domain.deployments.changes import Change, ChangeList, Commit
from bot.domain.gates import Evidence, Gate, Level, judge
from bot.domain.gates.holds import Held, held, reverted
from bot.domain.gates.holds import judge as judged
from bot.domain.rollbacks.holds import brings_back
from tests.domain.evidence import FINE
from tests.domain.samples import NOON


def listed(*titles: str, first: int = 4, commits: int | None = None) -> ChangeList:
    """Merged pull requests with these titles, numbered on from `first`."""
    numbers = range(first, first + len(titles))
    return ChangeList(
        base="v1.2.0",
        commits=len(titles) if commits is None else commits,
        changes=tuple(
            Change(title=title, author="ana", pull_request=number)
            for title, number in zip(titles, numbers, strict=True)
        ),
        log=tuple(Commit(sha=f"{number:040}", authored_at=NOON) for number in numbers),
    )


TAKEN = listed("Feature X", "Bug Y", "Library Z")
UNDONE = tuple(f'Revert "{change.title}"' for change in TAKEN.changes)
MERGED = "Feature X", "Bug Y", "Library Z"


@pytest.mark.parametrize(
    ("brought", "behind", "level", "text"),
    [
        (listed("Hotfix", first=9), 3, Level.PASS, "it contains nothing of v1.2.1, which D3"),
        (TAKEN, 0, Level.BLOCK, "v1.2.2 contains 3 commits of v1.2.1, which D3 rolled back: "),
        (listed(*MERGED, "A fix"), 0, Level.BLOCK, "Feature X; Bug Y; Library Z"),
        (listed("Feature X"), 2, Level.BLOCK, "contains 1 commit of v1.2.1, which D3 rolled back"),
        (listed(*MERGED, UNDONE[0]), 0, Level.BLOCK, "rolled back: Bug Y; Library Z"),
        (listed(*MERGED, *UNDONE), 0, Level.PASS, "what D3 rolled back of v1.2.1 is reverted"),
        (
            listed(*MERGED, *UNDONE, f'Revert "{UNDONE[1]}"'),
            0,
            Level.BLOCK,
            "rolled back: Bug Y",
        ),
        (listed(*MERGED, *UNDONE, 'Reapply "Library Z"'), 0, Level.BLOCK, "back: Library Z"),
        (listed(*MERGED, *UNDONE, "Feature X"), 0, Level.BLOCK, "rolled back: Feature X"),
        # Of more than 250 commits GitHub lists the newest: what is not listed counts as there.
        (listed("Other", first=90, commits=300), 0, Level.BLOCK, "Feature X; Bug Y; Library Z"),
        (listed(*UNDONE[:1], first=90, commits=300), 1, Level.BLOCK, "Bug Y; Library Z"),
    ],
)
def test_what_a_version_brings_back(
    brought: ChangeList, behind: int, level: Level, text: str
) -> None:
    verdict = judged((held("L1", "D3", "v1.2.1", TAKEN, brought, behind),), "v1.2.2")
    assert (verdict.gate, verdict.level) == (Gate.HOLD, level)
    assert text in verdict.text
    assert ("lifts the hold L1 (in the thread of D3)" in verdict.action) is (level is Level.BLOCK)


def test_what_nobody_knows_never_passes() -> None:
    unknown = Held(lock="L1", rollback="D3", left="", contains=None)
    verdict = judged((unknown,), "v1.2.2")
    assert verdict.level is Level.BLOCK
    assert "it is not known what that took back" in verdict.text
    nameless = ChangeList(commits=2)
    assert judged((held("L1", "D3", "v1", nameless, nameless, 0),), "v2").level is Level.BLOCK


def test_the_number_of_a_squashed_pull_request_is_no_part_of_its_title() -> None:
    changes = listed('Revert "Feature X (#4)" (#12)').changes
    assert reverted(changes) == {"Feature X"}


def test_it_is_said_only_where_something_is_held() -> None:
    def gates(evidence: Evidence) -> list[str]:
        return [verdict.gate for verdict in judge(evidence)]

    assert Gate.HOLD not in gates(FINE)


def test_only_what_contains_it_ends_a_hold() -> None:
    assert brings_back(TAKEN, listed("Feature X"))
    assert not brings_back(TAKEN, listed("Hotfix", first=9))
    assert not brings_back(None, TAKEN)
    assert not brings_back(TAKEN, None)
