"""Releases: the button on an offer or a card, the form behind it, and `/deployments notes`."""

from bot.domain.errors import Refusal
from bot.domain.grammar import parse_notes
from bot.domain.releases.release_notes import MAX_NOTES
from bot.messages import releases as messages
from bot.messages.blocks import Message
from bot.messages.releases import MAX_TITLE
from bot.services.releases import drafting
from bot.services.releases.drafting import ReleaseWish
from handlers.payloads import Answer, Click, Command, FormErrors, Office, OpenForm, Submission


def notes(command: Command, rest: str, office: Office) -> Answer:
    """`/deployments notes v1.2.1 [service]`."""
    version, service = parse_notes(rest, office.config.services)
    return drafting.ask_for_notes(
        office.tx, office.config, service, str(version), command.user, command.channel
    )


def on_card(click: Click, office: Office) -> Answer:
    """Release Notes, on a card."""
    return drafting.ask_on_card(
        office.tx, office.config, click.deployment, click.user, click.channel
    )


def fill(click: Click, office: Office) -> Answer:
    """Create Tag and Release, or Edit Release Notes."""
    draft = drafting.may_fill(office.tx, click.deployment, click.user)
    again = Message("The form did not open in time. Press the button once more.")
    return OpenForm(messages.form(draft, click.channel), again)


def publish(form: Submission, office: Office) -> Answer:
    """The form was sent; mistakes are shown under their fields."""
    title = " ".join(form.values.get("title", "").split())
    text = form.values.get("notes", "").replace("\r\n", "\n").strip()
    errors = {}
    if not title or len(title) > MAX_TITLE:
        errors["title"] = f"A title of up to {MAX_TITLE} characters, please."
    if not text or len(text) > MAX_NOTES:
        errors["notes"] = f"Say what changes, in up to {MAX_NOTES:,} characters."
    if errors:
        return FormErrors(errors)
    known = form.memory.get("draft")
    wish = ReleaseWish(commit=form.values.get("commit", ""), title=title, notes=text)
    try:
        return drafting.want(office.tx, known if isinstance(known, int) else 0, form.user, wish)
    except Refusal as refusal:
        return office.mistake("title", refusal)
