"""What people press to announce a maintenance before a deployment."""

from datetime import timedelta

from bot.domain.errors import Refusal
from bot.messages.blocks import Message
from bot.messages.incidents import maintenance as messages
from bot.services.incidents import maintenance
from handlers.payloads import Answer, Click, FormErrors, Office, OpenForm, Submission


def ask(click: Click, office: Office) -> Answer:
    """Announce Maintenance: what it opens is the preview."""
    deployment = maintenance.may_announce(office.tx, office.config, click.deployment, click.user)
    page = office.config.status_page
    return OpenForm(
        messages.form(deployment, page.lag if page else "", click.channel),
        Message("The form did not open in time. Press it once more."),
    )


def announce(form: Submission, office: Office) -> Answer:
    """The preview was confirmed: from here on the public reads it."""
    title, text = (form.values.get(name, "").strip() for name in ("title", "text"))
    length = form.values.get("length", "")
    if length not in messages.LENGTHS:
        return FormErrors({"length": "Choose by when it is over."})
    empty = next((name for name, said in (("title", title), ("text", text)) if not said), None)
    if empty:
        return FormErrors({empty: "Say something to the public, or close this form."})
    known = form.memory.get("deployment")
    try:
        return maintenance.announce(
            office.tx,
            office.config,
            known if isinstance(known, int) else 0,
            title,
            text,
            timedelta(minutes=int(length)),
            form.user,
        )
    except Refusal as refusal:
        return office.mistake("text", refusal)
