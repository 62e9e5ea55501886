"""/deployments validate: the eight items of staging in one form."""

from bot.domain.errors import Refusal
from bot.domain.grammar import ReportWish
from bot.messages.blocks import Message
from bot.messages.deployments import staging as words
from bot.services.deployments.requests import service_of
from bot.services.gates import staging
from handlers.payloads import Answer, Command, Office, OpenForm, Submission


def open_form(command: Command, office: Office, wish: ReportWish) -> Answer:
    """`/deployments validate [service]`."""
    staging.may_sign(office.tx, command.user)
    service = wish.service or service_of(
        office.config, office.config.commands.deployments, " validate"
    )
    found = staging.on_staging(office.tx, office.config, service)
    return OpenForm(
        words.form(found, command.channel),
        Message("The form did not open in time. Type it once more."),
    )


def sign(form: Submission, office: Office) -> Answer:
    """The form was sent."""
    service, commit = str(form.memory.get("service", "")), str(form.memory.get("commit", ""))
    items = form.values.get("items", "").split(",")
    try:
        return staging.sign(office.tx, office.config, service, commit, items, form.user)
    except Refusal as refusal:
        return office.mistake("items", refusal)
