"""Chores: the kinds of work that a tick may find due."""

from enum import StrEnum
from typing import Protocol


class Chore(StrEnum):
    """A kind of work whose due times, or whose rows, are in the store."""

    DEPLOYMENTS = "deployments"
    CARDS = "cards"
    POSTS = "posts"
    LOCKS = "locks"
    INCIDENTS = "incidents"
    ROOMS = "rooms"
    PAGES = "pages"
    STATUS_POSTS = "status_posts"
    OWN_CHANNELS = "own_channels"
    MAINTENANCES = "maintenances"
    POSTMORTEMS = "postmortems"
    MIRRORS = "mirrors"
    TWINS = "twins"
    RELEASE_DRAFTS = "release_drafts"
    REMEDIES = "remedies"
    INSPECTIONS = "inspections"
    ANNOTATIONS = "annotations"
    HOMES = "homes"
    PICTURES = "pictures"
    AUDIT = "audit"


class ChoreTx(Protocol):
    """What a transaction knows of them."""

    def chores(self) -> frozenset[Chore]:
        """Those of which something may be due now; the others need not be looked at."""
