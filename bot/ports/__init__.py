"""Ports: all that the bot asks of the world, one file for each part of it."""

from bot.domain.audits import AuditEntry
from bot.ports.backups import Backups
from bot.ports.chat import Account, Chat
from bot.ports.chores import Chore
from bot.ports.clock import Clock
from bot.ports.followers import Follower
from bot.ports.github import Access, GitHub, Held, Started, Tag, Workflow
from bot.ports.incidents import Room
from bot.ports.mirrors import Announced, Mirrors
from bot.ports.monitors import Monitor, Question
from bot.ports.pictures import Painter
from bot.ports.posts import Card, Post, StaleCard
from bot.ports.probes import Probes
from bot.ports.registry import Registry, StoredImage
from bot.ports.releases import Release, Releases
from bot.ports.remedies import Pull, Pulls
from bot.ports.rights import Granted, Rights
from bot.ports.store import Stale, Store, Tx, Unreachable
from bot.ports.targets import Jobs, Logs, Pinning, Receipt, Reversing, Target

__all__ = [
    "Access",
    "Account",
    "Announced",
    "AuditEntry",
    "Backups",
    "Card",
    "Chat",
    "Chore",
    "Clock",
    "Follower",
    "GitHub",
    "Granted",
    "Held",
    "Jobs",
    "Logs",
    "Mirrors",
    "Monitor",
    "Painter",
    "Pinning",
    "Post",
    "Probes",
    "Pull",
    "Pulls",
    "Question",
    "Receipt",
    "Registry",
    "Release",
    "Releases",
    "Reversing",
    "Rights",
    "Room",
    "Stale",
    "StaleCard",
    "Started",
    "Store",
    "StoredImage",
    "Tag",
    "Target",
    "Tx",
    "Unreachable",
    "Workflow",
]
