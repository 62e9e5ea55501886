"""Publishing: the button that opens what the public will read, and the form that sends it."""

from bot.domain.errors import Refusal
from bot.domain.incidents.publishing import ONGOING
from bot.messages.blocks import Message
from bot.messages.incidents import incident_forms as forms
from bot.messages.incidents import publishing as messages
from bot.services.incidents import incidents, publishing
from handlers.payloads import Answer, Click, FormErrors, Office, OpenForm, Submission

AGAIN = Message("The form did not open in time. Press it once more.")


def ask(click: Click, office: Office) -> Answer:
    """Publish, and Update Status Page: what they open is the preview."""
    meant = incidents.load(office.tx, click.number)
    publishing.may_publish(office.tx, office.config, meant, click.user)
    page = office.config.status_page
    post = office.tx.status_post(meant.id)
    return OpenForm(messages.form(meant, post, page.lag if page else "", click.channel), AGAIN)


def publish(form: Submission, office: Office) -> Answer:
    """The preview was confirmed: from here on the public reads it, unless it was told something
    else since the preview was made. Then that is shown first, with what was typed.
    """
    values, tx = form.values, office.tx
    phase = next((one for one in ONGOING if one == values.get("phase")), None)
    text, title = values.get("text", "").strip(), values.get("title", "").strip()
    if phase is None:
        return FormErrors({"phase": "Choose how far it is."})
    if not text:
        return FormErrors({"text": "Say something to the public, or close this form."})
    known, shown = form.memory.get("incident"), form.memory.get("shown")
    incident = incidents.load(tx, known if isinstance(known, int) else 0)
    try:
        publishing.may_publish(tx, office.config, incident, form.user)
        post, page = tx.status_post(incident.id), office.config.status_page
        if isinstance(shown, dict) and messages.public(post) != shown.get("public"):
            typed = {"phase": str(phase), "text": text}
            kept = {"phase": str(phase), "text": forms.trace(text)}
            mine = {name: it for name, it in typed.items() if kept[name] != shown.get(name)}
            mine["title"] = title
            channel = str(form.memory.get("channel", ""))
            newer = messages.form(incident, post, page.lag if page else "", channel, mine)
            return OpenForm(newer, AGAIN)
        return publishing.publish(tx, office.config, incident, title, text, phase, form.user)
    except Refusal as refusal:
        return office.mistake("text", refusal)
