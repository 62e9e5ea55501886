"""What may be typed after /incident."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import Refusal
from bot.domain.grammar import IncidentWish, parse_incident
from bot.domain.incidents.incidents import Severity
from tests.domain.samples import ANYTHING

PIECES = (
    *("login ", "is ", "drill ", "drill", "(drill) ", "(", ")", "- ", ", ", '"', "*", ": ", "_"),
    *("this is a ", "not a ", "please ", "ignore ", "outage ", "DRILL ", "/ ", "a ", "it's ", "["),
    *(
        ":fire: ",
        ":drill: ",
        "for ",
        "fails ",
        "test ",
        "press ",
        "(not a drill) ",
        "update ",
        "7 ",
    ),
)


def opens(severity: Severity | None = None, text: str = "", **more: object) -> IncidentWish:
    return IncidentWish(deed="open", severity=severity, text=text, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("typed", "wish"),
    [
        ("", opens()),
        ("outage All users locked out", opens(Severity.OUTAGE, "All users locked out")),
        ("OUTAGE: down", opens(Severity.OUTAGE, "down")),
        ("--major slow", opens(Severity.MAJOR, "slow")),
        ("sev3 slow", opens(Severity.MODERATE, "slow")),
        ("minor", opens(Severity.MINOR)),
        ("the site is down", opens(None, "the site is down")),
        ("outages again", opens(None, "outages again")),
        ("list", IncidentWish(deed="list")),
        ("LIST", IncidentWish(deed="list")),
        ("list is empty", opens(None, "list is empty")),
        ("help", IncidentWish(deed="help")),
        ("playbook", IncidentWish(deed="playbook")),
        ("playbook is missing", opens(None, "playbook is missing")),
        ("help does not load", opens(None, "help does not load")),
        ("update", IncidentWish(deed="update")),
        ("update INC-7", IncidentWish(deed="update", incident=7)),
        ("update inc-7: all is well", IncidentWish(deed="update", incident=7, text="all is well")),
        ("update #7 all is well", IncidentWish(deed="update", incident=7, text="all is well")),
        ("update INC 7 all is well", IncidentWish(deed="update", incident=7, text="all is well")),
        ("update INC #7, all well", IncidentWish(deed="update", incident=7, text="all well")),
        ("update “INC-7” all well", IncidentWish(deed="update", incident=7, text="all well")),
        ("update 7: all is well", IncidentWish(deed="update", incident=7, text="all is well")),
        ("update: inc7 all is well", IncidentWish(deed="update", incident=7, text="all is well")),
        ("update 7", IncidentWish(deed="update", incident=7)),
        ("update 7.", IncidentWish(deed="update", incident=7)),
        ("update INC-7. fine", IncidentWish(deed="update", incident=7, text="fine")),
        (
            "update 7.5 % fail",
            opens(None, "update 7.5 % fail", maybe_update="7.5 % fail"),
        ),
        (
            "update 7th host is back",
            opens(None, "update 7th host is back", maybe_update="7th host is back"),
        ),
        (
            "update 10:30 it is back",
            opens(None, "update 10:30 it is back", maybe_update="10:30 it is back"),
        ),
        (
            "update page is broken",
            opens(None, "update page is broken", maybe_update="page is broken"),
        ),
        ("drill", opens(drill=True)),
        ("drill outage all down", opens(Severity.OUTAGE, "all down", drill=True)),
        ("drill all down", opens(None, "all down", drill=True)),
        ("drill: outage all down", opens(Severity.OUTAGE, "all down", drill=True)),
        ("DRILL - major: slow", opens(Severity.MAJOR, "slow", drill=True)),
        ("[drill] sev1 all down", opens(Severity.OUTAGE, "all down", drill=True)),
        ("“drill” all down", opens(None, "all down", drill=True)),
        ("(DRILL): all down", opens(None, "all down", drill=True)),
        ("**drill:** all down", opens(None, "all down", drill=True)),
        ("_drill_ all down", opens(None, "all down", drill=True)),
        ("--drill all down", opens(None, "all down", drill=True)),
        ("drill, all down", opens(None, "all down", drill=True)),
        ("drill:", opens(drill=True)),
        ("drill major drill: slow", opens(Severity.MAJOR, "slow", drill=True)),
        ("drill: this is not a drill!", opens(None, "this is not a drill!", drill=True)),
        ("drill press is down (Not a drill).", opens(None, "drill press is down (Not a drill).")),
        (
            "outage a drill is down (not a drill)",
            opens(Severity.OUTAGE, "a drill is down (not a drill)"),
        ),
        ("outage all down, not a drill!", opens(Severity.OUTAGE, "all down, not a drill!")),
        ("outage this is no drill: down", opens(Severity.OUTAGE, "this is no drill: down")),
        ("drill-down is empty", opens(None, "drill-down is empty")),
        ("outage drilldown is empty", opens(Severity.OUTAGE, "drilldown is empty")),
        ("outage “nobody gets in”", opens(Severity.OUTAGE, '"nobody gets in"')),
    ],
)
def test_what_is_understood(typed: str, wish: IncidentWish) -> None:
    assert parse_incident(typed) == wish


@pytest.mark.parametrize(
    ("typed", "news"),
    [
        ("7 all is well", "all is well"),
        ("7 of 9 hosts are back", "of 9 hosts are back"),
        ("7, maybe 8 nodes are back", "maybe 8 nodes are back"),
        ("7. fine", "fine"),
        ("(7); fine", "fine"),
    ],
)
def test_news_that_begin_with_a_number_go_to_no_other_incident(typed: str, news: str) -> None:
    with pytest.raises(Refusal) as no:
        parse_incident(f"update {typed}")
    assert no.value.code == "incident_or_news"
    assert f"I posted nothing. If it is: /incident update INC-7 {news}. If it" in str(no.value)


@pytest.mark.parametrize(
    "typed",
    [
        "outage drill: all down",
        "outage DRILL - all down",
        "outage [drill] all down",
        "sev1: --drill all down",
        "outage (drill) all down",
        "outage **drill:** all down",
    ],
)
def test_a_drill_that_comes_after_the_severity_is_asked_about(typed: str) -> None:
    with pytest.raises(Refusal) as no:
        parse_incident(typed)
    said = typed.partition(" ")[2]
    assert str(no.value) == (
        "Is it a drill? I opened nothing. A drill: /incident drill outage all down. "
        f"If it is real, say so: /incident outage {said} (not a drill)"
    )


@pytest.mark.parametrize(
    "said",
    [
        *("all down (drill)", "all down (_drill_)", 'all down ("Drill")', "all down {drill}"),
        *(
            "all down, drill",
            "all down. Drill",
            "all down - drill, please ignore",
            "all down :drill:",
        ),
        *("all down (drill for the new team)", "all down (DR drill)", "🚨drill🚨 all down"),
        *(":rotating_light: DRILL :rotating_light: all down", "all down, this is a drill"),
        *(
            "this is just a drill: all down",
            "fire drill, all down",
            "gameday drill",
            "drills",
            "((drill)",
        ),
        *(
            "fire-drill: all down",
            "the drill is down",
            "(drill press) sells for 0 EUR",
            "no app.drill",
        ),
    ],
)
def test_whatever_tells_of_a_drill_wakes_nobody_before_it_is_said_which_is_meant(said: str) -> None:
    with pytest.raises(Refusal) as no:
        parse_incident(f"major {said}")
    assert no.value.code == "drill_or_not"
    assert no.value.facts == {"drill": f"major {said}", "real": f"major {said}"}


@given(st.lists(st.sampled_from(PIECES), max_size=8).map("".join) | ANYTHING)
def test_both_lines_that_are_offered_are_taken_as_they_are(typed: str) -> None:
    try:
        assert parse_incident(typed).deed in ("open", "list", "update", "playbook", "help")
    except Refusal as no:
        if no.code == "drill_or_not":
            assert parse_incident(f"drill {no.facts['drill']}").drill
            wish = parse_incident(f"{no.facts['real']} (not a drill)")
            assert f"{wish.severity} {wish.text}" == f"{no.facts['real']} (not a drill)"
            assert not wish.drill


@given(st.sampled_from(["", "outage ", "sev2: "]), ANYTHING)
def test_whatever_follows_drill_is_never_a_real_incident(severity: str, after: str) -> None:
    try:
        wish = parse_incident(f"{severity}drill {after}")
    except Refusal as no:
        assert no.code in ("drill_or_not", "reason_too_long")
    else:
        assert wish.drill and not severity
