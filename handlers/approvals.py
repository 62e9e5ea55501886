"""The buttons of a card: approve, reject, cancel, and what a person decides when things went
wrong.
"""

from bot.domain.grammar import clean_reason
from bot.messages import forms
from bot.messages.blocks import Message
from bot.services import requests
from handlers.payloads import Answer, Click, FormErrors, Office, OpenForm, Submission


def approve(click: Click, office: Office) -> Answer:
    """Approve."""
    return requests.approve(office.tx, office.config, click.deployment, click.user)


def ask_reason(click: Click, office: Office) -> Answer:
    """Reject asks for a reason first."""
    deployment = requests.may_reject(office.tx, click.deployment, click.user)
    return OpenForm(
        forms.reject(deployment, click.channel),
        Message("The form did not open in time. Press Reject once more."),
    )


def reject(form: Submission, office: Office) -> Answer:
    """The rejection's form was sent."""
    reason = clean_reason(form.values.get("reason", ""))
    if not reason:
        return FormErrors({"reason": "Say why, so that the requester knows what to change."})
    deployment = form.memory.get("deployment")
    return requests.reject(
        office.tx,
        office.config,
        deployment if isinstance(deployment, int) else 0,
        form.user,
        reason,
    )


def cancel(click: Click, office: Office) -> Answer:
    """Cancel."""
    return requests.cancel(office.tx, office.config, click.deployment, click.user)


def mark_good(click: Click, office: Office) -> Answer:
    """Mark Good."""
    return requests.mark_good(office.tx, office.config, click.deployment, click.user)


def close_failed(click: Click, office: Office) -> Answer:
    """Close as Failed."""
    return requests.close_failed(office.tx, office.config, click.deployment, click.user)


def send_again(click: Click, office: Office) -> Answer:
    """Send Again."""
    return requests.send_again(office.tx, office.config, click.deployment, click.user)


def roll_back(click: Click, office: Office) -> Answer:
    """Roll Back."""
    return requests.roll_back(office.tx, office.config, click.deployment, click.user)
