"""The small parts of messages: escaping, shortening, links, times and durations."""

import re
from datetime import timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from inline_snapshot import snapshot

from bot.domain.errors import Refusal
from bot.domain.people import Who
from bot.messages import blocks
from tests.domain.samples import NOON


@given(st.text())
@example("\u00a0&\u2028<>")
def test_an_escaped_text_reads_as_what_was_written(text: str) -> None:
    shown = blocks.escape(text)
    for entity, char in (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")):
        shown = shown.replace(entity, char)
    plain = [" " if c.isspace() and c != "\n" else c for c in text]
    assert shown == "".join(c for c in plain if c.isprintable() or c == "\n")


@given(st.text(alphabet="&<>ab |", max_size=60), st.integers(8, 40))
def test_a_shortened_text_is_whole_up_to_its_end(text: str, limit: int) -> None:
    whole = blocks.escape(text) + blocks.link("https://acme.test/?a=1&b=2", "x" * 9)
    short = blocks.shorten(whole, limit)
    assert len(short) <= limit
    if len(whole) > limit:
        assert short.endswith("…")
        assert whole.startswith(short[:-1])
        assert short.count("<") == short.count(">")
        assert not re.sub(r"&(amp|lt|gt);", "", short).count("&")
    else:
        assert short == whole


def test_a_title_with_an_ampersand_is_not_cut_at_it() -> None:
    assert blocks.line("Fix A & B " + "x" * 200, 60).startswith("Fix A &amp; B xxx")


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-5, "0 s"),
        (89, "89 s"),
        (90, "2 min"),
        (7140, "119 min"),
        (7200, "2 h 0 min"),
        (11100, "3 h 5 min"),
    ],
)
def test_durations_as_people_say_them(seconds: int, text: str) -> None:
    assert blocks.span(timedelta(seconds=seconds)) == text


def test_times_are_in_the_readers_zone_with_utc_to_fall_back_on() -> None:
    assert blocks.when(NOON) == snapshot(
        "<!date^1711454400^{date_short_pretty} at {time}|2024-03-26 12:00 UTC>"
    )
    assert blocks.clock_time(NOON) == snapshot("<!date^1711454400^{time}|12:00 UTC>")


def test_people_in_a_refusal_are_mentions_and_foreign_words_are_not() -> None:
    no = Refusal("taken", "{who} typed “{word}”.", who=Who("U0ANA"), word="<!channel>")
    assert blocks.refused(no).text == "<@U0ANA> typed “&lt;!channel&gt;”."


def test_commands_in_a_refusal_are_called_as_the_team_calls_them() -> None:
    no = Refusal("no_version", "Which version? For example: {deploy} v1.2.1")
    assert str(no) == blocks.refused(no).text == "Which version? For example: /deploy v1.2.1"
    assert blocks.refused(no, {"deploy": "/ship"}).text.endswith("/ship v1.2.1")


def test_a_link_without_an_address_is_its_text() -> None:
    assert blocks.link(None, "Run 7001") == "Run 7001"
    assert blocks.link("", "Run 7001") == "Run 7001"


@given(st.text())
def test_an_address_cannot_leave_its_link(url: str) -> None:
    shown = blocks.link(f"https://acme.test/{url}", "x")
    assert re.fullmatch(r"<https://acme\.test/[!-;=?-{}~]*\|x>", shown), shown


def test_what_a_person_wrote_cannot_pass_for_ours() -> None:
    forged = "hi” · approved by dee · reason: “x\n• <!channel>"
    assert blocks.quoted(forged) == '“hi" · approved by dee · reason: "x • &lt;!channel&gt;”'
