"""How Statuspage shows a component, an update and an incident."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sandbox.statuspage.host import PAGE, Component, Incident, Update

if TYPE_CHECKING:
    from sandbox.world import World

Json = dict[str, Any]


def component(of: Component) -> Json:
    """A part of the service."""
    return {
        "id": of.id,
        "page_id": PAGE,
        "group_id": None,
        "created_at": _time(of.created),
        "updated_at": _time(of.updated),
        "group": False,
        "name": of.name,
        "description": None,
        "position": of.position,
        "status": of.status,
        "showcase": True,
        "only_show_if_degraded": False,
        "automation_email": "",
        "start_date": None,
    }


def incident(world: World, of: Incident) -> Json:
    """An incident with all of its updates."""
    parts = world.statuspage.components
    return {
        "id": of.id,
        "components": [component(parts[id]) for id in of.component_ids],
        "created_at": _time(of.created),
        "impact": of.impact,
        "impact_override": of.impact_override,
        "incident_updates": [_update(of, one) for one in of.updates],
        "metadata": dict(of.metadata),
        "monitoring_at": _time(of.monitoring) if of.monitoring else None,
        "name": of.name,
        "page_id": PAGE,
        "resolved_at": _time(of.resolved) if of.resolved else None,
        "scheduled_for": of.scheduled[0],
        "scheduled_until": of.scheduled[1],
        **of.by_itself,
        "shortlink": f"{world.base_url}/statuspage/i/{of.id}",
        "status": of.status,
        "updated_at": _time(of.updated),
    }


def _update(incident: Incident, of: Update) -> Json:
    return {
        "id": of.id,
        "incident_id": incident.id,
        "affected_components": of.affected,
        "body": of.body,
        "created_at": _time(of.at),
        "custom_tweet": None,
        "deliver_notifications": True,
        "display_at": _time(of.at),
        "status": of.status,
        "tweet_id": None,
        "twitter_updated_at": None,
        "updated_at": _time(of.at),
        "wants_twitter_update": False,
    }


def _time(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}Z"
