"""What the tests of the process have in common: a time, people, and a deployment anywhere."""

from datetime import UTC, datetime
from typing import Any

from hypothesis import strategies as st

from bot.domain.deployments.deployments import Deployment, Ending
from bot.domain.deployments.states import State
from bot.domain.incidents.incidents import Incident, Severity
from bot.domain.people import Actor, Role, Standing

NOON = datetime(2024, 3, 26, 12, tzinfo=UTC)
ANYTHING = st.text(max_size=60)
STATES = st.sampled_from(State)


def a_deployment(**changes: Any) -> Deployment:
    """Ana's request for v1.2.1 of app in production."""
    facts: dict[str, Any] = {
        "id": 12,
        "service": "app",
        "environment": "production",
        "version": "v1.2.1",
        "repo": "acme/app",
        "workflow": "release.yml",
        "requested_by": "U0ANA",
        "requested_by_github": "ana-acme",
        "requested_at": NOON,
    }
    return Deployment(**(facts | changes))


def settled(state: State, by: str | None = None) -> Deployment:
    """The same, ended."""
    ending = Ending(code=str(state), text="", by=by)
    return a_deployment(state=state, settled_at=NOON, ending=ending)


def member(slack_id: str, *roles: Role, github: str | None = None) -> Actor:
    """A member of the workspace with these roles."""
    return Actor(slack_id=slack_id, github=github, standing=Standing.MEMBER, roles=frozenset(roles))


def an_incident(**changes: Any) -> Incident:
    """Ana's report of an outage of app at noon."""
    facts: dict[str, Any] = {
        "id": 7,
        "revision": 1,
        "service": "app",
        "severity": Severity.OUTAGE,
        "title": "Service outage detected",
        "impact": "All users unable to access service",
        "declared_by": "U0ANA",
        "declared_at": NOON,
        "started_at": NOON,
        "detected_at": NOON,
        "informed_at": NOON,
    }
    return Incident(**(facts | changes))
