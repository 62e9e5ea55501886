"""What people put their names to: a gate that is lifted, an item of the checklist."""

from collections.abc import Callable

from bot.domain.errors import Refusal
from bot.domain.gates.items import SIGNABLE
from bot.domain.gates.signatures import QUERIES
from bot.domain.grammar import clean_reason
from bot.messages.blocks import Message
from bot.messages.deployments import forms
from bot.services.gates import signing
from handlers.payloads import Answer, Click, Office, OpenForm, Submission

AGAIN = Message("The form did not open in time. Press Override once more.")


def ask_override(click: Click, office: Office) -> Answer:
    """Override asks which gates, and why."""
    deployment = signing.may_override(office.tx, click.deployment, click.user)
    return OpenForm(forms.override(deployment, click.channel), AGAIN)


def override(form: Submission, office: Office) -> Answer:
    """The form of Override was sent: it lifts what it showed. Where that has changed by now, it
    is shown anew first, with what was typed and those ticks that mean what they meant.
    """
    known = form.memory.get("deployment")
    gates = tuple(filter(None, form.values.get("gates", "").split(",")))
    try:
        reason = clean_reason(form.values.get("reason", ""))
        number = known if isinstance(known, int) else 0
        deployment = signing.may_override(office.tx, number, form.user)
        if new := forms.not_shown(deployment, gates, form.memory.get("shown")):
            kept, channel = set(gates) - new, form.memory.get("channel")
            again = forms.override(deployment, channel, kept, reason, is_anew=True)
            return OpenForm(again, AGAIN)
        return signing.override(office.tx, number, form.user, gates, reason)
    except Refusal as refusal:
        return office.mistake("reason", refusal)


def sign_off(item: str) -> Callable[[Click, Office], Answer]:
    """The button that signs this item off."""

    def press(click: Click, office: Office) -> Answer:
        return signing.sign_off(office.tx, click.deployment, click.user, item)

    return press


SIGN_OFFS = {f"sign_off_{item}": sign_off(item) for item in sorted(SIGNABLE | QUERIES.keys())}
