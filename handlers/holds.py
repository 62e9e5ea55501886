"""Lift Hold: the button below a rollback, and its form."""

from bot.domain.errors import Refusal
from bot.domain.grammar import clean_reason
from bot.messages.blocks import Message
from bot.messages.rollbacks import holds as messages
from bot.services.rollbacks import holding
from handlers.payloads import Answer, Click, Office, OpenForm, Submission


def press(click: Click, office: Office) -> Answer:
    """Lift Hold asks why."""
    held = holding.may_lift(office.tx, click.number, click.user)
    again = Message("The form did not open in time. Press Lift Hold once more.")
    return OpenForm(messages.form(held, click.channel), again)


def lift(form: Submission, office: Office) -> Answer:
    """The form was sent."""
    lock = form.memory.get("lock")
    try:
        reason = clean_reason(form.values.get("reason", ""))
        number = lock if isinstance(lock, int) else 0
        return holding.lift(office.tx, office.config, number, reason, form.user)
    except Refusal as refusal:
        return office.mistake("reason", refusal)
