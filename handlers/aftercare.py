"""Set ETA: the button below the message of a rollback, and its form."""

from bot.domain.errors import Refusal
from bot.messages.blocks import Message
from bot.messages.rollbacks import aftercare as messages
from bot.services.rollbacks import caring
from handlers.payloads import Answer, Click, Office, OpenForm, Submission


def ask_eta(click: Click, office: Office) -> Answer:
    """Set ETA asks when."""
    deployment = caring.may_care(office.tx, click.deployment, click.user)
    again = Message("The form did not open in time. Press Set ETA once more.")
    return OpenForm(messages.form(deployment, click.channel), again)


def set_eta(form: Submission, office: Office) -> Answer:
    """The form was sent."""
    meant = form.memory.get("deployment")
    number = meant if isinstance(meant, int) else 0
    try:
        return caring.set_eta(office.tx, number, form.values.get("eta", ""), form.user)
    except Refusal as refusal:
        return office.mistake("eta", refusal)
