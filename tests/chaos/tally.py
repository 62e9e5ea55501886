"""A tally: what happened, counted at the local Slack and GitHub, not in the bot's database."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass, field, fields

from bot.adapters.store import open_store
from sandbox.slack.messages import Message
from tests.chaos.people import title
from tests.chaos.stage import Stage

FINAL = "Succeeded"


@dataclass
class Tally:
    """Lost is an approval without a deployment, duplicated two of them for one approval."""

    lost: list[str] = field(default_factory=list)
    duplicated: list[str] = field(default_factory=list)
    double_cards: list[str] = field(default_factory=list)
    double_messages: list[str] = field(default_factory=list)
    wrong_ends: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)

    @property
    def problems(self) -> dict[str, list[str]]:
        """The columns that are not empty."""
        return {column: found for column, found in vars(self).items() if found}

    def __add__(self, other: Tally) -> Tally:
        names = [column.name for column in fields(self)]
        return Tally(*(getattr(self, name) + getattr(other, name) for name in names))


async def count(stage: Stage, approved: Iterable[str]) -> Tally:
    """Look at a stage on which everything has come to its end."""
    messages = stage.messages()
    tally = Tally()
    deployed = Counter(run.repo.name for run in stage.runs() if run.reached_deploying_job)
    for service in stage.world.seed.services:
        cards = [m for m in messages if m.text.startswith(f"{title(service)}:")]
        if service in approved and not deployed[service]:
            tally.lost.append(service)
        if deployed[service] > 1:
            tally.duplicated.append(service)
        if len(cards) > 1:
            tally.double_cards.append(service)
        if [m.text for m in cards] != [f"{title(service)}: {FINAL}"]:
            tally.wrong_ends.append(f"{service}: {[m.text for m in cards]}")
    tally.double_messages = doubles(stage)
    successes = sum(m.text.startswith("✅") for m in messages)
    if successes != len(deployed):
        tally.wrong_ends.append(f"{successes} messages of success for {len(deployed)} deployments")
    tally.broken = await sound(stage)
    return tally


def doubles(stage: Stage) -> list[str]:
    """The keys under which more than one message stands in any channel.

    Of direct messages two may come, whose answer was lost: they cannot be searched (ADR 0004).
    """
    channels = [one for one in stage.world.slack.channels.values() if one.with_user is None]
    said = [m for channel in channels for m in channel.messages.values()]
    posted = Counter(_key(m) for m in said if not m.ephemeral_for)
    return [f"{key} × {times}" for key, times in posted.items() if key and times > 1]


def _key(message: Message) -> str:
    return str((message.metadata or {}).get("event_payload", {}).get("key", ""))


async def sound(stage: Stage) -> list[str]:
    """What is wrong with the database and with the chain of its audit trail."""
    return [*_integrity(stage), *await _audit(stage)]


def _integrity(stage: Stage) -> list[str]:
    with closing(sqlite3.connect(stage.database)) as connection:
        rows = [str(row[0]) for row in connection.execute("PRAGMA integrity_check")]
    return [row for row in rows if row != "ok"]


async def _audit(stage: Stage) -> list[str]:
    store = open_store(f"sqlite:///{stage.database}", stage.world.clock)
    try:
        found = await store.verify_audit()
    finally:
        await store.close()
    return [] if found["ok"] else [f"audit row {found['row']}: {found['why']}"]
