"""What may be typed after /incident."""

import pytest
from hypothesis import given

from bot.domain.errors import Refusal
from bot.domain.grammar import IncidentWish, parse_incident
from bot.domain.incidents.incidents import Severity
from tests.domain.samples import ANYTHING


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
        (
            "(drill press) sells for 0 EUR (not a drill)",
            opens(None, "(drill press) sells for 0 EUR (not a drill)"),
        ),
        (
            "drill press page is down (Not a drill).",
            opens(None, "drill press page is down (Not a drill)."),
        ),
        ("drill: 500 “(not a drill)”", opens(None, 'drill: 500 "(not a drill)"')),
        (
            "[drill category] 500 (not a drill) 🚨",
            opens(None, "[drill category] 500 (not a drill) 🚨"),
        ),
        ("drill, all down", opens(None, "all down", drill=True)),
        ("drill:", opens(drill=True)),
        ("drill-press is broken", opens(None, "drill-press is broken")),
        ("outage the drill is down", opens(Severity.OUTAGE, "the drill is down")),
        ("outage nobody sees drills", opens(Severity.OUTAGE, "nobody sees drills")),
        (
            "outage exits shut in the fire drill",
            opens(Severity.OUTAGE, "exits shut in the fire drill"),
        ),
        ("outage all down (not a drill)", opens(Severity.OUTAGE, "all down (not a drill)")),
        (
            "outage all down - this is no drill!",
            opens(Severity.OUTAGE, "all down - this is no drill!"),
        ),
        ("outage no answer of app.drill", opens(Severity.OUTAGE, "no answer of app.drill")),
        ("outage nobody finds pre-drill", opens(Severity.OUTAGE, "nobody finds pre-drill")),
        ("outage no (drill-press) here", opens(Severity.OUTAGE, "no (drill-press) here")),
        ("outage nobody gets /drill", opens(Severity.OUTAGE, "nobody gets /drill")),
        ("outage drilldown is empty", opens(Severity.OUTAGE, "drilldown is empty")),
        ("outage a drill press costs 0", opens(Severity.OUTAGE, "a drill press costs 0")),
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


@given(ANYTHING)
def test_whatever_is_typed_is_some_wish(typed: str) -> None:
    assert parse_incident(typed).deed in ("open", "list", "update", "playbook", "help")
