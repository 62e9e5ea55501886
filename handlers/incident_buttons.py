"""The buttons of an incident, and the forms that some of them open."""

from collections.abc import Callable, Mapping

from bot.domain.errors import Refusal
from bot.domain.grammar import MAX_REASON, clean_reason
from bot.domain.incidents import incident_rules as rules
from bot.domain.incidents.incidents import Incident, Severity, State
from bot.domain.metrics.history import Closure
from bot.domain.people import require_member
from bot.messages import blocks as b
from bot.messages.blocks import Message
from bot.messages.incidents import incident_forms as forms
from bot.messages.incidents import incident_news as news
from bot.services.deployments.requests import who
from bot.services.incidents import duplicates, incidents, postmortems, suspecting
from bot.services.incidents import incident_causes as causes
from bot.services.incidents import incident_decisions as decisions
from bot.services.incidents import incident_editing as editing
from bot.services.rollbacks import rollbacks
from handlers.incidents import how_to, moment
from handlers.payloads import Answer, Click, FormErrors, Office, OpenForm, Submission
from handlers.rollback import proposed

AGAIN = Message("The form did not open in time. Press it once more.")


def ask_update(click: Click, office: Office) -> Answer:
    """Post Update."""
    meant = incidents.load(office.tx, click.number)
    incidents.may_tell(office.tx, meant, click.user)
    return OpenForm(forms.update(meant, "", click.channel), AGAIN)


def update(form: Submission, office: Office) -> Answer:
    """The form for news was sent: a state that was not touched is no wish to move it."""
    text, state = form.values.get("text", "").strip(), form.values.get("state", "")
    if not text:
        return FormErrors({"text": "Say what is new, if only that nothing is."})
    incident = _incident(form, office)
    sent = {"state": state} if state else {}
    wish, is_newer = _against({"state": str(incident.state)}, sent, form)
    try:
        incidents.may_tell(office.tx, incident, form.user)
        if is_newer:
            return OpenForm(forms.update(incident, text, _channel(form), is_anew=True), AGAIN)
        moved = wish.get("state", "")
        return decisions.update(office.tx, office.config, incident, text, moved, form.user)
    except Refusal as refusal:
        return office.mistake("text", refusal)


def restored(click: Click, office: Office) -> Answer:
    """Restored."""
    return decisions.restored(office.tx, office.config, click.number, click.user)


def resolve(click: Click, office: Office) -> Answer:
    """Resolve."""
    return decisions.resolve(office.tx, office.config, click.number, click.user)


def snooze(click: Click, office: Office) -> Answer:
    """Snooze."""
    return decisions.snooze(office.tx, office.config, click.number, click.user)


def ask_lead(click: Click, office: Office) -> Answer:
    """Assign Lead."""
    meant = _of_member(click, office)
    return OpenForm(forms.lead(meant, click.user, click.channel), AGAIN)


def lead(form: Submission, office: Office) -> Answer:
    """The form that assigns the lead was sent: who was not touched stays."""
    incident = _incident(form, office)
    now = forms.leading(incident)
    wish, is_newer = _against(now, {name: form.values.get(name, "") for name in now}, form)
    if is_newer:
        return OpenForm(forms.lead(incident, form.user, _channel(form), wish), AGAIN)
    if not wish:
        return news.done(incident, "nothing was changed")
    led = now | wish
    try:
        return decisions.assign(
            office.tx, office.config, incident.id, led["lead"], led["comms"] or None, form.user
        )
    except Refusal as refusal:
        return office.mistake("lead", refusal)


def ask_edit(click: Click, office: Office) -> Answer:
    """Edit."""
    meant = _of_member(click, office)
    actor, _ = who(office.tx, click.user)
    rules.may_edit(meant, actor)
    return OpenForm(forms.edit(meant, suspecting.nameable(office.tx, meant), click.channel), AGAIN)


def edit(form: Submission, office: Office) -> Answer:
    """The form that changes severity, words and clocks was sent: what differs from what it showed
    is wished, and the rest left to whoever changed it meanwhile.
    """
    values, shown = form.values, form.memory.get("shown")
    shown = shown if isinstance(shown, dict) else {}
    try:
        words = {name: clean_reason(values.get(name, "")) for name in ("title", "impact", "eta")}
    except Refusal as refusal:
        return office.mistake("impact", refusal)
    empty = next((name for name in ("title", "impact") if not words[name]), None)
    if empty:
        return FormErrors({empty: "This is what everybody reads first, so it cannot be empty."})
    changes: dict[str, object] = dict(words)
    if severity := Severity.__members__.get(values.get("severity", "").upper()):
        changes["severity"] = severity
    for name in ("started", "detected", "restored"):
        if at := moment(values.get(name, "")):
            changes[f"{name}_at"] = at
    changes = {name: it for name, it in changes.items() if shown.get(name) != forms.trace(it)}
    suspect, named = values.get("suspect", ""), None
    incident = _incident(form, office)
    try:
        if suspect and suspect != shown.get("suspect"):
            cause = forms.chosen(suspecting.nameable(office.tx, incident), suspect)
            named = causes.name(office.tx, office.config, incident.id, cause, form.user)
    except Refusal as refusal:
        return office.mistake("suspect", refusal)
    if named and not changes:
        return named
    try:
        edited = editing.edit(office.tx, office.config, incident.id, changes, form.user)
        return Message(f"{named.text}\n{edited.text}") if named else edited
    except Refusal as refusal:
        fields = {"clocks_backwards": "started", "clock_ahead": "started", "not_ended": "restored"}
        return office.mistake(fields.get(refusal.code, "severity"), refusal)


def roll_back(click: Click, office: Office) -> Answer:
    """Roll Back: what would be done, and the button that does it after a question."""
    tx, config = office.tx, office.config
    incident = causes.may_roll_back(tx, click.number)
    reason = b.shorten(f"{incident.name}: {incident.impact}", MAX_REASON)
    order, found = rollbacks.propose(
        tx, config, click.user, service=incident.service, reason=reason, incident=incident
    )
    return proposed(order, found, office)


def published(click: Click, office: Office) -> Answer:
    """Post-Mortem Published."""
    return postmortems.publish(office.tx, click.number, click.user)


def confirm(click: Click, office: Office) -> Answer:
    """Confirm."""
    return causes.confirm(office.tx, office.config, click.number, click.rest, click.user)


def refute(click: Click, office: Office) -> Answer:
    """Not This One, and Refute."""
    return causes.refute(office.tx, office.config, click.number, click.rest, click.user)


def ask_reopen(click: Click, office: Office) -> Answer:
    """Reopen."""
    meant = _of_member(click, office)
    rules.may_move(meant, State.INVESTIGATING)
    return OpenForm(forms.reopen(meant, click.channel), AGAIN)


def reopen(form: Submission, office: Office) -> Answer:
    """The form that asks what is back was sent."""
    try:
        reason = clean_reason(form.values.get("reason", ""))
        incident = _incident(form, office).id
        return decisions.reopen(office.tx, office.config, incident, reason, form.user)
    except Refusal as refusal:
        return office.mistake("reason", refusal)


def ask_close(click: Click, office: Office) -> Answer:
    """Close."""
    meant = _of_member(click, office)
    rules.may_move(meant, State.CLOSED)
    others = duplicates.choices(office.tx, meant)
    return OpenForm(forms.close(meant, rules.missing(meant), others, click.channel), AGAIN)


def close(form: Submission, office: Office) -> Answer:
    """The form that closes an incident was sent: what broke again since it was opened is shown
    first.
    """
    chosen = form.values.get("closure", "")
    closure = next((one for one in Closure if one == chosen), None)
    if closure is None:
        return FormErrors({"closure": "Choose how it ended."})
    original = form.values.get("original")
    if closure is Closure.DUPLICATE and original == "":
        return FormErrors({"original": "Choose what it is a duplicate of, or None of these."})
    try:
        reason = clean_reason(form.values.get("reason", ""))
        incident = decisions.may_close(office.tx, _incident(form, office).id, form.user)
        if what := forms.broke_again(incident, form.memory.get("shown")):
            mine = {"closure": str(closure), "reason": reason, "original": original or ""}
            lacks, others = rules.missing(incident), duplicates.choices(office.tx, incident)
            newer = forms.close(incident, lacks, others, _channel(form), mine, what=what)
            return OpenForm(newer, AGAIN)
        other = int(original) if original and original.isdecimal() else None
        return decisions.close(
            office.tx, office.config, incident.id, closure, reason, form.user, other
        )
    except Refusal as refusal:
        is_of = refusal.code == "original_closed"
        return office.mistake("original" if is_of else "closure", refusal)


def _of_member(click: Click, office: Office) -> Incident:
    """The incident of a button that opens a form, for a member; the rest is judged when it is
    sent.
    """
    actor, _ = who(office.tx, click.user)
    require_member(actor)
    return incidents.load(office.tx, click.number)


def _against(
    now: Mapping[str, str], sent: Mapping[str, str], form: Submission
) -> tuple[dict[str, str], bool]:
    """What of a form differs from what it showed and so is wished, and whether some of that would
    take back what became of it since. What is wished and is so already is no wish.
    """
    shown = form.memory.get("shown")
    shown = shown if isinstance(shown, dict) else now
    wish = {name: it for name, it in sent.items() if it not in (shown.get(name), now[name])}
    return wish, any(shown.get(name) != now[name] for name in wish)


def _channel(form: Submission) -> str:
    return str(form.memory.get("channel", ""))


def _incident(form: Submission, office: Office) -> Incident:
    known = form.memory.get("incident")
    return incidents.load(office.tx, known if isinstance(known, int) else 0)


def read_playbook(click: Click, office: Office) -> Answer:
    """Playbook."""
    return how_to(office)


BUTTONS: dict[str, Callable[[Click, Office], Answer]] = {
    "incident_update": ask_update,
    "incident_restored": restored,
    "incident_resolve": resolve,
    "incident_snooze": snooze,
    "incident_lead": ask_lead,
    "incident_edit": ask_edit,
    "incident_roll_back": roll_back,
    "incident_published": published,
    "incident_confirm": confirm,
    "incident_not_this": refute,
    "incident_refute": refute,
    "incident_reopen": ask_reopen,
    "incident_close": ask_close,
    "incident_playbook": read_playbook,
}
FORMS: dict[str, Callable[[Submission, Office], Answer]] = {
    "incident_update": update,
    "incident_lead": lead,
    "incident_edit": edit,
    "incident_reopen": reopen,
    "incident_close": close,
}
