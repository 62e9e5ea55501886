"""Post-mortems: the draft that an incident leaves behind, and the reminders to write it."""

from datetime import datetime

from bot.domain.incidents import Incident
from bot.messages import blocks as b
from bot.messages.blocks import Message


def reminder(incident: Incident, now: datetime) -> Message:
    """What its owner reads until it is published."""
    found = incident.postmortem
    assert found is not None and found.due_at is not None
    draft = b.link(found.url, "The draft") if found.url else "The draft"
    if now < found.due_at:
        due = f"is due {b.when(found.due_at)}"
    else:
        due = f"was due {b.when(found.due_at)}"
    text = (
        f"{b.mention(incident.owner)} The post-mortem of {incident.name} "
        f"({b.line(incident.title, 120)}) {due}. {draft} has the timeline and the clocks; "
        "press Post-Mortem Published when it is done."
    )
    control = b.actions(
        f"postmortem:{incident.id}",
        b.button("Post-Mortem Published", "incident_published", str(incident.id)),
    )
    return Message(text, (b.section(text), control))
