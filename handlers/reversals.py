"""Undo Rollback: the button on the card of a rollback, and its form."""

from bot.domain.errors import Refusal
from bot.domain.grammar import clean_reason
from bot.messages.blocks import Message
from bot.messages.rollbacks import reversals as messages
from bot.services.rollbacks import reversals
from handlers.payloads import Answer, Click, Office, OpenForm, Submission


def ask(click: Click, office: Office) -> Answer:
    """Undo Rollback asks why."""
    rollback, version = reversals.may_reverse(office.tx, click.deployment, click.user)
    again = Message("The form did not open in time. Press Undo Rollback once more.")
    return OpenForm(messages.form(rollback, version, click.channel), again)


def submit(form: Submission, office: Office) -> Answer:
    """The form was sent."""
    meant = form.memory.get("deployment")
    number = meant if isinstance(meant, int) else 0
    try:
        reason = clean_reason(form.values.get("reason", ""))
        return reversals.reverse(office.tx, office.config, number, reason, form.user)
    except Refusal as refusal:
        return office.mistake("reason", refusal)
