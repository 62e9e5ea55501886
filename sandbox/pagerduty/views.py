"""How PagerDuty's REST API shows an incident and an error."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sandbox.pagerduty.host import POLICY, SERVICE, Incident

Json = dict[str, Any]


def incident(base: str, of: Incident) -> Json:
    """An incident, as in a list."""
    severity = of.payload.get("severity")
    url = f"{base}/pagerduty/incidents/{of.id}"
    return {
        "id": of.id,
        "type": "incident",
        "summary": f"[#{of.number}] {of.payload['summary']}",
        "self": url,
        "html_url": url,
        "incident_number": of.number,
        "title": of.payload["summary"],
        "created_at": _time(of.created),
        "updated_at": _time(of.changed),
        "status": of.status,
        "incident_key": of.key,
        "service": _reference(base, "service", SERVICE, "app"),
        "assignments": [],
        "acknowledgements": [
            {"at": _time(at), "acknowledger": _person(base, by)} for at, by in of.acknowledgements
        ],
        "last_status_change_at": _time(of.changed),
        "last_status_change_by": _person(base, of.changed_by),
        "resolved_at": _time(of.changed) if of.status == "resolved" else None,
        "urgency": "high" if severity in ("critical", "error") else "low",
        "alert_counts": {
            "all": 1,
            "triggered": int(of.status != "resolved"),
            "resolved": int(of.status == "resolved"),
        },
    }


def on_call(base: str, who: str, level: int) -> Json:
    """Somebody who is on call for as long as nobody changes that, so without an end."""
    return {
        "user": _person(base, who),
        "escalation_policy": _reference(base, "escalation_policy", POLICY, "app"),
        "escalation_level": level,
        "schedule": None,
        "start": None,
        "end": None,
    }


def error(code: int, message: str, *errors: str) -> Json:
    """The body of a refusal."""
    return {"error": {"code": code, "message": message, "errors": list(errors)}}


def _person(base: str, name: str) -> Json:
    if name == "Events API":
        return _reference(base, "service", SERVICE, "app")
    return _reference(base, "user", f"P{name.upper()}", name)


def _reference(base: str, kind: str, id: str, summary: str) -> Json:
    url = f"{base}/pagerduty/{kind}s/{id}"
    return {
        "id": id,
        "type": f"{kind}_reference",
        "summary": summary,
        "self": url,
        "html_url": url,
    }


def _time(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"
