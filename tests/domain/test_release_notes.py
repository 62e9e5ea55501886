"""Release notes are drafted from labels and titles, and nothing foreign in them acts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.deployments.changes import Change
from bot.domain.releases.release_notes import Group, draft, group


def change(title: str, *labels: str, number: int | None = 7, breaks: bool = False) -> Change:
    return Change(title=title, author="ana", pull_request=number, labels=labels, breaks=breaks)


@pytest.mark.parametrize(
    ("found", "where"),
    [
        (change("Add search"), Group.OTHER),
        (change("Add search", "enhancement"), Group.FEATURES),
        (change("Search", "Type: Feature"), Group.OTHER),
        (change("Search", "semver/minor"), Group.FEATURES),
        (change("Search", "Breaking Change"), Group.BREAKING),
        (change("Search", "bug", "feature"), Group.FEATURES),
        (change("Search", "bug", "breaking"), Group.BREAKING),
        (change("feat: search"), Group.FEATURES),
        (change("FIX(api): search"), Group.FIXES),
        (change("fix!: search"), Group.BREAKING),
        (change("refactor(api)!: search"), Group.BREAKING),
        (change("chore: search"), Group.OTHER),
        (change("docs: search", "bug"), Group.FIXES),
        (change("note: search"), Group.OTHER),
        (change("fix search"), Group.OTHER),
        (change("Search", breaks=True), Group.BREAKING),
        (change("feat: search", "skip-changelog"), None),
        (change("fix!: search", "ignore for release"), None),
    ],
)
def test_where_a_change_stands(found: Change, where: Group | None) -> None:
    assert group(found) == where


def test_a_draft_has_its_groups_in_order_and_no_empty_one() -> None:
    changes = (
        change("fix: lost orders", number=3),
        change("Update dependency Z", number=None),
        change("feat(search)!: another syntax", number=5),
        change("feat: dark mode", number=4),
        change("Release v1.2.0", "skip-changelog"),
    )
    assert draft(changes, "https://github.test/compare") == (
        "## Breaking changes\n\n- Another syntax (#5)\n\n"
        "## Features\n\n- Dark mode (#4)\n\n"
        "## Fixes\n\n- Lost orders (#3)\n\n"
        "## Other changes\n\n- Update dependency Z\n\n"
        "**All changes**: https://github.test/compare"
    )


def test_no_changes_are_said_to_be_none() -> None:
    assert draft(()) == "No changes listed."


def test_a_title_mentions_nobody_and_hides_nothing() -> None:
    text = draft([change("Thank @acme/all <!-- for\r\n## Lunch\u202e")])
    assert "@acme" not in text and "<!--" not in text
    assert "- Thank @\u2060acme/all &lt;!-- for ## Lunch (#7)" in text


@given(st.lists(st.text(max_size=300), max_size=60), st.integers(200, 3000))
def test_a_draft_fits_and_counts_what_it_leaves_out(titles: list[str], most: int) -> None:
    changes = [change(title, number=number) for number, title in enumerate(titles, 1)]
    text = draft(changes, "https://github.test/compare", most=most)
    assert len(text) <= most
    assert text.endswith("https://github.test/compare")


def test_what_there_is_no_room_for_is_counted() -> None:
    changes = [change("x" * 100, number=number) for number in range(1, 51)]
    text = draft(changes, most=1000)
    shown = text.count("- X")
    assert f"- and {50 - shown} more" in text and shown > 5
