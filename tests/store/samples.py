"""What the store's tests have in common: a clock, a deployment, and moves of it."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.domain.deployments import inspections
from bot.domain.deployments.annotations import Annotation
from bot.domain.deployments.changes import Commit
from bot.domain.deployments.deployments import Deployment
from bot.domain.deployments.inspections import Inspection
from bot.domain.deployments.states import State
from bot.domain.gates import Level, Verdict
from bot.domain.incidents.channels import OwnChannel
from bot.domain.incidents.incidents import Incident, Severity
from bot.domain.incidents.pages import Page
from bot.domain.incidents.publishing import Health, Phase, StatusPost
from bot.domain.incidents.timeline import Event, What
from bot.domain.metrics.history import IncidentRecord
from bot.domain.metrics.pictures import PictureWish
from bot.domain.releases.release_drafts import ReleaseDraft
from bot.domain.rollbacks.remedies import Remedy, RemedyKind
from bot.messages.blocks import Message
from bot.ports import Card, Post

START = datetime(2024, 3, 26, 10, tzinfo=UTC)
CHECKED = (Verdict(gate="ci", level=Level.PASS, text="CI green (3 checks)"),)

only_on_postgres = pytest.mark.parametrize("kind", ["postgres"], indirect=True)
only_on_sqlite = pytest.mark.parametrize("kind", ["sqlite"], indirect=True)


@dataclass
class HandClock:
    """A clock that somebody moves."""

    time: datetime = START

    def now(self) -> datetime:
        return self.time

    def forward(self, **span: float) -> datetime:
        self.time += timedelta(**span)
        return self.time


class Undo(Exception):
    """Ends a transaction of which nothing is to be kept."""


def an_incident_record(**changes: Any) -> IncidentRecord:
    """An outage of app that was over after a quarter of an hour."""
    known = {"id": "INC-1", "service": "app", "severity": "outage", "title": "down"}
    clocks = {"started_at": START, "declared_at": START + timedelta(minutes=2)}
    restored = {"restored_at": START + timedelta(minutes=15)}
    return IncidentRecord(**(known | clocks | restored | changes))


def an_event(incident: int, **changes: Any) -> Event:
    """Something that Ana wrote down when it happened."""
    facts: dict[str, Any] = {
        "incident": incident,
        "occurred_at": START,
        "recorded_at": START,
        "what": What.NOTE,
        "by": "U0ANA",
        "text": "The queue is full",
    }
    return Event(**(facts | changes))


def an_incident(**changes: Any) -> Incident:
    """An outage of app, just opened."""
    facts: dict[str, Any] = {"service": "app", "severity": Severity.OUTAGE, "title": "down"}
    told = {"impact": "Nothing loads", "declared_by": "U0ANA"}
    clocks = {"declared_at": START, "started_at": START}
    return Incident(**(facts | told | clocks | changes))


def a_page(incident: int, **changes: Any) -> Page:
    """A wish to wake people by PagerDuty."""
    facts: dict[str, Any] = {"pager": "PagerDuty", "raised_at": START, "due_at": START}
    return Page(**({"incident": incident} | facts | changes))


def an_inspection(deployment: int, **changes: Any) -> Inspection:
    """The looks at the database after that deployment."""
    facts: dict[str, Any] = {"request_id": "D1-4f1c22ab", "steps": inspections.steps()}
    return Inspection(deployment=deployment, **(facts | {"due_at": START} | changes))


def a_remedy(**changes: Any) -> Remedy:
    """The wish to have a pull request of what D1 rolled back reverted."""
    facts: dict[str, Any] = {"kind": RemedyKind.REVERT, "subject": "D1", "pull": 4}
    place = {"service": "app", "environment": "production", "repo": "acme/app"}
    return Remedy(**(facts | place | {"asked_by": "U0ANA", "asked_at": START} | changes))


def a_status_post(incident: int | None, **changes: Any) -> StatusPost:
    """What the public is to be told of that incident."""
    facts: dict[str, Any] = {"title": "App is down (INC-1)", "text": "We are looking into it."}
    words = {"phase": Phase.INVESTIGATING, "health": Health.OUTAGE, "by": "U0DEE"}
    times = {"asked_at": START, "due_at": START}
    return StatusPost(**({"incident": incident} | facts | words | times | changes))


def an_own_channel(incident: int, **changes: Any) -> OwnChannel:
    """A channel that is wanted for that incident."""
    facts: dict[str, Any] = {"name": "inc-1", "wanted_at": START, "due_at": START}
    return OwnChannel(**({"incident": incident} | facts | changes))


def a_deployment(**changes: Any) -> Deployment:
    """A request for v1.2.1 of app in production."""
    facts: dict[str, Any] = {
        "service": "app",
        "environment": "production",
        "version": "v1.2.1",
        "repo": "acme/app",
        "workflow": "release.yml",
        "requested_by": "U0ANA",
        "requested_at": START,
    }
    return Deployment(**(facts | changes))


def a_waiting_deployment(**changes: Any) -> Deployment:
    """One that passed its checks."""
    return a_deployment(state=State.AWAITING_APPROVAL, verdicts=CHECKED, **changes)


def a_card(deployment: Deployment, **changes: Any) -> Card:
    """The card that shows this deployment as it is."""
    facts: dict[str, Any] = {
        "deployment": deployment.id,
        "channel": "C0DEPLOY",
        "ts": "1711447200.000100",
        "revision": deployment.revision,
        "shown": "5f3c",
        "shown_at": START,
    }
    return Card(**(facts | changes))


def a_post(key: str, **changes: Any) -> Post:
    """A message to #deployments."""
    return Post(key=key, channel="C0DEPLOY", message=Message(f"about {key}"), **changes)


def an_annotation(deployment: int, **changes: Any) -> Annotation:
    """PostHog has to be told of a deployment that went live."""
    facts: dict[str, Any] = {"place": "PostHog", "wished_at": START, "due_at": START}
    return Annotation(deployment=deployment, **(facts | changes))


def a_release_draft(**changes: Any) -> ReleaseDraft:
    """A release that somebody asked for, whose tag has to be made."""
    details: dict[str, Any] = {
        "service": "app",
        "environment": "production",
        "repo": "acme/app",
        "version": "v1.4.0",
        "asked_by": "U0ANA",
        "asked_at": START,
        "branch": "main",
        "commits": (Commit(sha="a" * 40, authored_at=START, title="Add feature X"),),
        "due_at": START,
        **changes,
    }
    return ReleaseDraft(**details)


def a_picture_wish(**changes: Any) -> PictureWish:
    """A chart of app's production that Ana asked for."""
    facts: dict[str, Any] = {
        "service": "app",
        "environment": "production",
        "start": START - timedelta(days=28),
        "end": START,
        "as_of": START,
        "channel": "U0ANA",
        "due_at": START,
    }
    return PictureWish(**(facts | changes))
