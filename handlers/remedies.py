"""Revert and Start Hotfix: the buttons in the thread of a rollback, and their forms."""

from bot.domain.errors import Refusal
from bot.messages.blocks import Message
from bot.messages.rollbacks import remedies as messages
from bot.services.rollbacks import remedies
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


def ask_hotfix(click: Click, office: Office) -> Answer:
    """Start Hotfix asks what it mends."""
    subject = ("D" if click.value.startswith("D:") else "INC-") + str(click.choice)
    live, about = remedies.may_fix(office.tx, subject, click.user)
    again = Message("The form did not open in time. Press Start Hotfix once more.")
    return OpenForm(messages.hotfix_form(subject, live.version, about, click.channel), again)


def hotfix(form: Submission, office: Office) -> Answer:
    """The form was sent."""
    subject, title = str(form.memory.get("subject", "")), form.values.get("title", "")
    try:
        return remedies.fix(office.tx, subject, title, form.user)
    except Refusal as refusal:
        return office.mistake("title", refusal)


def findings(click: Click, office: Office) -> Answer:
    """Try Again, where there is no issue with the findings."""
    return remedies.write_findings(office.tx, click.deployment, click.user)
