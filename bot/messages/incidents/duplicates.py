"""Duplicates: what is asked and told where one incident is no more than another."""

from collections.abc import Sequence

from bot.domain.incidents.detection import KUMA
from bot.domain.incidents.incidents import Incident
from bot.messages import blocks as b
from bot.messages.blocks import Message
from bot.messages.views import Element, field, option, select

_NONE = "none"
_MOST = 99


def asked(incident: Incident, others: Sequence[Incident], chosen: str | None) -> list[Element]:
    """The field of Close for what it is a duplicate of; no field where nothing else is open."""
    if not others:
        return []
    told = ((f"{one.name} {one.severity}, {one.state}: {one.title}", one) for one in others)
    options = [option(text, str(one.id)) for text, one in told][-_MOST:]
    hint = "For a duplicate."
    if incident.source:
        hint += f" While that one goes on, nothing is opened for what {KUMA} repeats of this one."
    choice = select([*options, option("None of these", _NONE)], chosen)
    return [field("original", "Duplicate of", choice, hint=hint, optional=True)]


def goes_on(original: Incident, duplicate: Incident) -> Message:
    """In the thread of what that one, which a monitor reported, was closed as a duplicate of."""
    return Message(
        f"{duplicate.name} of {b.line(duplicate.service, 80)} was closed as a duplicate of "
        f"{original.name}. While this goes on, and for a day at most, nothing is opened for what "
        f"{KUMA} repeats of that."
    )


def noted(duplicate: Incident) -> str:
    """On the timeline of what it is a duplicate of."""
    return f"{duplicate.name} was closed as a duplicate of this"
