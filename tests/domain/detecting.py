"""What a monitor and a person opened, for tests of detection."""

from datetime import timedelta
from typing import Any

from bot.domain.incidents.detection import KUMA
from bot.domain.incidents.incidents import Incident, Severity, State
from bot.domain.metrics.history import Closure
from tests.domain.samples import NOON, an_incident

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
BAD, MILD = Severity.MAJOR, Severity.MINOR


def kumas(number: int = 1, **more: Any) -> Incident:
    """The monitor opened it at noon."""
    facts = {"id": number, "severity": BAD, "declared_by": KUMA, "source": "kuma:1"}
    return an_incident(**(facts | more))


def persons(severity: Severity = BAD, **more: Any) -> Incident:
    return an_incident(**({"id": 5, "severity": severity} | more))


def restored(minutes: int = 30, **more: Any) -> Incident:
    """The monitor's, and restored so long after noon."""
    return kumas(**more).to(State.RESTORED, NOON + minutes * MINUTE)


def closed(closure: Closure, **more: Any) -> Incident:
    """Closed half an hour after noon; nobody said that it was restored."""
    return kumas(**more).to(State.CLOSED, NOON + 30 * MINUTE, closure=closure)
