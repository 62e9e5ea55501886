"""What DigitalOcean's REST API says of apps, tags and backups, as JSON."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sandbox.digitalocean.app import MESSAGES, STEPS, App, Deployment
from sandbox.digitalocean.registry import Database, Registry, Tag

Json = dict[str, Any]


def iso(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def app(one: App) -> Json:
    """An app; App Platform leaves out what there is none of."""
    row: Json = {
        "id": one.id,
        "default_ingress": f"https://{one.service}.ondigitalocean.example",
        "live_url": f"https://{one.service}.ondigitalocean.example",
        "region": {"slug": "fra", "label": "Frankfurt"},
        "spec": _spec(one, None),
    }
    for name, there in (
        ("active_deployment", one.active),
        ("in_progress_deployment", one.under_way),
        ("pinned_deployment", one.pinned),
    ):
        if there is not None:
            row[name] = deployment(there, one)
    return row


def deployment(one: Deployment, app: App) -> Json:
    """A deployment and how far it is."""
    done = STEPS.index(one.phase) if one.phase in STEPS else len(STEPS)
    failed = int(one.phase in ("ERROR", "CANCELED"))
    row: Json = {
        "id": one.id,
        "cause": one.cause,
        "created_at": iso(one.created),
        "updated_at": iso(one.created),
        "phase": one.phase,
        "phase_last_updated_at": iso(one.created),
        "progress": {
            "success_steps": done - failed,
            "error_steps": failed,
            "pending_steps": len(STEPS) - done,
            "total_steps": len(STEPS),
        },
        "services": [{"name": app.service, "source_commit_hash": one.release.commit}],
        "spec": _spec(app, one),
        "tier_slug": "basic",
    }
    return row | ({"cloned_from": one.cloned_from} if one.cloned_from else {})


def validation(app: App, id: str) -> Json:
    """Whether the app could be rolled back to that deployment."""
    code = app.problem(id)
    row: Json = {"valid": not code}
    if code:
        row["error"] = _condition(code, app)
    if app.warnings:
        row["warnings"] = [_condition(warning, app) for warning in app.warnings]
    return row


def tag(registry: Registry, repository: str, one: Tag) -> Json:
    """A tag. Its full size is worked out later, and then missing."""
    return {
        "registry_name": registry.name,
        "repository": repository,
        "tag": one.name,
        "manifest_digest": one.digest,
        "compressed_size_bytes": 61_203_117,
        "updated_at": iso(one.pushed),
    }


def backups(database: Database) -> Json:
    """The backups of a cluster; they have no id of their own."""
    rows = [{"created_at": iso(at), "size_gigabytes": 0.031} for at in database.backups]
    return {
        "backups": rows,
        "scheduled_backup_time": {
            "backup_hour": 2,
            "backup_minute": 0,
            "backup_interval_hours": 24,
        },
    }


def _condition(code: str, app: App) -> Json:
    components = [app.service] if code in ("image_source_missing_digest",) else []
    return {"code": code, "message": MESSAGES[code], "components": components}


def _spec(app: App, one: Deployment | None) -> Json:
    image = {"registry_type": "DOCR", "registry": "acme", "repository": app.service}
    if one is not None:
        image["tag"] = one.release.version
    service = {"name": app.service, "image": image, "http_port": 3000, "instance_count": 1}
    return {"name": app.service, "region": "fra", "services": [service]}
