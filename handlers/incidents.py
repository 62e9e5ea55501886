"""/incident: typed in one line, or a form; the list, and updates."""

from collections.abc import Callable
from datetime import UTC, datetime

from bot.domain.errors import Refusal
from bot.domain.grammar import IncidentWish, clean_reason, parse_incident
from bot.domain.incidents.incidents import Severity
from bot.domain.people import require_member
from bot.messages.blocks import Message
from bot.messages.incidents import incident_forms as forms
from bot.messages.incidents import incidents as messages
from bot.messages.incidents import publishing as pages
from bot.messages.knowing import reports
from bot.services.incidents import incidents
from bot.services.incidents.incidents import Report
from handlers.payloads import Answer, Command, FormErrors, Office, OpenForm, Submission


def incident(command: Command, office: Office) -> Answer:
    """`/incident outage …` opens one; `list`, `update` and `drill` are what they say."""
    wish = parse_incident(command.text)
    match wish.deed:
        case "help":
            mine = [usage for usage in office.usages if usage[0].startswith(f"{command.name} ")]
            return reports.help_text(mine, {})
        case "list":
            return incidents.listing(office.tx, office.config, command.user)
        case "update":
            return _update(wish, command, office)
        case _:
            if wish.maybe_update and office.tx.open_incidents():
                meant = incidents.the_open_one(office.tx)
                return incidents.update(
                    office.tx, office.config, meant, wish.maybe_update, command.user
                )
            return _open(wish, command, office)


def _open(wish: IncidentWish, command: Command, office: Office) -> Answer:
    actor, _ = office.tx.actor(command.user)
    require_member(actor)
    services = sorted(office.config.services)
    service = _named(wish.text, services)
    if wish.severity is None or not wish.text or service is None:
        found = incidents.candidates(office.tx, services[0], office.tx.now)
        view = forms.report(
            wish,
            services,
            found if len(services) == 1 else (),
            office.tx.now,
            has_page=office.config.status_page is not None,
        )
        example = f"{command.name} outage All users unable to access service"
        return OpenForm(view, Message(f"The form did not open in time. Type it: `{example}`"))
    report = Report(service=service, severity=wish.severity, impact=wish.text, drill=wish.drill)
    return messages.opened(incidents.declare(office.tx, office.config, report, command.user))


def _named(text: str, services: list[str]) -> str | None:
    """The service that a text is about: the only one, or the one that it names."""
    if len(services) == 1:
        return services[0]
    words = {word.strip(".,:;").lower() for word in text.split()}
    found = [service for service in services if service.lower() in words]
    return found[0] if len(found) == 1 else None


def _update(wish: IncidentWish, command: Command, office: Office) -> Answer:
    tx = office.tx
    meant = incidents.load(tx, wish.incident) if wish.incident else incidents.the_open_one(tx)
    if wish.text:
        return incidents.update(tx, office.config, meant, wish.text, command.user)
    incidents.may_tell(tx, meant, command.user)
    view = forms.update(meant, "", command.channel)
    example = f"{command.name} update {meant.name} It is …"
    return OpenForm(view, Message(f"The form did not open in time. Type it: `{example}`"))


def submit(form: Submission, office: Office) -> Answer:
    """The form of `/incident` was sent; mistakes are shown under their fields. Who wants the public
    to be told gets the preview next.
    """
    values = form.values
    severity = Severity.__members__.get(values.get("severity", "").upper())
    service = values.get("service", "")
    if severity is None:
        return FormErrors({"severity": "Choose how bad it is."})
    if service not in office.config.services:
        return FormErrors({"service": "Choose a service."})
    try:
        impact = clean_reason(values.get("impact", ""))
    except Refusal as refusal:
        return office.mistake("impact", refusal)
    if not impact:
        return FormErrors({"impact": "Say what users see; that is what everybody reads first."})
    affected = (clean_reason(values.get(name, "")) for name in ("function", "people"))
    suspect = values.get("suspect") or None
    report = Report(
        service=service,
        severity=severity,
        impact=impact,
        title=clean_reason(values.get("title", "")),
        affected="; ".join(filter(None, affected)),
        eta=clean_reason(values.get("eta", "")),
        started_at=moment(values.get("started", "")),
        suspect="" if suspect == forms.NO_SUSPECT else suspect,
        drill=form.memory.get("drill") is True,
        wake={"yes": True, "no": False}.get(values.get("wake", "")),
    )
    try:
        opened = incidents.declare(office.tx, office.config, report, form.user)
    except Refusal as refusal:
        return office.mistake("started", refusal)
    told, page = messages.opened(opened), office.config.status_page
    if values.get("public") != "next" or page is None:
        return told
    return OpenForm(pages.form(opened, None, page.lag, office.config.slack.channel), told)


def moment(value: str) -> datetime | None:
    """A time that was picked; None when none was."""
    if not (value.isascii() and value.isdigit() and len(value) <= 11):
        return None
    return datetime.fromtimestamp(int(value), UTC)


FORMS: dict[str, Callable[[Submission, Office], Answer]] = {"incident": submit}
