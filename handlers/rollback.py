"""/rollback: typed with a reason, or a form; and the buttons that lead to it."""

from dataclasses import replace

from bot.domain.deployments.deployments import Deployment
from bot.domain.errors import Refusal
from bot.domain.grammar import clean_reason, parse_rollback
from bot.domain.rollbacks.prospects import Outlook
from bot.domain.rollbacks.rollbacks import Reason
from bot.messages.blocks import Message
from bot.messages.deployments import forms
from bot.messages.knowing import reports
from bot.messages.rollbacks import rollbacks as messages
from bot.messages.rollbacks.rollbacks import Order, order_of
from bot.services.rollbacks import expecting, rollbacks, undoing
from bot.services.rollbacks.situations import Situation
from handlers.payloads import Answer, Click, Command, FormErrors, Office, OpenForm, Submission


def rollback(command: Command, office: Office) -> Answer:
    """`/rollback [service] [staging] [to v1.2.0] because …` proposes; without a reason the form
    asks.
    """
    if command.text.strip().lower() in ("help", "-h", "--help", "?"):
        mine = [usage for usage in office.usages if usage[0].startswith(f"{command.name} ")]
        return reports.help_text(mine, {})
    wish = parse_rollback(command.text, office.config.services)
    order, found = rollbacks.propose(
        office.tx,
        office.config,
        command.user,
        service=wish.service,
        version=str(wish.version) if wish.version else None,
        force=wish.force,
        reason=wish.reason,
        environment=wish.environment or rollbacks.PRODUCTION,
    )
    if not order.reason:
        return _form(order, found, command.channel, command.name, office)
    return proposed(order, found, office)


def proposed(order: Order, found: Situation, office: Office) -> Message:
    """What would be done, with all that is known of it here, and the button that does it."""
    tx, taken = office.tx, found.choice.takes_back
    return messages.proposal(
        order,
        found.known,
        found.holder,
        undoing.between(tx, taken, order.version),
        undoing.before(tx, taken),
        found.left,
        undoing.unread(tx, office.config, order.service, taken, order.version),
        _outlook(order, found, office),
        _others(order, found, office),
    )


def ask(click: Click, office: Office) -> Answer:
    """Roll Back on a card or an alert."""
    deployment = office.tx.deployment(click.deployment)
    if deployment is None:
        raise Refusal("no_such_deployment", "There is no deployment D{id}.", id=click.deployment)
    order, found = rollbacks.propose(
        office.tx,
        office.config,
        click.user,
        service=deployment.service,
        environment=deployment.environment,
    )
    is_it = deployment.in_history == found.choice.takes_back
    is_it = is_it or (found.holder is not None and found.holder.id == deployment.id)
    pressed = None if is_it else deployment
    command = office.config.commands.rollback
    return _form(order, found, click.channel, command, office, pressed)


def confirm(click: Click, office: Office) -> Answer:
    """Roll Back to v1.2.0."""
    order = order_of(click.value)
    if order is None:
        raise Refusal("stale_button", "This button is too old. Ask again with {rollback}.")
    return rollbacks.carry_out(office.tx, office.config, order, click.user, click.channel)


def submit(form: Submission, office: Office) -> Answer:
    """The form of a rollback was sent; mistakes are shown under their fields."""
    order = order_of(str(form.memory.get("order", "")))
    if order is None:
        return FormErrors({"target": "This form is too old. Close it and ask again."})
    why = Reason.__members__.get(form.values.get("why", ""))
    if why is None:
        return FormErrors({"why": "Choose a reason."})
    try:
        words = clean_reason(form.values.get("reason", ""))
    except Refusal as refusal:
        return office.mistake("reason", refusal)
    channel = form.memory.get("channel")
    asked_in = channel if isinstance(channel, str) and channel else None
    chosen = replace(
        order,
        version=form.values.get("target", ""),
        reason=f"{why}: {words}" if words else str(why),
        undo=0,  # a form never asks for it, whatever it remembers
    )
    try:
        return rollbacks.carry_out(office.tx, office.config, chosen, form.user, asked_in)
    except Refusal as refusal:  # whatever is against it now is against the target
        return office.mistake("target", refusal)


def _form(
    order: Order,
    found: Situation,
    channel: str,
    command: str,
    office: Office,
    pressed: Deployment | None = None,
) -> OpenForm:
    view = forms.rollback(
        order,
        found.known,
        found.holder,
        channel,
        left=found.left,
        name_of=office.tx.name_of,
        outlook=_outlook(order, found, office),
        others=_others(order, found, office),
        pressed=pressed,
    )
    place = "" if order.environment == rollbacks.PRODUCTION else f" {order.environment}"
    example = f"{command} {order.service}{place} to {order.version} because …"
    return OpenForm(view, Message(f"The form did not open in time. Type it instead: `{example}`"))


def _outlook(order: Order, found: Situation, office: Office) -> Outlook:
    """What is known of the way to what would be gone back to, and of those to all that could be."""
    versions = {order.version, *(one.version for one in found.known if not one.why_not)}
    where = (order.service, order.environment)
    return expecting.outlook(office.tx, office.config, where, found.left, versions)


def _others(order: Order, found: Situation, office: Office) -> int:
    """How many others have to approve what would be done."""
    fit = found.is_fit(order.version)
    return rollbacks.others_needed(office.config, order.service, order.environment, fit=fit)
