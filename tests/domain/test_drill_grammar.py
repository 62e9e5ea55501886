"""What is asked about as a drill after /incident, and what is not."""

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
    *(":fire: ", ":fire:", ":drill: ", "for ", "fails ", "test ", "press ", "(not a drill) "),
)


def opens(severity: Severity | None = None, text: str = "") -> IncidentWish:
    return IncidentWish(deed="open", severity=severity, text=text)


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
        *("test drill", ", gameday drill", "(chaos drill)", "- incident drill", ". Mock drill"),
        *("(disaster recovery drill)", "(onboarding drill)", ", Q4 drill", ":fire: DRILL :fire:"),
        *("(:rotating_light: drill)", ":rotating_light: this is a drill :rotating_light:"),
        *(", we have a drill", ". Drill. No action needed"),
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
        *("No (drill-through) queries", "No answer of shop/drill", "Search for a drill is slow"),
        *("Checkout down. This is not a drill", "Checkout down, NOT A DRILL", "No 1,000 drill"),
        *("Checkout down (this is no drill!)", "THIS IS NOT A DRILL, please call everybody"),
        *("Not just a drill: checkout down", "404 for: saw, drill, hammer"),
        *("Menu (the drill-down)", "404 (/drill is empty)", ":fire: The drill is down"),
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


@pytest.mark.parametrize(
    "said",
    [
        *("drill for the new team", "drill with team B", "just a drill for the on-call"),
        *("DRILL in progress", "drill no need to react", "drill run by ops", "drill at 3pm"),
        *("drill 2026-11-26", "this is only a drill by ana", "our gameday drill for QA"),
        *("please ignore, drill for QA", ":fire: drill for QA", "drills all week"),
        *("drill page only ana", "drill is down for everyone, ignore", "drill view only"),
        *("drill failed over db on purpose", "drill through friday", "drill bit late, sorry"),
        *("drill press", "drill down does not work", "drills instead of saws", "a drill is down"),
    ],
)
def test_brackets_that_begin_with_a_drill_are_asked_about_whatever_follows(said: str) -> None:
    with pytest.raises(Refusal) as no:
        parse_incident(f"outage checkout down ({said})")
    assert no.value.facts == {
        "drill": "outage checkout down",
        "real": f"outage checkout down ({said}) (not a drill)",
    }


@pytest.mark.parametrize("said", ["(drill press)", "[Drill bits]", "*(drill page)*"])
def test_so_it_is_where_such_brackets_are_the_first_words(said: str) -> None:
    with pytest.raises(Refusal) as no:
        parse_incident(f"{said} sells for 0 EUR")
    assert no.value.facts == {
        "drill": "sells for 0 EUR",
        "real": f"outage {said} sells for 0 EUR (not a drill)",
    }


@pytest.mark.parametrize("opened", ["(drill", '"drill', "*drill", "_drill", "drill)"])
def test_a_drill_that_something_opens_before_and_nothing_closes_is_asked_about(opened: str) -> None:
    with pytest.raises(Refusal) as no:
        parse_incident(f"{opened} press is down")
    assert no.value.facts["drill"] == "press is down"


def test_a_drill_that_says_it_is_none_as_well_is_asked_about_and_offered_without_that() -> None:
    with pytest.raises(Refusal) as no:
        parse_incident("outage login is broken (not a drill), drill")
    assert no.value.facts["drill"] == "outage login is broken"


@given(st.lists(st.sampled_from(PIECES), max_size=8).map("".join) | ANYTHING)
def test_what_ends_with_not_a_drill_is_never_one_nor_asked_about(typed: str) -> None:
    with suppress(Refusal):
        assert not parse_incident(f"{typed} (not a drill)").drill
    said = f"outage {typed} (not a drill)"
    assert parse_incident(said).severity is Severity.OUTAGE


def test_brackets_that_nobody_closed_or_that_are_all_of_it_keep_what_they_say() -> None:
    for said, drill in (("app (drill for QA", "app"), ("(DRILL all down", "all down")):
        with pytest.raises(Refusal) as no:
            parse_incident(f"outage {said}")
        assert no.value.facts["drill"] == f"outage {drill}"


@pytest.mark.parametrize(
    ("seen", "left"),
    [
        (":rotating_light: DRILL :rotating_light: checkout down", "checkout down"),
        (":rotating_light: DRILL checkout down", "checkout down"),
        (":rotating_light: this is a drill: :fire: checkout down", "checkout down"),
        ("no :thumbsup: on posts, drill", "no :thumbsup: on posts"),
        (":fire: down :fire: (drill)", ":fire: down :fire:"),
    ],
)
def test_the_names_of_emoji_are_none_of_the_words(seen: str, left: str) -> None:
    with pytest.raises(Refusal) as no:
        parse_incident(f"outage {seen}")
    assert no.value.facts["drill"] == f"outage {left}"


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


@pytest.mark.parametrize(
    "piece",
    [*PIECES, "((", "[ ", '"', "_", "drill,", " drill,", "(a ", "::", ":a", "!"],
)
@pytest.mark.parametrize(("begin", "end"), [("outage ", ""), ("", "x"), ("drill", "x")])
def test_a_text_of_any_length_takes_no_time(begin: str, piece: str, end: str) -> None:
    begun = process_time()
    with suppress(Refusal):
        parse_incident(begin + piece * (20_000 // len(piece)) + end)
    assert process_time() - begun < 0.5


@given(st.sampled_from(["", "outage ", "sev2: "]), ANYTHING)
def test_whatever_follows_drill_is_never_a_real_incident(severity: str, after: str) -> None:
    try:
        wish = parse_incident(f"{severity}drill {after}")
    except Refusal as no:
        assert no.code in ("drill_or_not", "reason_too_long")
    else:
        assert (wish.drill and not severity) or drills.is_real(wish.text)
