"""The card: what it says and offers in each state, and what it no longer offers when settled."""

from datetime import timedelta

import pytest
from inline_snapshot import snapshot

from bot.domain.deployments.deployments import Approval, Ending
from bot.domain.deployments.runs import Dispatch
from bot.domain.deployments.states import TERMINAL, Kind, State
from bot.messages.deployments import announcements, cards, progress
from tests.domain.samples import NOON, a_deployment
from tests.messages.samples import BY_BO, LATER, buttons, in_state, read


def test_the_card_waits_for_approval() -> None:
    assert read(cards.card(in_state(State.AWAITING_APPROVAL), LATER)) == snapshot("""\
*app v1.2.1 → production*
*Waiting for approval*
*Changes since v1.2.0*
• Add feature X (#41) · ana-acme
• Fix bug Y (#42) · bo-acme
• Update dependency Z (#43) · cy-acme
*Before you approve*
• Staging validation completed: *not looked at*
• Release notes reviewed: *No GitHub release for v1.2.1*
• No critical issues reported: *not looked at*
• Team ready to monitor: *not looked at*
CI green (3 checks)
D12
  · requested by <@U0ANA> 2024-03-26 12:00 UTC
  · commit `c0ffee0`
  · reason: “the fair is tomorrow”
  · expires 13:00 UTC
[Approve]
[Reject]
[Cancel]
[Notes]\
""")


def test_the_card_shows_the_run() -> None:
    assert read(cards.card(in_state(State.RUNNING), LATER)) == snapshot("""\
*app v1.2.1 → production*
*Running*
*Changes since v1.2.0*
• Add feature X (#41) · ana-acme
• Fix bug Y (#42) · bo-acme
• Update dependency Z (#43) · cy-acme
*Run 7001* in progress · 3 min
• verify passed in 60 s
• *deploy* in progress: Push the image
• smoke waits
D12
  · requested by <@U0ANA> 2024-03-26 12:00 UTC
  · commit `c0ffee0`
  · reason: “the fair is tomorrow”
  · approved by <@U0BO> 2024-03-26 12:03 UTC
[Cancel]\
""")


def test_the_card_counts_where_one_approval_is_not_enough() -> None:
    waiting = in_state(State.AWAITING_APPROVAL, approvers=2)
    assert "0 of 2 approved" in read(cards.card(waiting, LATER))
    once = waiting.with_(approvals=(BY_BO,))
    assert "1 of 2 approved by <@U0BO> 2024-03-26 12:03 UTC" in read(cards.card(once, LATER))
    by_login = Approval(who="", github="dee-acme", at=NOON)
    twice = once.with_(approvals=(BY_BO, by_login))
    assert "2 of 2 approved by <@U0BO> 2024-03-26 12:03 UTC, dee-acme at GitHub 2024" in read(
        cards.card(twice, LATER)
    )


def test_the_card_shows_what_validation_reads() -> None:
    waiting = in_state(State.DEGRADED, notice="health was lost during the watch: HTTP 503")
    assert read(cards.card(waiting, LATER)) == snapshot("""\
*app v1.2.1 → production*
*Degraded: validation failed, a person has to decide*
health was lost during the watch: HTTP 503
*Changes since v1.2.0*
• Add feature X (#41) · ana-acme
• Fix bug Y (#42) · bo-acme
• Update dependency Z (#43) · cy-acme
*Run 7001* in progress · 3 min
• verify passed in 60 s
• *deploy* in progress: Push the image
• smoke waits
*Validation*
• Smoke: fine
• Health: 3 passes in a row
• Response times: 110 ms (baseline 100 ms)
D12
  · requested by <@U0ANA> 2024-03-26 12:00 UTC
  · commit `c0ffee0`
  · reason: “the fair is tomorrow”
  · approved by <@U0BO> 2024-03-26 12:03 UTC
[Mark Good]
[Roll Back]
[Close as Failed]\
""")


def test_a_settled_card_says_who_decided() -> None:
    ended = Ending(code="rejected", text="Not on a Friday", by="U0BO")
    rejected = in_state(State.REJECTED, approvals=(), run_id=None, run_url=None, ending=ended)
    assert read(cards.card(rejected, LATER)) == snapshot("""\
*app v1.2.1 → production*
*Rejected*
Not on a Friday
*Changes since v1.2.0*
• Add feature X (#41) · ana-acme
• Fix bug Y (#42) · bo-acme
• Update dependency Z (#43) · cy-acme
D12
  · requested by <@U0ANA> 2024-03-26 12:00 UTC
  · commit `c0ffee0`
  · reason: “the fair is tomorrow”
  · rejected by <@U0BO>
  · settled 2024-03-26 12:07 UTC\
""")


def test_a_run_that_takes_long_is_called_overdue() -> None:
    assert "overdue" in read(cards.card(in_state(State.RUNNING), NOON + timedelta(minutes=35)))
    assert "overdue" not in read(cards.card(in_state(State.RUNNING), LATER))


def test_the_heads_of_all_cards() -> None:
    said = {str(state): cards.card(in_state(state), LATER).text for state in State}
    points = {state: text.removeprefix("app v1.2.1 → production: ") for state, text in said.items()}
    assert points == snapshot(
        {
            "requested": "Requested",
            "checking": "Checking",
            "awaiting_approval": "Waiting for approval",
            "approved": "Approved, about to start",
            "dispatching": "Sending to GitHub",
            "unknown": "Sent, waiting for GitHub to show the run",
            "running": "Running",
            "switching": "Switching",
            "validating": "Validating",
            "degraded": "Degraded: validation failed, a person has to decide",
            "aborting": "Stopping",
            "needs_attention": "Needs attention: a person has to decide",
            "succeeded": "Succeeded",
            "failed": "Failed",
            "cancelled": "Cancelled",
            "refused": "Refused",
            "rejected": "Rejected",
            "expired": "Expired: not approved in time",
            "void": "Void",
        }
    )


@pytest.mark.parametrize(
    ("candidates", "said"),
    [
        ((), "<{page}/workflows/release.yml|Runs of release.yml at GitHub>"),
        ((7, 8), "<{page}/runs/7|Run 7> · <{page}/runs/8|Run 8>"),
        (
            (7, 8, 9, 10),
            "<{page}/runs/7|Run 7> · <{page}/runs/8|Run 8> · <{page}/runs/9|Run 9> · "
            "<{page}/runs/10|Run 10>; the first 3 have a button",
        ),
    ],
)
def test_who_has_to_decide_has_the_way_to_what_is_looked_at(
    candidates: tuple[int, ...], said: str
) -> None:
    page = "https://github.com/acme/app/actions"
    sent = Dispatch(
        before_run_id=1,
        attempt=1,
        sent_at=NOON,
        actions=page,
        carries_id=False,
        guarded=False,
        candidates=candidates,
    )
    lost = in_state(State.NEEDS_ATTENTION).with_(dispatch=sent, run_id=None, notice="Look there.")
    expected = f"Look there.\n{said.format(page=page)}"
    assert expected in cards.card(lost, NOON).blocks[0]["text"]["text"]
    assert expected in announcements.attention(lost).blocks[0]["text"]["text"]


def test_which_buttons_a_card_has() -> None:
    shown = {
        str(state): [
            str(button["text"]["text"]) for button in buttons(cards.card(in_state(state), NOON))
        ]
        for state in State
    }
    assert {state: labels for state, labels in shown.items() if labels} == snapshot(
        {
            "awaiting_approval": ["Approve", "Reject", "Cancel", "Notes"],
            "approved": ["Cancel"],
            "running": ["Cancel"],
            "aborting": ["Close as Failed"],
            "degraded": ["Mark Good", "Roll Back", "Close as Failed"],
            "needs_attention": ["Send Again", "Close as Failed"],
        }
    )


@pytest.mark.parametrize("state", sorted(State))
def test_controls_are_few_careful_and_gone_when_it_is_settled(state: State) -> None:
    found = buttons(cards.card(in_state(state), LATER))
    styles = [button.get("style") for button in found]
    assert styles.count("primary") <= 1
    assert all("confirm" in button for button in found if button.get("style") == "danger")
    assert all(button["value"] == "12" for button in found)
    if state in TERMINAL:
        assert not found


def test_elapsed_time_is_coarse_so_that_cards_are_edited_seldom() -> None:
    running = in_state(State.RUNNING)
    start = NOON + timedelta(minutes=4)
    shown = {
        cards.card(running, start + timedelta(seconds=s)).blocks[2]["text"]["text"]
        for s in range(600)
    }
    assert len(shown) == 17


def test_what_is_not_known_is_left_out() -> None:
    bare = a_deployment(state=State.RUNNING, kind=Kind.HOTFIX, requested_by="", run_id=7001)
    assert read(cards.card(bare, LATER)) == snapshot("""\
*app v1.2.1 → production*
*Running*
D12
  · started outside Slack 2024-03-26 12:00 UTC
  · hotfix
[Cancel]\
""")
    assert cards.validation(bare) == ""
    assert cards.changes(bare) == "No changes listed."
    assert progress.listed(bare, LATER) == "*Run 7001* queued"
