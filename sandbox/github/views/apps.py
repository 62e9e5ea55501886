"""The App, its installation and its tokens as the API shows them."""

from __future__ import annotations

from datetime import datetime

from sandbox.github.apps import App, Grant
from sandbox.github.views.site import Json, Site, node, stamp

BORN = "2023-01-09T09:00:00Z"


def app(site: Site, one: App) -> Json:
    """An `integration`."""
    return {
        "id": one.id,
        "slug": one.slug,
        "node_id": node("App", one.id),
        "owner": site.user(one.account),
        "name": one.slug,
        "description": None,
        "external_url": "https://gonogo.example.com",
        "html_url": f"{site.root}/apps/{one.slug}",
        "created_at": BORN,
        "updated_at": BORN,
        "permissions": one.permissions,
        "events": ["workflow_run", "workflow_job"],
    }


def installation(site: Site, one: App) -> Json:
    """An `installation`."""
    account = site.user(one.account)
    here = f"{site.root}/app/installations/{one.installation}"
    return {
        "id": one.installation,
        "account": account,
        "repository_selection": "all" if one.repositories is None else "selected",
        "access_tokens_url": f"{here}/access_tokens",
        "repositories_url": f"{site.root}/installation/repositories",
        "html_url": f"{site.root}/settings/installations/{one.installation}",
        "app_id": one.id,
        "app_slug": one.slug,
        "target_id": account["id"],
        "target_type": "Organization",
        "permissions": one.permissions,
        "events": ["workflow_run", "workflow_job"],
        "created_at": BORN,
        "updated_at": BORN,
        "single_file_name": None,
        "suspended_by": site.user(one.account) if one.suspended else None,
        "suspended_at": BORN if one.suspended else None,
    }


def token(text: str, grant: Grant, ends: datetime) -> Json:
    """An `installation-token`."""
    return {
        "token": text,
        "expires_at": stamp(ends),
        "permissions": dict(grant.permissions),
        "repository_selection": "all" if grant.repositories is None else "selected",
    }
