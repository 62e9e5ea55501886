"""What may be typed after /incident."""

from contextlib import suppress
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import Refusal
from bot.domain.grammar import IncidentWish, drills, parse_incident
from bot.domain.incidents.incidents import Severity
from tests.domain.samples import ANYTHING

PIECES = (
    *("login ", "is ", "drill ", "drill", "(drill) ", "(", ")", "- ", ", ", '"', "*", ": ", "_"),
    *("this is a ", "not a ", "please ", "ignore ", "outage ", "DRILL ", "/ ", "a ", "it's ", "["),
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


@pytest.mark.parametrize(
    ("typed", "drill"),
    [
        ("outage drill: nobody can log in", "outage nobody can log in"),
        ("outage drill nobody can log in", "outage nobody can log in"),
        ("sev1: DRILL - nobody can log in", "outage nobody can log in"),
        ("major [drill] slow", "major slow"),
        ("outage --drill all down", "outage all down"),
        ("outage this is just a drill: all down", "outage all down"),
        ("this is a drill, outage all down", "outage all down"),
        ("major outage drill: all down", "major all down"),
        ("outage drill", "outage"),
        ("fire drill!", "…"),
        ("outage DR drill all down", "outage all down"),
    ],
)
def test_where_drill_leads_nobody_is_woken_and_no_outage_kept_quiet(typed: str, drill: str) -> None:
    with pytest.raises(Refusal) as no:
        parse_incident(typed)
    assert no.value.code == "drill_or_not"
    assert f"I opened nothing. A drill: /incident drill {drill}. If it is real" in str(no.value)


@pytest.mark.parametrize(
    "end",
    [
        *("(drill)", "[DRILL]", "{drill}", "<drill>", "- drill", "— Drill!", "-- DRILL --"),
        *("*drill*", "“drill”", "#drill", "-drill", "_drill_", ":drill:", ":fire: drill"),
        *("| drill", "/ drill", "// drill", "=> drill", ", drill", "... drill", "… (drill"),
        *("(this is a drill)", "- just a drill", "(fire drill).", "[ drill ]", "(it’s a drill)"),
        *("(drill, please ignore)", "[drill: ignore this!]", "(just a drill please", "(drills)."),
        *("- drill only", "- (drill)", "**[drill]**", "((drill))", "([drill])", "( (drill) )"),
        *("(**drill**)", "(_drill_)", "(“drill”)", "**(drill)**", "(training drill)"),
        *("(drill: runbook 7)", "[DRILL - ops only, until noon]"),
        *("(DR drill)", "(our quarterly DR-drill)", "- drill, please ignore", ", drill please"),
        *(". This is a drill, do not panic", ". Drill. Ignore.", ", drill, don’t page anybody"),
        *("drill please ignore", "this is a drill", "just a drill", "DRILL", "(drill) - drill"),
    ],
)
@pytest.mark.parametrize("severity", ["outage ", ""])
def test_where_drill_is_set_apart_at_the_end_it_is_asked_as_well(end: str, severity: str) -> None:
    with pytest.raises(Refusal) as no:
        parse_incident(f"{severity}login is broken {end}")
    assert str(no.value) == (
        f"Is it a drill? I opened nothing. A drill: /incident drill {severity}login is broken. "
        "If it is real, leave that out, or end with “(not a drill)”: "
        "/incident outage login is broken"
    )


@pytest.mark.parametrize(
    "seen",
    [
        *("Reports broken (drill down does not work)", "SKU 5512 (drill press) sells for 0 EUR"),
        *("Wrong items (drills instead of saws)", "Wrong category (drill bits, saws) shown"),
        *("No (drill-through) queries", "No answer of shop/drill", "Search for a drill is slow"),
        *("Checkout down. This is not a drill", "Checkout down, NOT A DRILL", "No 1,000 drill"),
        *("Checkout down (this is no drill!)", "THIS IS NOT A DRILL, please call everybody"),
        *("Not just a drill: checkout down", "404 for: saw, drill, hammer"),
    ],
)
def test_what_users_see_of_a_drill_is_an_outage(seen: str) -> None:
    assert parse_incident(f"outage {seen}") == opens(Severity.OUTAGE, seen)


@pytest.mark.parametrize(
    "seen",
    [
        *("404 for: saw, hammer, drill", "Search broken for “drill”", "Category (drills) empty"),
        *("drill bits cannot be ordered", "drill: press shows 0", "drill", "(drill)"),
    ],
)
def test_words_that_look_like_a_drill_open_one_that_says_what_it_is(seen: str) -> None:
    with pytest.raises(Refusal, match="not a drill"):
        parse_incident(f"outage {seen}")
    said = f"{seen} (not a drill)".replace("“", '"').replace("”", '"')
    assert parse_incident(f"outage {said}") == opens(Severity.OUTAGE, said)


@pytest.mark.parametrize(
    ("seen", "left"),
    [
        ("No “Cordless - drill”", 'No "Cordless"'),
        ("No “Cordless” - drill", 'No "Cordless"'),
        ("Login (SSO - drill)", "Login (SSO)"),
        ("Login (SSO (drill))", "Login (SSO)"),
        ("Login (SSO) - drill", "Login (SSO)"),
        ("*Login is broken - drill*", "*Login is broken*"),
        ("Users' login - it's a drill", "Users' login"),
        ("Login: SSO, drill", "Login: SSO"),
        ("drill: “Login” is broken", '"Login" is broken'),
    ],
)
def test_only_the_mark_is_left_out(seen: str, left: str) -> None:
    with pytest.raises(Refusal) as no:
        parse_incident(f"outage {seen}")
    assert no.value.facts == {"drill": f"outage {left}", "real": f"outage {left}"}


@pytest.mark.parametrize("said", ["(drill) ", "[DRILL, please ignore] "])
def test_so_it_is_where_brackets_within_say_so(said: str) -> None:
    with pytest.raises(Refusal) as no:
        parse_incident(f"major login {said}is broken")
    assert str(no.value) == (
        "Is it a drill? I opened nothing. A drill: /incident drill major login is broken. "
        "If it is real, leave that out, or end with “(not a drill)”: "
        "/incident major login is broken"
    )


@pytest.mark.parametrize("stop", [":", ".", "!", ";", ","])
def test_so_it_is_after_the_end_of_a_sentence(stop: str) -> None:
    with pytest.raises(Refusal, match="If it is real, leave that out"):
        parse_incident(f"outage login is broken{stop} drill")


@given(st.lists(st.sampled_from(PIECES), max_size=8).map("".join) | ANYTHING)
def test_both_lines_that_are_offered_are_taken_as_they_are(typed: str) -> None:
    try:
        parse_incident(typed)
        return
    except Refusal as no:
        drill, real = no.facts.get("drill"), no.facts.get("real")
    if drill and real:
        wish = parse_incident(f"drill {drill}")
        said = " ".join(filter(None, (wish.severity, wish.text)))
        assert wish.drill and said == str(drill).lstrip("-: ")
        wish = parse_incident(str(real))
        assert wish == opens(wish.severity, wish.text) and wish.severity
        assert f"{wish.severity} {wish.text}" == real


@pytest.mark.parametrize("piece", [*PIECES, "((", "[ ", '"', "_", "drill,", " drill,", "(a ", "::"])
def test_a_text_of_any_length_takes_no_time(piece: str) -> None:
    begun = process_time()
    with suppress(Refusal):
        parse_incident("outage " + piece * (20_000 // len(piece)))
    assert process_time() - begun < 0.5


@given(ANYTHING)
def test_whatever_is_typed_is_some_wish(typed: str) -> None:
    assert parse_incident(typed).deed in ("open", "list", "update", "playbook", "help")


@given(st.sampled_from(["", "outage ", "sev2: "]), ANYTHING)
def test_whatever_follows_drill_is_never_a_real_incident(severity: str, after: str) -> None:
    try:
        wish = parse_incident(f"{severity}drill {after}")
    except Refusal as no:
        assert no.code in ("drill_or_not", "reason_too_long")
    else:
        assert (wish.drill and not severity) or drills.is_real(wish.text)
