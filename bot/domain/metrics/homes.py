"""Homes: the App Home of each person who has looked at it, and the figures that it shows."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from bot.domain.approvals.approvals import is_yet_to_begin
from bot.domain.deployments.deployments import Deployment
from bot.domain.deployments.states import State
from bot.domain.gates import Gate, checklist
from bot.domain.gates.items import APPROVERS_CHECKS
from bot.domain.gates.overrides import standing
from bot.domain.incidents import incidents
from bot.domain.incidents.incidents import Incident
from bot.domain.metrics.goals import Goal
from bot.domain.metrics.history import CauseState
from bot.domain.people import Actor, Role

WATCHED_FOR = timedelta(minutes=10)
"""For so long after somebody looked their Home is kept up to date."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """One person's Home: when they looked last, when it has to be shown again, what it shows.

    `shown` is a digest of the view that Slack was told last.
    """

    slack_id: str
    opened_at: datetime
    due_at: datetime | None
    shown: str = ""
    failures: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """The metrics of one service and environment as they were measured last.

    `numbers` are those of `gonogo metrics --json`, over `days` up to `taken_at`.
    """

    service: str
    environment: str
    taken_at: datetime
    days: int
    numbers: Mapping[str, Any] = field(default_factory=dict)

    @property
    def goals(self) -> tuple[Goal, ...]:
        """The goals of the service."""
        return tuple(Goal(**one) for one in self.numbers.get("goals", ()))


def waits_for(deployment: Deployment, person: Actor) -> bool:
    """Whether a deployment waits for this person: to decide, never about their own request."""
    match deployment.state:
        case State.AWAITING_APPROVAL:
            has_decided = person.slack_id in deployment.approved_by
            is_own = person.is_same_person(deployment.requested_by, deployment.requested_by_github)
            can_decide = bool(standing(deployment)) or not is_yet_to_begin(deployment)
            may = person.holds(Role.APPROVER) and not is_own and not has_decided
            return may and can_decide
        case State.DEGRADED | State.NEEDS_ATTENTION:
            is_theirs = deployment.requested_by == person.slack_id
            return is_theirs or person.holds(Role.APPROVER, Role.ADMIN)
        case State.ABORTING if deployment.notice:  # its run hangs
            is_theirs = deployment.requested_by == person.slack_id
            return is_theirs or person.holds(Role.APPROVER, Role.ADMIN)
        case _:
            return False


def owes_news(incident: Incident, person: Actor) -> bool:
    """Whether people wait for news of an incident from this person."""
    return incident.is_open and incident.speaker == person.slack_id


def to_sign(deployment: Deployment, person: Actor) -> tuple[str, ...]:
    """The items that wait for this person's name: QA's for QA, the others for whoever asked for the
    deployment, or takes its watch; but for what approvers check, which Approve asks them.
    """
    if not checklist.is_for(deployment):
        return ()
    takes_part = person.slack_id in (deployment.requested_by, _watcher(deployment))
    return tuple(
        item
        for item in checklist.to_sign(deployment)
        if item not in APPROVERS_CHECKS
        if (person.holds(Role.QA) if item == Gate.QA else takes_part and person.holds(*Role))
    )


def _watcher(deployment: Deployment) -> str:
    return deployment.watch.taken_by if deployment.watch else ""


def is_asked_to_watch(deployment: Deployment, person: Actor) -> bool:
    """Whether this person is one of those who were asked to watch, and nobody has said so yet."""
    watch = deployment.watch
    if watch is None or deployment.state is not State.VALIDATING:
        return False
    return not watch.taken_by and person.slack_id in watch.people


def owes_postmortem(incident: Incident, person: Actor) -> bool:
    """Whether this person has to see to it that a post-mortem is published."""
    found = incident.postmortem
    is_owed = found is not None and found.published_at is None
    is_over = incident.state is incidents.State.RESOLVED
    return is_owed and is_over and incident.owner == person.slack_id


def has_suspect(incident: Incident, person: Actor) -> bool:
    """Whether this person has to say if a deployment was the cause."""
    is_open = incident.state is not incidents.State.CLOSED
    is_question = incident.cause is not None and incident.cause_state is CauseState.SUSPECTED
    return is_open and is_question and incident.owner == person.slack_id
