"""Versions are SemVer tags: read exactly or not at all, and ordered as semver.org says."""

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.versions import MAX_LENGTH, Version, looks_like_version

NUMBERS = st.integers(0, 999_999_999)
IDENTIFIERS = st.one_of(
    st.integers(0, 10**9).map(str),
    st.from_regex(r"[0-9]{0,3}[A-Za-z-][0-9A-Za-z-]{0,6}", fullmatch=True),
)
VERSIONS = st.builds(
    Version,
    NUMBERS,
    NUMBERS,
    NUMBERS,
    st.lists(IDENTIFIERS, max_size=3).map(".".join),
)
ONE_FORM = re.compile(r"v[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.-]+)?")
# semver.org, section 11, with what surrounds its examples.
IN_ORDER = [
    "v0.0.1", "v0.9.9", "v1.0.0-0", "v1.0.0-2", "v1.0.0-11", "v1.0.0--", "v1.0.0-alpha",
    "v1.0.0-alpha.1", "v1.0.0-alpha.beta", "v1.0.0-beta", "v1.0.0-beta.2", "v1.0.0-beta.11",
    "v1.0.0-rc.1", "v1.0.0-rc.1.0", "v1.0.0", "v1.0.1-a", "v1.0.1", "v1.2.0", "v1.10.0", "v2.0.0",
    "v2.1.0", "v2.1.1", "v10.0.0",
]  # fmt: skip


def parsed(text: str) -> Version:
    version = Version.parse(text)
    assert version is not None, text
    return version


@pytest.mark.parametrize(("lower", "higher"), [*pairwise(IN_ORDER)])
def test_each_version_is_lower_than_the_next(lower: str, higher: str) -> None:
    assert parsed(lower) < parsed(higher)
    assert not parsed(higher) <= parsed(lower)


def test_sorting_is_by_precedence_and_not_by_letters() -> None:
    assert sorted(map(parsed, reversed(IN_ORDER))) == list(map(parsed, IN_ORDER))


@given(VERSIONS, VERSIONS)
def test_of_two_versions_exactly_one_relation_holds(one: Version, other: Version) -> None:
    assert [one < other, one == other, one > other].count(True) == 1


@given(VERSIONS)
def test_what_is_written_reads_back(version: Version) -> None:
    assert len(str(version)) > MAX_LENGTH or Version.parse(str(version)) == version


@given(VERSIONS)
def test_a_final_version_is_higher_than_its_candidates(version: Version) -> None:
    final = Version(version.major, version.minor, version.patch)
    assert version <= final


def test_the_v_may_be_upper_case() -> None:
    assert str(parsed("V1.2.1")) == "v1.2.1"


@pytest.mark.parametrize(
    "text",
    [
        "", "v", "1.2.1", "vv1.2.1", "v1", "v1.2", "v1.2.3.4", "v01.2.1", "v1.02.1", "v1.2.1-",
        "v1.2.1-01", "v1.2.1-a..b", "v1.2.1-é", "v1.2.1+build", "v-1.2.1", "v1.2.x", " v1.2.1",
        "v1.2.1\n", "v1.2.1 ", "v１.2.1", "v1.2.٣", "v1234567890.0.0", "v1,2,1", "refs/tags/v1.2.1",
        "v1.2.1-" + "a" * MAX_LENGTH, "main",
    ],
)  # fmt: skip
def test_anything_else_is_no_version(text: str) -> None:
    assert Version.parse(text) is None


@given(st.text())
def test_any_text_is_a_version_exactly_or_not_at_all(text: str) -> None:
    version = Version.parse(text)
    assert version is None or str(version) == "v" + text[1:]


@given(st.text() | st.from_regex(r"v\d+\.\d+\.\d+\W?.*", fullmatch=True))
def test_what_leaves_for_github_has_one_form(text: str) -> None:
    version = Version.parse(text)
    assert version is None or ONE_FORM.fullmatch(str(version))


def test_a_version_is_compared_with_versions_only() -> None:
    with pytest.raises(TypeError):
        _ = parsed("v1.2.1") < "v1.3.0"


@pytest.mark.parametrize(
    ("title", "found"),
    [
        ("Release v1.2.1 [D12-ab12cd34]", "v1.2.1"),
        ("deploy (v1.2.1), then v1.3.0", "v1.2.1"),
        ("to=v1.2.1", None),
        ("v1.2.1-rc.1: try it", "v1.2.1-rc.1"),
        ("release.yml", None),
        ("", None),
    ],
)
def test_a_version_is_found_as_a_word_of_a_title(title: str, found: str | None) -> None:
    assert Version.find(title) == (parsed(found) if found else None)


@given(st.text(alphabet="abc ,;:()[]\"'", max_size=20), VERSIONS)
def test_a_version_is_found_wherever_it_stands(around: str, version: Version) -> None:
    found = Version.find(f"{around} {version} {around}")
    assert len(str(version)) > MAX_LENGTH or found == version


@pytest.mark.parametrize(
    ("word", "meant"),
    [("1.2.1", True), ("v1", True), ("V2", True), ("7", True), ("verify", False), ("app", False)],
)
def test_a_word_with_a_number_in_front_was_meant_as_a_version(word: str, meant: bool) -> None:
    assert looks_like_version(word) is meant
