"""The timeline of an incident: a message comes in by a shortcut or a pin, and is followed."""

from collections.abc import Callable

from bot.domain.errors import Refusal
from bot.domain.people import require_member
from bot.messages.blocks import Message
from bot.messages.incidents import incident_forms as forms
from bot.services.deployments.requests import who
from bot.services.incidents import timeline
from handlers.incidents import moment
from handlers.payloads import Answer, FormErrors, Office, OpenForm, Submission
from handlers.people_messages import MessageEvent, Shortcut, said_at, with_names


def add(shortcut: Shortcut, office: Office) -> Answer:
    """Add to incident timeline: a form, because what a message tells often happened before it."""
    actor, _ = who(office.tx, shortcut.user)
    require_member(actor)
    choices = timeline.choices(office.tx, shortcut.channel, shortcut.thread_ts)
    view = forms.timeline(
        choices,
        with_names(shortcut.text, office.tx.name_of),
        said_at(shortcut.ts) or office.tx.now,
        {"channel": shortcut.channel, "source": f"{shortcut.channel}:{shortcut.ts}"},
    )
    return OpenForm(view, Message("The form did not open in time. Use the shortcut once more."))


def submit(form: Submission, office: Office) -> Answer:
    """The form of the shortcut was sent."""
    number, at = form.values.get("incident", ""), moment(form.values.get("at", ""))
    text = " ".join(form.values.get("text", "").split())
    if not (number.isascii() and number.isdigit()) or at is None:
        return FormErrors({"incident": "Choose the incident, and when it happened."})
    if not text:
        return FormErrors({"text": "Say what happened."})
    source = str(form.memory.get("source", "")) or None
    try:
        return timeline.add(office.tx, int(number), text, at, form.user, source)
    except Refusal as refusal:
        return office.mistake("at", refusal)


def happened(event: MessageEvent, office: Office) -> None:
    """A message was pinned, edited or deleted."""
    source = f"{event.channel}:{event.ts}"
    text = with_names(event.text, office.tx.name_of)
    match event.what:
        case "pinned":
            place = (event.channel, event.thread_ts)
            timeline.pin(office.tx, place, text, said_at(event.ts), event.user, source)
        case "edited":
            timeline.edited(office.tx, source, text)
        case "deleted":
            timeline.deleted(office.tx, source)


SHORTCUTS: dict[str, Callable[[Shortcut, Office], Answer]] = {"incident_timeline": add}
FORMS: dict[str, Callable[[Submission, Office], Answer]] = {"incident_timeline": submit}
