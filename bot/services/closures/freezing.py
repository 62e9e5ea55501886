"""Freezing: production stays as it is while a bad incident is open, but for what ends it."""

from bot.config import Config
from bot.domain.closures.locks import Lock, LockKind
from bot.domain.incidents.incidents import Incident
from bot.messages.incidents import incident_news as news
from bot.ports import Tx
from bot.services.incidents import incident_room as room


def follow(tx: Tx, config: Config, incident: Incident) -> None:
    """Set or open the lock of this incident, as its severity and state now ask for."""
    held = next(
        (
            lock
            for lock in tx.locks()
            if lock.kind is LockKind.INCIDENT and lock.subject == incident.name
        ),
        None,
    )
    if incident.freezes and held is None:
        wanted = Lock(
            kind=LockKind.INCIDENT,
            subject=incident.name,
            service=incident.service,
            environment=room.PRODUCTION,
            owner="",
            reason=f"{incident.title}: {incident.impact}",
            set_at=tx.now,
        )
        saved = tx.add_lock(wanted)
        tx.audit("gonogo", "locked", saved.name, incident=incident.name, service=incident.service)
        word, text = "frozen", news.frozen(incident, config.commands.deploy)
    elif held is not None and not incident.freezes:
        saved = tx.save_lock(held, held.opened(tx.now, ""))
        tx.audit("gonogo", "unlocked", saved.name, incident=incident.name)
        word, text = "thawed", news.thawed(incident)
    else:
        return
    room.note(tx, incident, f"Production {word} ({saved.name})")
    room.say(tx, config, incident, f"{word}:{saved.id}", text)
    tx.hurry()  # what waits for approval shows it
