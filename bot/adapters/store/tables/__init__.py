"""Tables: what the store keeps, and the indexes that make it fast and the slot true."""

from bot.adapters.store.tables.annotations import ANNOTATION_IS_DUE, annotations
from bot.adapters.store.tables.audit import audit, audit_seals
from bot.adapters.store.tables.base import metadata
from bot.adapters.store.tables.deployments import (
    ADOPTED_RUN,
    CARD_IS_STALE,
    HOLDS_SLOT,
    LIVE,
    NOT_SUCCEEDED,
    OWN_RUN,
    PINNED,
    REAL,
    UNFINISHED,
    UNFINISHED_DRY_RUN,
    cards,
    deployments,
)
from bot.adapters.store.tables.duties import duties, service_turns, turns
from bot.adapters.store.tables.incidents import (
    OPEN_INCIDENT,
    OPENED_HERE,
    REPORTED_AND_GOING_ON,
    RESOLVED_INCIDENT,
    ROOM_IS_STALE,
    ROOM_IS_TOUCHED,
    incident_events,
    incidents,
)
from bot.adapters.store.tables.inspections import INSPECTION_IS_DUE, inspections
from bot.adapters.store.tables.knowing import figures, homes, pictures
from bot.adapters.store.tables.messages import OPEN_POST, inbox, outbox
from bot.adapters.store.tables.mirrors import OPEN_MIRROR, mirrors
from bot.adapters.store.tables.outside import (
    DRAFT_IS_DUE,
    callbacks,
    forerunners,
    lookouts,
    people,
    release_drafts,
    sightings,
    staging_checks,
    tags,
)
from bot.adapters.store.tables.own_channels import CHANNEL_IS_WANTED, own_channels
from bot.adapters.store.tables.paging import MAINTENANCE, pages, status_posts
from bot.adapters.store.tables.remedies import REMEDY_IS_DUE, remedies
from bot.adapters.store.tables.rules import HELD_LOCK, freezes, letters_off, locks
from bot.adapters.store.tables.twin_looks import twin_looks

__all__ = [
    "ADOPTED_RUN",
    "ANNOTATION_IS_DUE",
    "CARD_IS_STALE",
    "CHANNEL_IS_WANTED",
    "DRAFT_IS_DUE",
    "HELD_LOCK",
    "HOLDS_SLOT",
    "INSPECTION_IS_DUE",
    "LIVE",
    "MAINTENANCE",
    "NOT_SUCCEEDED",
    "OPENED_HERE",
    "OPEN_INCIDENT",
    "OPEN_MIRROR",
    "OPEN_POST",
    "OWN_RUN",
    "PINNED",
    "REAL",
    "REMEDY_IS_DUE",
    "REPORTED_AND_GOING_ON",
    "RESOLVED_INCIDENT",
    "ROOM_IS_STALE",
    "ROOM_IS_TOUCHED",
    "UNFINISHED",
    "UNFINISHED_DRY_RUN",
    "annotations",
    "audit",
    "audit_seals",
    "callbacks",
    "cards",
    "deployments",
    "duties",
    "figures",
    "forerunners",
    "freezes",
    "homes",
    "inbox",
    "incident_events",
    "incidents",
    "inspections",
    "letters_off",
    "locks",
    "lookouts",
    "metadata",
    "mirrors",
    "outbox",
    "own_channels",
    "pages",
    "people",
    "pictures",
    "release_drafts",
    "remedies",
    "service_turns",
    "sightings",
    "staging_checks",
    "status_posts",
    "tags",
    "turns",
    "twin_looks",
]
