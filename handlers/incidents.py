"""/incident: typed in one line, by a form or a shortcut; the list, and updates."""

from collections.abc import Callable
from datetime import UTC, datetime

from bot.domain.errors import Refusal
from bot.domain.grammar import IncidentWish, clean_reason, normalise, parse_incident
from bot.domain.incidents.incidents import Incident, Severity
from bot.domain.incidents.origins import Origin
from bot.domain.people import require_member
from bot.messages.blocks import Message
from bot.messages.incidents import incident_forms as forms
from bot.messages.incidents import incidents as messages
from bot.messages.incidents import playbook
from bot.messages.incidents import publishing as pages
from bot.messages.knowing import reports
from bot.services.deployments.requests import who
from bot.services.incidents import incidents, suspecting
from bot.services.incidents.incidents import Report
from handlers.payloads import Answer, Command, FormErrors, Office, OpenForm, Submission
from handlers.people_messages import Shortcut, said_at, with_names


def incident(command: Command, office: Office) -> Answer:
    """`/incident outage …` opens one; `list`, `update` and the like are what they say."""
    wish = parse_incident(command.text)
    match wish.deed:
        case "help":
            mine = [usage for usage in office.usages if usage[0].startswith(f"{command.name} ")]
            return reports.help_text(mine, {})
        case "list":
            return incidents.listing(office.tx, office.config, command.user)
        case "playbook":
            return how_to(office)
        case "update":
            return _update(wish, command, office)
        case _:
            if wish.maybe_update and office.tx.open_incidents():
                meant = incidents.the_open_one(office.tx, command.channel)
                return incidents.update(
                    office.tx, office.config, meant, wish.maybe_update, command.user
                )
            return _open(wish, command, office)


def how_to(office: Office) -> Answer:
    """The playbook: the team's own, where there is one, else ours. It is for anybody to read."""
    if address := office.config.incidents.playbook:
        return playbook.linked(address)
    return OpenForm(playbook.page(office.config.commands.model_dump()), playbook.NOT_OPENED)


def _open(wish: IncidentWish, command: Command, office: Office) -> Answer:
    actor, _ = who(office.tx, command.user)
    require_member(actor)
    services = sorted(office.config.services)
    service = _named(wish.text, services)
    if wish.severity is None or not wish.text or service is None:
        return _form(office, wish)
    report = Report(service=service, severity=wish.severity, impact=wish.text, drill=wish.drill)
    return _opened(incidents.declare(office.tx, office.config, report, command.user), office)


def _opened(incident: Incident, office: Office) -> Message:
    others = incidents.beside(office.tx, incident)
    return messages.opened(incident, others, office.config.commands.incident)


def shortcut(used: Shortcut, office: Office) -> Answer:
    """Open an incident: the form, with what a message tells where it was used on one."""
    actor, _ = who(office.tx, used.user)
    require_member(actor)
    if not used.ts:
        return _form(office, IncidentWish(deed="open"))
    text = " ".join(normalise(with_names(used.text, office.tx.name_of)).split())
    at = min(said_at(used.ts) or office.tx.now, office.tx.now)
    origin = Origin(channel=used.channel, ts=used.ts, at=at, writer=used.writer, text=text)
    return _form(office, IncidentWish(deed="open", text=text), origin)


def _form(office: Office, wish: IncidentWish, origin: Origin | None = None) -> OpenForm:
    services, now = sorted(office.config.services), office.tx.now
    found = suspecting.candidates(office.tx, services[0], now) if len(services) == 1 else ()
    view = forms.report(
        wish,
        services,
        found,
        origin.at if origin else now,
        has_page=office.config.status_page is not None,
        origin=origin,
    )
    example = f"{office.config.commands.incident} outage All users unable to access service"
    return OpenForm(view, Message(f"The form did not open in time. Type it: `{example}`"))


def _named(text: str, services: list[str]) -> str | None:
    """The service that a text is about: the only one, or the one that it names."""
    if len(services) == 1:
        return services[0]
    words = {word.strip(".,:;").lower() for word in text.split()}
    found = [service for service in services if service.lower() in words]
    return found[0] if len(found) == 1 else None


def _update(wish: IncidentWish, command: Command, office: Office) -> Answer:
    tx = office.tx
    number, channel = wish.incident, command.channel
    meant = incidents.load(tx, number) if number else incidents.the_open_one(tx, channel)
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
    suspect = values.get("suspect")
    found = suspecting.candidates(office.tx, service, office.tx.now)
    report = Report(
        service=service,
        severity=severity,
        impact=impact,
        title=clean_reason(values.get("title", "")),
        affected="; ".join(filter(None, affected)),
        eta=clean_reason(values.get("eta", "")),
        started_at=moment(values.get("started", "")),
        suspect=forms.chosen(found, suspect) if suspect else None,
        drill=form.memory.get("drill") is True,
        wake={"yes": True, "no": False}.get(values.get("wake", "")),
        origin=_origin(form, office),
    )
    try:
        opened = incidents.declare(office.tx, office.config, report, form.user)
    except Refusal as refusal:
        return office.mistake("started", refusal)
    told, page = _opened(opened, office), office.config.status_page
    if values.get("public") != "next" or page is None:
        return told
    preview = pages.form(opened, None, page.lag, office.config.slack.channel)
    return OpenForm(preview, otherwise=told, done=told)


def _origin(form: Submission, office: Office) -> Origin | None:
    """The message that the form was opened from, if it was."""
    kept = form.memory.get("origin")
    if not isinstance(kept, dict):
        return None
    words = {name: str(kept.get(name, "")) for name in ("channel", "ts", "writer", "text")}
    at = min(said_at(words["ts"]) or office.tx.now, office.tx.now)
    return Origin(at=at, **words)


def moment(value: str) -> datetime | None:
    """A time that was picked; None when none was."""
    if not (value.isascii() and value.isdigit() and len(value) <= 11):
        return None
    return datetime.fromtimestamp(int(value), UTC)


FORMS: dict[str, Callable[[Submission, Office], Answer]] = {"incident": submit}
SHORTCUTS: dict[str, Callable[[Shortcut, Office], Answer]] = {
    "incident": shortcut,
    "incident_from_message": shortcut,
}
