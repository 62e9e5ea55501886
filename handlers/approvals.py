"""The buttons of a card: approve, reject, cancel, and what a person decides when things went
wrong.
"""

from bot.domain.errors import Refusal
from bot.domain.gates.items import BACKUP
from bot.domain.grammar import clean_reason, parse_deploy
from bot.messages.blocks import Message
from bot.messages.deployments import forms
from bot.services.deployments import decisions, replacing
from bot.services.gates import signing
from bot.services.rollbacks import pins, stops
from handlers.payloads import Answer, Click, FormErrors, Office, OpenForm, Submission


def unknown(click: Click, office: Office) -> Answer:
    """A button that is in no list: of an older version, or never ours."""
    raise Refusal(
        "unknown_button",
        "I do not know this button any more. Nothing was done; {deployments} status shows what is.",
    )


def approve(click: Click, office: Office) -> Answer:
    """Approve: at once, or by a form where the process's checks need a person's word."""
    answer = signing.approve(office.tx, office.config, click.deployment, click.user, {})
    if isinstance(answer, Message):
        return answer
    return OpenForm(
        forms.approve(*answer, click.channel),
        Message("The form did not open in time. Press Approve once more."),
    )


def approve_with(form: Submission, office: Office) -> Answer:
    """The form of Approve was sent: what was asked is signed, and the deployment approved."""
    deployment = _deployment(form)
    asked = form.memory.get("items")
    items = {str(item): "" for item in asked if form.values.get(str(item))} if asked else {}
    if BACKUP in items:
        backup, age = (" ".join(form.values.get(f, "").split()) for f in (BACKUP, "backup_age"))
        if not backup:
            return FormErrors({BACKUP: "Say which backup there is, by its id."})
        if not age:
            return FormErrors({"backup_age": "Say how old it is, for example: 2 h"})
        items[BACKUP] = f"{backup}, {age} old"
    answer = signing.approve(office.tx, office.config, deployment, form.user, items)
    if isinstance(answer, Message):
        return answer
    return Message("What has to be checked has changed meanwhile. Press Approve once more.")


def ask_reason(click: Click, office: Office) -> Answer:
    """Reject asks for a reason first."""
    deployment = decisions.may_reject(office.tx, click.deployment, click.user)
    return OpenForm(
        forms.reject(deployment, click.channel),
        Message("The form did not open in time. Press Reject once more."),
    )


def reject(form: Submission, office: Office) -> Answer:
    """The rejection's form was sent."""
    try:
        reason = clean_reason(form.values.get("reason", ""))
    except Refusal as refusal:
        return office.mistake("reason", refusal)
    if not reason:
        return FormErrors({"reason": "Say why, so that the requester knows what to change."})
    return decisions.reject(office.tx, _deployment(form), form.user, reason)


def replace(click: Click, office: Office) -> Answer:
    """Replace D12 (v1.2.1)."""
    wish = parse_deploy(click.rest, office.config.services)
    if wish is None:
        raise Refusal("no_version", "Which version? For example: {deploy} v1.2.1")
    return replacing.replace(
        office.tx, office.config, click.number, wish, click.user, click.channel
    )


def cancel(click: Click, office: Office) -> Answer:
    """Cancel."""
    return decisions.cancel(office.tx, office.config, click.deployment, click.user)


def mark_good(click: Click, office: Office) -> Answer:
    """Mark Good."""
    return decisions.mark_good(office.tx, office.config, click.deployment, click.user)


def close_failed(click: Click, office: Office) -> Answer:
    """Close as Failed."""
    return decisions.close_failed(office.tx, office.config, click.deployment, click.user)


def retry_targets(click: Click, office: Office) -> Answer:
    """Retry web-1."""
    return decisions.retry_targets(office.tx, click.deployment, click.user)


def stop_waiting(click: Click, office: Office) -> Answer:
    """Stop Waiting."""
    return stops.stop_waiting(office.tx, click.deployment, click.choice, click.user)


def stop_run(click: Click, office: Office) -> Answer:
    """Stop the Run."""
    return stops.stop_run(office.tx, click.deployment, click.choice, click.user)


def lift_pin(click: Click, office: Office) -> Answer:
    """Lift the Pin."""
    return pins.lift(office.tx, click.deployment, click.user)


def send_again(click: Click, office: Office) -> Answer:
    """Send Again."""
    return decisions.send_again(office.tx, click.deployment, click.user)


def choose_run(click: Click, office: Office) -> Answer:
    """It Is Run 123."""
    return decisions.choose_run(office.tx, click.deployment, click.choice, click.user)


def _deployment(form: Submission) -> int:
    """The deployment that a form was opened for; 0 when its memory is not ours."""
    known = form.memory.get("deployment")
    return known if isinstance(known, int) else 0
