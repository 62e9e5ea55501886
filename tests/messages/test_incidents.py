"""Incidents in words: the template byte for byte, and foreign words that stay words."""

import json
from datetime import timedelta
from typing import Any

import pytest

from bot.domain.deployments.changes import Change, ChangeList
from bot.domain.deployments.validation import Outcome, Reading, Validation
from bot.domain.gates import Issue
from bot.domain.grammar import IncidentWish
from bot.domain.incidents.incidents import Incident, Postmortem, Severity, State
from bot.domain.incidents.origins import Origin
from bot.domain.incidents.promise import Score
from bot.domain.incidents.timeline import Event, What
from bot.domain.metrics.history import CauseState, Closure
from bot.messages.blocks import Message
from bot.messages.incidents import incident_forms as forms
from bot.messages.incidents import incident_news as news
from bot.messages.incidents import incidents, postmortems
from tests.domain.samples import NOON, a_deployment, an_incident

MINUTE = timedelta(minutes=1)
EVIL = "<!channel> <@U0BO> *now*\n🚨 & `rm`"
PROMISED = an_incident(promised_at=NOON + 15 * MINUTE)


def test_the_template_byte_for_byte() -> None:
    assert incidents.root(PROMISED).text == (
        "🚨 INCIDENT: Service outage detected\n"
        "Status: Investigating\n"
        "Impact: All users unable to access service\n"
        "Started: 2024-03-26 12:00 UTC\n"
        "Team: Investigating\n"
        "Updates: Will provide update in 15 minutes"
    )


@pytest.mark.parametrize("state", list(State))
def test_the_lines_stay_those_of_the_template(state: State) -> None:
    incident = PROMISED
    if state is not State.INVESTIGATING:
        incident = incident.to(state, NOON + MINUTE)
    heads = [line.partition(":")[0] for line in incidents.root(incident).text.splitlines()]
    assert heads == ["🚨 INCIDENT", "Status", "Impact", "Started", "Team", "Updates"]


def hostile(**changes: object) -> Incident:
    facts = {"title": EVIL, "impact": EVIL, "service": EVIL, "affected": EVIL, "eta": EVIL}
    cause = {"cause": "D3", "cause_state": CauseState.SUSPECTED, "cause_why": EVIL}
    times = {"promised_at": NOON + 15 * MINUTE}
    return an_incident(**(facts | cause | times | changes))


@pytest.mark.parametrize(
    "message",
    [
        incidents.root(hostile()),
        incidents.root(hostile(postmortem=Postmortem(trouble=EVIL, due_at=NOON))),
        incidents.listing([hostile()], "/incident"),
        news.update(hostile(), "U0ANA", EVIL),
        news.moved(hostile(), "U0ANA", EVIL),
        news.nudge(hostile()),
        news.overdue(hostile()),
        news.no_news(hostile(), hostile(), mention=True),
        news.suspect(hostile(), EVIL, takes_back=EVIL),
        news.resolved(hostile(), Score()),
        news.restored_by(hostile(restored_at=NOON), "D3", EVIL),
        news.perhaps_restored(hostile(), "D3", EVIL),
        news.followed_up(hostile(), EVIL),
        news.frozen(hostile(), "/deploy"),
        news.thawed(hostile()),
        postmortems.reminder(hostile(postmortem=Postmortem(due_at=NOON)), NOON),
    ],
)
def test_foreign_words_mention_nobody_and_begin_no_line(message: Message) -> None:
    shown = message.text + str(message.blocks)
    assert "<!channel>" not in shown and "<@U0BO>" not in shown
    assert not any(line.startswith("🚨 &amp;") for line in message.text.splitlines())


def test_a_time_of_another_day_has_its_day() -> None:
    told = an_incident(informed_at=NOON, promised_at=NOON + timedelta(hours=1), revision=3)
    later = an_incident(informed_at=NOON, promised_at=NOON + timedelta(hours=14), revision=3)
    assert incidents.lines(told)[-1].endswith("^{time}|13:00 UTC>")
    assert incidents.lines(later)[-1].endswith("at {time}|2024-03-27 02:00 UTC>")
    assert "No new information since 12:00 UTC" in news.no_news(told, told, mention=False).text
    spoken = news.no_news(told, later, mention=False).text
    assert "No new information since 2024-03-26 12:00 UTC" in spoken
    night = NOON + timedelta(hours=11, minutes=50)
    assert news.away(night, NOON + timedelta(hours=12, minutes=20)) == (
        "gonogo was away from about 2024-03-26 23:50 to 2024-03-27 00:20 UTC"
    )
    late = Event(
        id=1,
        incident=7,
        occurred_at=NOON,
        recorded_at=NOON + timedelta(days=1),
        what=What.NOTE,
        by="gonogo",
        text="The disk filled up",
    )
    draft = postmortems.draft(an_incident(), [late], None, None, str)
    assert "The disk filled up _recorded 2024-03-27 12:00_" in draft


def test_who_is_reminded_of_what_can_wait_reads_how_it_ends() -> None:
    restored = an_incident().to(State.RESTORED, NOON)
    for can_wait in (restored, an_incident(severity=Severity.MINOR)):
        told = news.no_news(can_wait, can_wait, mention=True)
        assert "Resolve ends it, and these reminders." in told.text
        assert "incident_resolve" in str(told.blocks)
        assert "incident_resolve" in str(news.overdue(can_wait).blocks)
    worse = news.no_news(an_incident(), an_incident(), mention=True)
    assert "Resolve" not in worse.text + str(worse.blocks)


def test_the_draft_has_no_markup_of_others() -> None:
    event = Event(
        id=1, incident=7, occurred_at=NOON, recorded_at=NOON, what=What.NOTE, by="U0ANA", text=EVIL
    )
    text = postmortems.draft(hostile(), [event], None, None, lambda _: "@everybody <b>")
    assert "<b>" not in text and "@everybody" not in text and "<@U0BO>" not in text
    assert f"<!-- {postmortems.mark(hostile())} -->" in text
    assert "## Root cause" in text


def test_the_draft_has_what_the_checks_of_the_suspect_showed() -> None:
    read = Reading(what="error_rate", outcome=Outcome.BAD, text="3.2 % (baseline 0.4 %)", at=NOON)
    checked = Validation(started_at=NOON, readings=(read,))
    suspected = an_incident(cause="D2", cause_state=CauseState.SUSPECTED)
    text = postmortems.draft(suspected, [], a_deployment(validation=checked), None, str)
    assert (
        "## Readings after it\n\n- 2024-03-26 12:00 UTC error rate: 3.2 % (baseline 0.4 %) (bad)"
        in (text.replace("\\", ""))
    )
    assert "## Readings" not in postmortems.draft(suspected, [], a_deployment(), None, str)


@pytest.mark.parametrize(
    ("login", "assignees", "end"),
    [
        ("ana-acme", ("Ana-Acme",), "owns it and is assigned."),
        ("ana-acme", (), "owns it; GitHub did not assign ana-acme: see their access."),
        (None, (), "login at GitHub is not configured, so nobody is assigned."),
    ],
)
def test_the_draft_says_whether_its_owner_is_assigned(
    login: str | None, assignees: tuple[str, ...], end: str
) -> None:
    found = an_incident(postmortem=Postmortem(number=7, url="https://github.com/acme/app/7"))
    issue = Issue(number=7, title="", url="", assignees=assignees)
    is_assigned = login is not None and issue.is_assigned(login)
    assert postmortems.drafted(found, login, is_assigned=is_assigned).text.endswith(end)


def test_a_day_and_two_hours_are_26_hours() -> None:
    long = an_incident(restored_at=NOON + timedelta(hours=26, minutes=5))
    text = postmortems.draft(long, [], None, "dee-acme", str)
    assert "- Restored: 2024-03-27 14:05 UTC (after 26 h 5 min)" in text
    assert "Owner: @dee-acme" in text


def test_how_promises_fared() -> None:
    assert incidents.kept(Score(kept=3, made=4, late=(4 * MINUTE,))) == (
        "3 of 4 on time, one 4 min late"
    )
    assert incidents.kept(Score(kept=0, made=1)) == "0 of 1 on time, 1 with no word but mine"


def test_what_was_closed_says_as_what() -> None:
    def closed(closure: Closure, **more: Any) -> str:
        return incidents.lines(an_incident().to(State.CLOSED, NOON, closure=closure, **more))[1]

    assert closed(Closure.FALSE_POSITIVE) == "Status: Closed (false positive)"
    assert closed(Closure.DUPLICATE) == "Status: Closed (duplicate)"
    assert closed(Closure.DUPLICATE, duplicate_of=2) == "Status: Closed (duplicate of INC-2)"


def test_forms_take_long_words() -> None:
    long = an_incident(title="x" * 400, impact="y" * 600, severity=Severity.MINOR)
    for view in (
        forms.update(long, "z" * 4000, "C1"),
        forms.edit(long, (), "C1"),
        forms.close(long, ("a" * 900,), (long,), "C1"),
        forms.reopen(long, "C1"),
        forms.lead(long, "U0ANA", "C1"),
        forms.timeline([long], "t" * 9000, NOON, {}),
    ):
        assert len(view["title"]["text"]) <= 24
        for block in view["blocks"]:
            initial = block.get("element", {}).get("initial_value", "")
            assert len(initial) <= block.get("element", {}).get("max_length", 3000)


def test_published_is_only_offered_where_a_post_mortem_is_owed() -> None:
    def offers(**more: Any) -> bool:
        row = incidents.controls(an_incident(**more).to(State.RESOLVED, NOON))
        return "Post-Mortem Published" in str(row)

    assert offers(postmortem=Postmortem())
    assert not offers(postmortem=Postmortem(published_at=NOON))
    assert not offers(severity=Severity.MINOR)


def test_a_long_incident_fits_into_an_issue() -> None:
    events = [
        Event(
            id=number,
            incident=7,
            occurred_at=NOON,
            recorded_at=NOON,
            what=What.NOTE,
            by="U0ANA",
            text=f"{number} [error] " + "<_x_>" * 8000,
        )
        for number in range(100)
    ]
    listed = ChangeList(
        base="v1.2.0",
        url="",
        changes=tuple(
            Change(title="[" * 256, author="ana", pull_request=n, url="") for n in range(250)
        ),
    )
    cause = a_deployment(changes=listed)
    incident = an_incident(cause="D12", cause_state=CauseState.SUSPECTED)
    text = postmortems.draft(incident, events, cause, None, str)
    assert len(text) <= postmortems.MOST_LETTERS + 100
    assert "- and 150 more\n" in text
    entries = text.partition("## Timeline\n\n")[2].partition("\n\n## Promises")[0].splitlines()
    assert entries[0].startswith("- 2024-03-26 12:00 UTC 0 \\[error\\]") and len(entries) > 10
    assert entries[-1] == f"- and {100 - len(entries) + 1} more, in Slack"
    assert "## Root cause" in text


def test_who_opens_what_may_be_open_already_is_told() -> None:
    other = an_incident(id=6)
    assert incidents.opened(an_incident(), (other,), "/incident").text.endswith(
        "INC-6 (outage, investigating) is open about the same service: if it is the same, go on "
        "there (/incident update INC-6 …), and Close this one as a duplicate."
    )


@pytest.mark.parametrize(
    ("character", "kept"), [("a", 2699), ("ж", 2699), ("\n", 1349), ("🔥", 1349)]
)
def test_of_a_message_as_much_is_kept_as_a_form_remembers(character: str, kept: int) -> None:
    def opened(text: str) -> tuple[str, str, str]:
        origin = Origin(channel="C0DEPLOY", ts="1.2", at=NOON, writer="U0CY", text=text)
        wish = IncidentWish(deed="open", text=text)
        form = forms.report(wish, ["app"], (), NOON, has_page=True, origin=origin)
        memory = form["private_metadata"]
        assert len(memory.encode("utf-16-le")) // 2 <= 3000
        impact = next(one for one in form["blocks"] if one.get("block_id") == "impact")
        told = form["blocks"][0]["text"]["text"]
        return told, json.loads(memory)["origin"]["text"], impact["element"]["initial_value"]

    told, text, impact = opened(character * 2880)
    assert text == character * kept + "…"
    assert f"its first {kept:,} of 2,880 characters go there" in told
    assert len(impact) == 500 and impact.endswith("…")
    told, text, impact = opened(character * 450)
    assert text == impact == character * 450 and told.endswith("as it stands there.")


def test_what_the_timeline_takes_of_a_long_message_says_that_it_is_cut() -> None:
    def field(text: str) -> dict[str, Any]:
        form = forms.timeline([PROMISED], text, NOON, {})
        return next(one for one in form["blocks"] if one["block_id"] == "text")

    cut = field("t" * 2501)
    assert cut["element"]["initial_value"] == "t" * 2499 + "…"
    assert cut["hint"]["text"] == "The message has 2,501 characters; it is cut where “…” stands."
    assert "hint" not in field("t" * 2500)
