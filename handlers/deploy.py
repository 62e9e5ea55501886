"""/deploy: typed with a version, or a form without one."""

from dataclasses import replace

from bot.domain.errors import Refusal
from bot.domain.grammar import (
    DeployWish,
    clean_reason,
    hotfix_checked,
    incident_in,
    parse_deploy,
)
from bot.domain.versions import Version
from bot.messages.blocks import Message
from bot.messages.deployments import forms
from bot.messages.knowing import reports
from bot.services.deployments import requests
from handlers.payloads import (
    Answer,
    Choices,
    Command,
    FormErrors,
    Office,
    OpenForm,
    OptionsQuery,
    Submission,
)

MOST_CHOICES = 100


def deploy(command: Command, office: Office) -> Answer:
    """`/deploy v1.2.1 …` requests; `/deploy` opens the form; `/deploy help` explains."""
    if command.text.strip().lower() in ("help", "-h", "--help", "?"):
        mine = [usage for usage in office.usages if usage[0].startswith(f"{command.name} ")]
        return reports.help_text(mine, {})
    wish = parse_deploy(command.text, office.config.services)
    if wish is None:
        view = forms.deploy(sorted(office.config.services), command.channel)
        example = (
            f"The form did not open in time. Type it instead, for example: {command.name} v1.2.1"
        )
        return OpenForm(view, Message(example))
    return requests.deploy(office.tx, office.config, wish, command.user, command.channel)


def submit(form: Submission, office: Office) -> Answer:
    """The form of `/deploy` was sent; mistakes are shown under their fields."""
    version = Version.parse(form.values.get("version", ""))
    service = form.values.get("service", "")
    errors = {}
    if version is None:
        errors["version"] = "Choose a version such as v1.2.1."
    if service not in office.config.services:
        errors["service"] = "Choose a service."
    if errors or version is None:
        return FormErrors(errors)
    tags = office.tx.tags(office.config.services[service].repo)
    if not any(Version.parse(tag.name) == version for tag in tags):
        # Only tags can be chosen, so it was chosen of another service.
        return FormErrors({"version": f"{service} has no tag {version}. Choose one of its own."})
    try:
        reason = clean_reason(form.values.get("reason", ""))
    except Refusal as refusal:
        return office.mistake("reason", refusal)
    incident = form.values.get("incident", "").strip()
    wish = DeployWish(version=version, service=service, reason=reason)
    if incident:
        try:
            wish = hotfix_checked(replace(wish, incident=incident_in(incident)))
        except Refusal as refusal:
            field = "reason" if refusal.code == "hotfix_without_reason" else "incident"
            return office.mistake(field, refusal)
    channel = form.memory.get("channel")
    asked_in = channel if isinstance(channel, str) and channel else None
    try:
        return requests.deploy(office.tx, office.config, wish, form.user, asked_in)
    except Refusal as refusal:  # whatever is against it now is against the service
        return office.mistake("service", refusal)


def versions(query: OptionsQuery, office: Office) -> Answer:
    """The tags that begin with what was typed, newest first, with their dates; none as long as
    nobody said of which service.
    """
    services = office.config.services
    service = query.chosen.get("service") or (next(iter(services)) if len(services) == 1 else "")
    settings = services.get(service)
    tags = office.tx.tags(settings.repo) if settings else ()
    typed = query.typed.strip().lower().lstrip("v")
    found = [tag for tag in tags if tag.name.lstrip("v").startswith(typed)]
    return Choices(
        [
            forms.option(f"{tag.name} · {tag.dated:%Y-%m-%d}" if tag.dated else tag.name, tag.name)
            for tag in found[:MOST_CHOICES]
        ]
    )
