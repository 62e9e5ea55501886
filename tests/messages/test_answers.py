"""What one person reads: the answers to what they did, and the reports they asked for."""

from dataclasses import replace

from inline_snapshot import snapshot

from bot.domain.deployments.deployments import Deployment, Ending
from bot.domain.deployments.standings import Standing
from bot.domain.deployments.states import Kind, State
from bot.domain.gates import Level, Verdict
from bot.domain.grammar import HistoryWish
from bot.messages.blocks import SECTION_LIMIT
from bot.messages.deployments import notes
from bot.messages.knowing import histories, reports
from tests.domain.samples import NOON, a_deployment
from tests.messages.samples import BY_BO, LATER, in_state, plain, read, texts

RED = Verdict(gate="ci", level=Level.BLOCK, text="CI is red: lint", action="Fix it.")
OLD = Verdict(gate="live", level=Level.BLOCK, text="v1.2.1 is older than v1.3.0", action="Go on.")


def test_a_request_is_answered_with_what_is_not_known_yet() -> None:
    asked = a_deployment()
    assert notes.requested(asked, known=True, fresh=True).text == snapshot(
        "Checking app v1.2.1 → production (D12). The card follows in the channel."
    )
    unknown = notes.requested(asked, known=False, fresh=False).text
    assert "I have not seen the tag v1.2.1 yet and ask GitHub for it." in unknown
    assert "I am also checking who you are." in unknown
    dry = a_deployment(dry_run=True)
    assert notes.requested(dry, known=True, fresh=True).text == snapshot(
        "Dry run of app v1.2.1 → production (D12)."
    )


def test_an_approval_is_answered() -> None:
    assert notes.approved(in_state(State.APPROVED), fresh=True).text == snapshot(
        "You approved app v1.2.1 → production (D12). It starts now."
    )
    assert notes.approved(in_state(State.APPROVED), fresh=False).text == snapshot(
        "You approved app v1.2.1 → production (D12). Checking who you are, then it starts."
    )


def test_an_approval_that_is_not_enough_says_what_is_missing() -> None:
    once = in_state(State.AWAITING_APPROVAL, approvers=2, approvals=(BY_BO,))
    assert notes.approved(once, fresh=True).text == snapshot(
        "You approved app v1.2.1 → production (D12). "
        "That is 1 of 2 approvals; somebody else has to give the next one."
    )


def test_a_refusal_names_every_reason_and_its_next_action() -> None:
    passed = Verdict(gate="notes", level=Level.PASS, text="Release notes published")
    assert notes.refused(a_deployment(), (RED, passed, OLD)).text == snapshot("""\
*app v1.2.1 → production was refused* (D12); nothing was deployed.
• CI is red: lint. Fix it.
• v1.2.1 is older than v1.3.0. Go on.\
""")


def test_a_refusal_without_gates_gives_its_own_reason() -> None:
    ended = Ending(code="no_tag", text="There is no tag v1.2.1 in acme/app.")
    gone = a_deployment(state=State.REFUSED, ending=ended)
    assert notes.refused(gone, ()).text == snapshot("""\
*app v1.2.1 → production was refused* (D12); nothing was deployed.
There is no tag v1.2.1 in acme/app.\
""")


def test_a_dry_run_shows_the_plan() -> None:
    assert notes.plan(in_state(State.CANCELLED)).text == snapshot("""\
*Dry run: app v1.2.1 → production*, nothing was deployed.
• CI green (3 checks)
• *Warning:* No GitHub release for v1.2.1
*<https://github.com/acme/app/compare/v1.2.0...v1.2.1|Changes> since v1.2.0*
• Add feature X (<https://github.com/acme/app/pull/41|#41>) · ana-acme
• Fix bug Y (<https://github.com/acme/app/pull/42|#42>) · bo-acme
• Update dependency Z (<https://github.com/acme/app/pull/43|#43>) · cy-acme\
""")


def test_a_dry_run_with_much_to_say_shows_all_of_it() -> None:
    found = in_state(State.CANCELLED)
    many = tuple(replace(found.verdicts[-1], text=f"{n} {'x' * 480}") for n in range(20))
    shown = notes.plan(found.with_(verdicts=many)).blocks
    texts = [block["text"]["text"] for block in shown]
    assert all(len(text) <= SECTION_LIMIT and "…" not in text for text in texts)
    assert "\n".join(texts).count("Warning:") == 20
    assert texts[-1].endswith("cy-acme")


def test_approvers_are_asked_in_the_thread_and_one_by_one() -> None:
    waiting = in_state(State.AWAITING_APPROVAL)
    everybody = notes.asking(waiting, ("U0BO", "U0DEE"), again=False)
    assert everybody.text.startswith("<@U0BO> <@U0DEE> app v1.2.1 → production (D12) waits for")
    assert notes.asking(waiting, (), again=True).text == snapshot(
        "Nobody but the requester may approve this: ask an admin for an approver."
    )
    one = notes.asking_you(waiting, "https://acme.slack.com/p1", again=True)
    assert one.text.startswith("<https://acme.slack.com/p1|app v1.2.1 → production> (D12)")
    assert plain(one.text) == (
        "app v1.2.1 → production (D12) still waits for your approval. It expires 13:00 UTC."
    )


def test_the_requester_is_told_who_ended_their_request() -> None:
    ended = Ending(code="rejected", text="Not on a Friday", by="U0BO")
    rejected = in_state(State.REJECTED, ending=ended)
    assert notes.ended(rejected, "U0BO").text == (
        "app v1.2.1 → production (D12) was rejected by <@U0BO>: Not on a Friday"
    )
    cancelled = notes.ended(in_state(State.CANCELLED), "U0DEE").text
    assert cancelled.endswith("was cancelled by <@U0DEE>")


def a_place(
    service: str, environment: str, live: Deployment | None, holder: Deployment | None
) -> Standing:
    return Standing(service=service, environment=environment, live=live, holder=holder)


def test_the_overview_says_what_is_live_and_what_is_under_way() -> None:
    live = a_deployment(id=9, version="v1.2.0", state=State.SUCCEEDED, live_at=NOON)
    found = a_deployment(id=8, state=State.SUCCEEDED, adopted=True, requested_by="", live_at=NOON)
    rows = [
        a_place("app", "production", live, in_state(State.RUNNING)),
        a_place("app", "staging", found, None),
        a_place("api", "production", None, a_deployment(id=13, requested_by="")),
        a_place("api", "staging", in_state(State.FAILED, live_at=NOON), None),
    ]
    assert read(reports.overview(rows, LATER)) == snapshot("""\
*Status*
*app production*: v1.2.0 (D9) since 2024-03-26 12:00 UTC
    D12: v1.2.1 running, by <@U0ANA> 2024-03-26 12:00 UTC
*app staging*: v1.2.1 (D8) seen live 2024-03-26 12:00 UTC
*api production*: no live version known
    D13: v1.2.1 requested, from outside Slack 2024-03-26 12:00 UTC
*api staging*: v1.2.1 (D12) failed, live since 2024-03-26 12:00 UTC\
""")
    nothing = reports.overview([], LATER).text
    assert nothing == snapshot("Nothing of that is in gonogo.yaml.")


def test_the_history_is_a_page_of_lines() -> None:
    found = [in_state(State.SUCCEEDED), in_state(State.EXPIRED, id=11)]
    told = histories.history(found, HistoryWish(), True, "/deployments history")
    assert read(told) == snapshot("""\
*Deployments*
*D12* app v1.2.1 → production · succeeded · by <@U0ANA> 2024-03-26 12:00 UTC, approved by <@U0BO>
*D11* app v1.2.1 → production · expired · by <@U0ANA> 2024-03-26 12:00 UTC
More: `/deployments history page 2`\
""")


def test_an_empty_page_says_what_is_empty() -> None:
    def said(wish: HistoryWish) -> str:
        return histories.nothing(wish, "/ship", f"/log history {wish.words}".strip()).text

    assert said(HistoryWish()) == snapshot(
        "No deployments here yet. The first one begins with /ship v1.2.1"
    )
    assert said(HistoryWish(service="app")) == snapshot("No deployments of app yet.")
    assert said(HistoryWish(service="app", person="bo", until=NOON.date())) == snapshot(
        "Nothing in the history is app @bo until 2024-03-26."
    )
    assert said(HistoryWish(page=3)) == snapshot(
        "The history has no page 3. It begins with `/log history`."
    )
    assert said(HistoryWish(service="app", outcome="failed", page=3)) == snapshot(
        "The history of app failed has no page 3. It begins with `/log history app failed`."
    )


def test_what_slack_has_no_room_for_is_not_cut_silently() -> None:
    row = a_place("app", "production", in_state(State.SUCCEEDED, live_at=NOON), None)
    shown = reports.overview([row] * 5000, LATER)
    assert len(shown.blocks) == 50
    assert texts(shown)[-1] == "There is more; ask for one service."


def test_everything_known_about_one_deployment() -> None:
    known = in_state(State.SUCCEEDED, live_at=LATER, kind=Kind.HOTFIX, for_incident="INC-7")
    trail = [(NOON, "<@U0ANA>", "requested"), (LATER, "gonogo", "run started")]
    assert read(reports.show(known, trail)) == snapshot("""\
*D12 app v1.2.1 → production*
Succeeded
Kind: hotfix for INC-7
Requested by <@U0ANA> 2024-03-26 12:00 UTC
Reason: “the fair is tomorrow”
Approved by <@U0BO> 2024-03-26 12:03 UTC
Commit `c0ffee0000000000000000000000000000000000`
Run 7001
Live 2024-03-26 12:07 UTC
Settled 2024-03-26 12:07 UTC
Smoke: fine
Health: 3 passes in a row
Response times: 110 ms (baseline 100 ms)
Judgement: *pass* by Response times
*Changes since v1.2.0*
• Add feature X (#41) · ana-acme
• Fix bug Y (#42) · bo-acme
• Update dependency Z (#43) · cy-acme
*Checklist*
*Before*
✓ All tests passing: CI green (3 checks)
○ Code reviewed and merged
○ No known critical bugs
○ Staging validated
✗ Release notes written: No GitHub release for v1.2.1
○ Database migrations tested
✓ Team notified of deployment: the card in the channel
○ Monitoring configured
○ Rollback plan ready
*During*
✓ Tag created: v1.2.1 is c0ffee0
✓ Workflow triggered: run 7001
✓ Approval obtained, by <@U0BO> 2024-03-26 12:03 UTC
✓ Deployment completed: the run ended well
✓ Health checks passing: 3 passes in a row
*In production*
✓ Health check endpoint returns success: 3 passes in a row
○ Application loads in browser: not checked
○ Authentication works: not checked
○ Critical user flows tested: not checked
○ API endpoints responding correctly: not checked
○ No spike in error rates: not checked
✓ Performance metrics normal: 110 ms (baseline 100 ms)
○ Uptime Kuma shows service UP: not checked
○ No alerts triggered: not checked
*After*
✓ Application validated: marked good, by <@U0DEE>
○ No errors in logs
✓ Performance acceptable: 110 ms (baseline 100 ms)
○ Uptime monitors green
✓ Team notified of success: the ✅ message in the channel
✓ Deployment documented: D12 is kept
*If issues*
– Issue documented, Rollback executed, Root cause identified, Hotfix planned, \
Post-mortem scheduled: not needed
*Trail*
2024-03-26 12:00 UTC <@U0ANA> requested
2024-03-26 12:07 UTC gonogo run started\
""")


def test_a_long_trail_is_shown_up_to_its_end() -> None:
    trail = [(NOON, "gonogo", f"looked {n}") for n in range(60)]
    shown = read(reports.show(in_state(State.RUNNING), trail))
    assert "looked 19" not in shown
    assert "looked 20" in shown
    assert shown.endswith("looked 59")
    assert "*Trail*, without the 20 earliest entries" in shown


def test_why_gives_each_gates_decision_and_the_end() -> None:
    ended = Ending(code="rejected", text="Not on a Friday", by="U0BO")
    assert read(reports.why(in_state(State.REJECTED, ending=ended))) == snapshot("""\
*Why D12 is rejected*
• ci passed: CI green (3 checks).
• notes warned: No GitHub release for v1.2.1.
• ended: rejected by <@U0BO>. Not on a Friday\
""")
    waiting = a_deployment(
        waiting_for="Waiting for GitHub (HTTP 502)", verdicts=(RED,), failures=2, due_at=NOON
    )
    assert read(reports.why(waiting)) == snapshot("""\
*Why D12 is requested*
• ci blocked: CI is red: lint. Fix it.
• Waiting for GitHub (HTTP 502), next try 12:00 UTC\
""")
    assert read(reports.why(in_state(State.APPROVED, verdicts=()))) == snapshot("""\
*Why D12 is approved, about to start*
• The gates have not been judged.
• approved for commit `c0ffee0000000000000000000000000000000000` by <@U0BO> 2024-03-26 12:03 UTC\
""")


def test_help_lists_what_can_be_typed_and_who_may() -> None:
    usages = [("/deploy v1.2.1", "Ask for a deployment")]
    roles = {"deployer": ("U0ANA", "U0BO"), "approver": ()}
    assert read(reports.help_text(usages, roles)) == snapshot("""\
*What you can type*
`/deploy v1.2.1`
    Ask for a deployment
*Deployers:* <@U0ANA> <@U0BO>\
""")
