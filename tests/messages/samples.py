"""A deployment in any state with all that is known there, and messages as people read them."""

import re
from datetime import timedelta
from typing import Any

from bot.domain.deployments.changes import Change, ChangeList
from bot.domain.deployments.deployments import Approval, Binding, Deployment, Ending
from bot.domain.deployments.runs import Progress, Stage
from bot.domain.deployments.states import TERMINAL, S, State
from bot.domain.deployments.validation import Outcome, Reading, Validation
from bot.domain.gates import Level, Verdict
from bot.messages.blocks import Block, Message
from tests.domain.samples import NOON, a_deployment

LATER = NOON + timedelta(minutes=7)
REPO = "https://github.com/acme/app"
RUN = f"{REPO}/actions/runs/7001"
PULLS = (
    ("Add feature X", "ana-acme", 41),
    ("Fix bug Y", "bo-acme", 42),
    ("Update dependency Z", "cy-acme", 43),
)
PULLED = ChangeList(
    base="v1.2.0",
    url=f"{REPO}/compare/v1.2.0...v1.2.1",
    changes=tuple(
        Change(title=title, author=author, pull_request=number, url=f"{REPO}/pull/{number}")
        for title, author, number in PULLS
    ),
)
VERDICTS = (
    Verdict(gate="ci", level=Level.PASS, text="CI green (3 checks)"),
    Verdict(gate="notes", level=Level.WARN, text="No GitHub release for v1.2.1"),
)
UNDER_WAY = Progress(
    status="in_progress",
    started_at=NOON + timedelta(minutes=4),
    stages=(
        Stage(
            name="verify",
            status="completed",
            conclusion="success",
            started_at=NOON + timedelta(minutes=4),
            completed_at=NOON + timedelta(minutes=5),
        ),
        Stage(name="deploy", status="in_progress", step="Push the image"),
        Stage(name="smoke", status="queued"),
    ),
)


def reading(what: str, outcome: Outcome = Outcome.OK, text: str = "fine") -> Reading:
    return Reading(what=what, outcome=outcome, text=text, at=NOON)


HEALTHY = Validation(
    started_at=NOON,
    healthy_at=NOON + timedelta(minutes=6),
    readings=(
        reading("smoke"),
        reading("health", text="3 passes in a row"),
        reading("response_times", text="110 ms (baseline 100 ms)"),
    ),
)
UNDECIDED = {S.REQUESTED, S.CHECKING, S.AWAITING_APPROVAL, S.REFUSED, S.REJECTED, S.EXPIRED}
RAN = {S.RUNNING, S.ABORTING, S.VALIDATING, S.DEGRADED, S.SUCCEEDED, S.FAILED}
LOOKED_AT = {S.VALIDATING, S.DEGRADED, S.SUCCEEDED}
BY_BO = Approval(who="U0BO", at=NOON + timedelta(minutes=3), commit="c0ffee" + "0" * 34)
APPROVED = {"approvals": (BY_BO,)}
STARTED = {"run_id": 7001, "run_url": RUN, "progress": UNDER_WAY}
FOUND = {"validation": HEALTHY}


def in_state(state: State, **changes: Any) -> Deployment:
    """Ana's deployment of three pull requests, with all that is known in this state."""
    facts: dict[str, Any] = {
        "state": state,
        "reason": "the fair is tomorrow",
        "binding": Binding(tag_object="7" * 40, commit="c0ffee" + "0" * 34, workflow_blob="5" * 40),
        "changes": PULLED,
        "verdicts": VERDICTS,
        "expires_at": NOON + timedelta(hours=1),
    }
    facts |= {} if state in UNDECIDED else APPROVED
    facts |= STARTED if state in RAN else {}
    facts |= FOUND if state in LOOKED_AT else {}
    if state in TERMINAL:
        facts |= {"settled_at": LATER, "ending": Ending(code=str(state), text="", by="U0DEE")}
    return a_deployment(**(facts | changes))


def texts(message: Message) -> list[str]:
    """Every mrkdwn text of the blocks."""
    parts = [part for b in message.blocks for part in (b.get("text"), *b.get("elements", ()))]
    return [str(part["text"]) for part in parts if part and part["type"] == "mrkdwn"]


def buttons(message: Message) -> list[Block]:
    return [
        element
        for block in message.blocks
        if block["type"] == "actions"
        for element in block["elements"]
    ]


def read(message: Message) -> str:
    """A message as people read it: no addresses, small print in lines, buttons in brackets."""
    lines = []
    for block in message.blocks:
        for text in texts(Message("", (block,))):
            lines.append(text.replace(" · ", "\n  · ") if block["type"] == "context" else text)
    lines += [f"[{button['text']['text']}]" for button in buttons(message)]
    return plain("\n".join(lines))


def plain(text: str) -> str:
    """A text without its addresses."""
    return re.sub(r"<[^<>|]*\|([^<>]*)>", r"\1", text)
