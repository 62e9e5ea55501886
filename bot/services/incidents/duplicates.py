"""Duplicates: what a monitor goes on to report of one that people closed belongs to another."""

from bot.config import Config
from bot.domain.incidents.detection import heir
from bot.domain.incidents.incidents import Incident
from bot.domain.incidents.timeline import What
from bot.messages.incidents import detection as messages
from bot.ports import Tx
from bot.services.incidents import incident_room as room


def hand_on(tx: Tx, config: Config, duplicate: Incident) -> None:
    """Let a milder one take the monitor over, where one has to; it would open and page another
    incident with its next report. Only while this one is closed is it known what goes on beside it.
    """
    here = [one for one in tx.open_incidents() if one.service == duplicate.service]
    known = [one for one in here if not one.drill]
    other = heir(duplicate, known, config.incidents.uptime_kuma.severity)
    if other is None:
        return
    alerts = other.alerts + duplicate.alerts
    saved = room.keep(tx, other, other.with_(source=duplicate.source, alerts=alerts))
    room.note(tx, saved, messages.taken_over(duplicate), what=What.DOWN)
    word = f"takes-over:{duplicate.id}"
    room.say(tx, config, saved, word, messages.takes_over(saved, duplicate))
