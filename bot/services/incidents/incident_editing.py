"""Incident editing: severity, words and clocks changed by a person, each with a trail."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.config import Config
from bot.domain.incidents import incident_rules as rules
from bot.domain.incidents.incidents import State
from bot.messages.blocks import Message
from bot.messages.incidents import incident_news as news
from bot.messages.incidents.incidents import titled
from bot.ports import Tx
from bot.services.closures import freezing
from bot.services.deployments.requests import as_before, known
from bot.services.incidents import incident_room as room
from bot.services.incidents import paging, suspecting
from bot.services.incidents.incident_decisions import with_draft
from bot.services.incidents.incidents import load


def edit(
    tx: Tx, config: Config, incident_id: int, changes: Mapping[str, Any], slack_id: str
) -> Message:
    """Change what differs; the old value stays on the timeline and in the audit trail."""
    incident = load(tx, incident_id)
    actor = as_before(tx, slack_id)
    if incident.state is State.CLOSED:
        raise rules.over_for(incident)
    differs = {
        name: value for name, value in changes.items() if not _same(value, getattr(incident, name))
    }
    if "severity" in differs and incident.title == titled(incident.service, incident.severity):
        differs = {"title": titled(incident.service, differs["severity"])} | differs
    wanted = incident.with_(**differs)
    if "severity" in differs:
        rules.may_change_severity(incident, wanted.severity, known(tx, slack_id))
    if any(name in rules.CLOCKS for name in differs):
        rules.may_decide(incident, actor)
        rules.may_have_ended(incident, differs)
        rules.clocks_are_right(wanted, tx.now)
    else:
        rules.may_edit(incident, actor)
    if not differs:
        return news.done(incident, "nothing was changed")
    if "severity" in differs:
        wanted = room.sooner(config, wanted, tx.now) if incident.is_open else wanted
        wanted = with_draft(tx, wanted)
    if "started_at" in differs:
        wanted = suspecting.anew(tx, incident, wanted)
    saved = room.keep(tx, incident, wanted)
    for name in differs:
        told = f"{_label(name)}: {_told(getattr(incident, name))} → {_told(getattr(saved, name))}"
        room.note(tx, saved, told, by=slack_id)
    if saved.cause != incident.cause:
        word = f"{saved.cause or 'no deployment'} is suspected now, by the new start"
        room.note(tx, saved, f"{word}, and no longer {incident.cause or 'none'}")
    tx.audit(
        slack_id,
        "incident_edited",
        saved.name,
        changes={n: [_told(getattr(incident, n)), _told(getattr(saved, n))] for n in differs},
    )
    if "severity" in differs:
        told_all = news.severity(saved, incident.severity, slack_id)
        room.say(tx, config, saved, f"severity:{saved.revision}", told_all)
        if (lane := news.lane(saved, config.commands.deploy)) and incident.is_open:
            room.say(tx, config, saved, f"lane:{saved.revision}", lane)
        freezing.follow(tx, config, saved)
        if saved.severity.is_worse_than(incident.severity):  # a decision to wake nobody stands
            paging.follow(tx, config, saved)
    return news.done(saved, f"changed: {', '.join(map(_label, differs)).lower()}")


def _same(wanted: object, kept: object) -> bool:
    """A picker knows no seconds, so the minute that it showed is no change."""
    if isinstance(wanted, datetime) and isinstance(kept, datetime):
        return wanted.replace(second=0, microsecond=0) == kept.replace(second=0, microsecond=0)
    return wanted == kept


def _label(name: str) -> str:
    return {"eta": "ETA"}.get(name, name.replace("_", " ").capitalize())


def _told(value: object) -> str:
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M} UTC"
    return str(value) if value else "none"
