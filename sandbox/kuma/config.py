"""Config: the one status page that the local Uptime Kuma has, as its owner set it up."""

from __future__ import annotations

SLUG = "default-page"
CONFIG = {
    "slug": SLUG,
    "title": "Status",
    "description": None,
    "icon": "/icon.svg",
    "autoRefreshInterval": 300,
    "theme": "auto",
    "published": True,
    "showTags": False,
    "customCSS": None,
    "footerText": None,
    "showPoweredBy": True,
    "analyticsId": None,
    "analyticsScriptUrl": None,
    "analyticsType": None,
    "showCertificateExpiry": False,
    "showOnlyLastHeartbeat": False,
    "rssTitle": None,
}
"""What the public sees of it."""
