"""Revert: the button in the thread of a rollback, and its form."""

from bot.domain.errors import Refusal
from bot.messages import remedies as messages
from bot.messages.blocks import Message
from bot.services import remedies
from handlers.payloads import Answer, Click, Office, OpenForm, Submission


def ask_revert(click: Click, office: Office) -> Answer:
    """Revert asks which pull request."""
    rollback, changes = remedies.may_revert(office.tx, click.deployment, click.user)
    again = Message("The form did not open in time. Press Revert once more.")
    return OpenForm(messages.revert_form(rollback, changes, click.channel), again)


def revert(form: Submission, office: Office) -> Answer:
    """The form was sent."""
    meant, text = form.memory.get("deployment"), form.values.get("pull", "")
    number = int(text) if text.isascii() and text.isdecimal() else 0
    try:
        rollback = meant if isinstance(meant, int) else 0
        return remedies.revert(office.tx, rollback, number, form.user)
    except Refusal as refusal:
        return office.mistake("pull", refusal)
