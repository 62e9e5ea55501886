"""Duplicates: which incident one is no more than, as people say when they close it."""

from bot.config import Config
from bot.domain.errors import Refusal
from bot.domain.incidents.incidents import UNRESTORED, Incident, State
from bot.messages.incidents import duplicates as messages
from bot.ports import Tx
from bot.services.incidents import incident_room as room


def choices(tx: Tx, incident: Incident) -> tuple[Incident, ...]:
    """What it may be a duplicate of: whatever else is open, of any service."""
    others = (one for one in tx.open_incidents() if one.id != incident.id)
    return tuple(one for one in others if one.drill == incident.drill)


def named(tx: Tx, incident: Incident, number: int | None) -> Incident | None:
    """The one that somebody said, which is not closed itself: so no circle comes of it, also where
    both are closed at once as one of each other.

    Raises Refusal where it is closed.
    """
    if number is None:
        return None
    found = tx.incident(number)
    if found is None or found.id == incident.id or found.state is State.CLOSED:
        raise Refusal(
            "original_closed",
            "INC-{number} is closed, so nothing was changed. "
            "Choose what else {name} is a duplicate of, or None of these.",
            number=number,
            name=incident.name,
        )
    tx.take_turn(found.service)
    return found


def tell(tx: Tx, config: Config, original: Incident, duplicate: Incident) -> None:
    """In the thread and on the timeline of what the other one was closed as a duplicate of."""
    room.note(tx, original, messages.noted(duplicate))
    if duplicate.source and original.state in UNRESTORED:
        word = f"duplicate:{duplicate.id}"
        room.say(tx, config, original, word, messages.goes_on(original, duplicate))


def original(tx: Tx, duplicate: Incident | None) -> Incident | None:
    """What it is in the end a duplicate of, as far as people said that; None where they did not, or
    where what they said goes round.
    """
    found, passed = duplicate, set[int]()
    while found is not None and found.duplicate_of is not None:
        passed.add(found.id)
        found = None if found.duplicate_of in passed else tx.incident(found.duplicate_of)
    return None if found is duplicate else found
