"""Incident rules: who may decide what about an incident, what its clocks may say, and what it lacks
before it can be closed.
"""

from collections.abc import Collection
from datetime import datetime

from bot.domain.errors import Refusal
from bot.domain.incidents.incidents import TRANSITIONS, Incident, Severity, State
from bot.domain.incidents.postmortems import is_owed
from bot.domain.metrics.history import NOT_REAL, CauseState, Closure
from bot.domain.people import Actor, Role, Standing, Who, require, require_answer, require_member

CLOCKS = ("started_at", "detected_at", "restored_at", "resolved_at")


def may_decide(incident: Incident, actor: Actor) -> None:
    """Refuse unless this actor may end an incident or judge its cause: whoever has any role in the
    team's deployments, leads it or, while nobody does, opened it.
    """
    _decides(incident, actor, "decide about an incident")


def _decides(incident: Incident, actor: Actor, what: str) -> None:
    require_member(actor)
    if not actor.roles and actor.slack_id != incident.owner:
        require_answer(actor, *Role)
        raise Refusal(
            "not_allowed",
            "Only people with a role in the team's deployments and {owner}, who answers for "
            "{name}, may {what}. Ask one of them.",
            owner=Who(incident.owner),
            name=incident.name,
            what=what,
        )


def may_assign(incident: Incident, actor: Actor, lead: Actor) -> None:
    """Anybody of the team may make somebody the lead who decides about incidents anyway. Whom else,
    those may: a lead ends incidents, which opens production.
    """
    may_edit(incident, actor)
    is_of_team(lead)
    if not lead.roles and lead.slack_id != incident.owner:
        _decides(incident, actor, "make somebody without a role the lead")


def is_of_team(chosen: Actor) -> None:
    """Refuse somebody whom nobody here knows."""
    if chosen.standing is not Standing.MEMBER:
        raise Refusal(
            "lead_unknown",
            "{who} is nobody of the team's configuration. Choose somebody who is, "
            "or ask an admin to add them.",
            who=Who(chosen.slack_id),
        )


def may_edit(incident: Incident, actor: Actor) -> None:
    """Every member of the team may put words right; who did is on the timeline."""
    require_member(actor)
    if incident.state is State.CLOSED:
        raise over_for(incident)


def may_change_severity(incident: Incident, severity: Severity, actor: Actor) -> None:
    """Anybody may raise it; to lower it takes the role lead or approver, as it may open production:
    to lead this incident does not suffice, which whoever wants to deploy could take.
    """
    require_member(actor)
    if incident.severity.is_worse_than(severity):
        require(actor, Role.LEAD, "lower the severity of an incident", Role.APPROVER)


def may_move(incident: Incident, state: State) -> None:
    """Refuse a move that the incident cannot make now; a click is often older than the state."""
    if state in TRANSITIONS[incident.state]:
        return
    when = incident.closed_at or incident.resolved_at or incident.restored_at
    raise Refusal(
        "incident_has_moved",
        "Nothing was done: {name} is {state} already" + (" since {when}." if when else "."),
        name=incident.name,
        state=incident.state,
        when=when or incident.declared_at,
    )


def may_be_cause(incident: Incident, state: CauseState) -> None:
    """Nothing outside can have been caused by a deployment."""
    if incident.closure is Closure.EXTERNAL and state is CauseState.CONFIRMED:
        raise Refusal(
            "external_cause",
            "{name} is closed as external, so no deployment can be its confirmed cause.",
            name=incident.name,
        )


def may_mend(incident: Incident | None, name: str, service: str) -> None:
    """Refuse a hotfix for what is no open incident of that service: its lane has fewer checks."""
    if incident is None:
        raise Refusal(
            "no_such_incident",
            "There is no incident {name}, so nothing was deployed. {incident} list shows those "
            "that are open.",
            name=name,
        )
    if incident.drill:
        raise Refusal("drill", "{name} is a drill: nothing is deployed for it.", name=name)
    if not incident.is_open:
        raise Refusal(
            "incident_is_over",
            "{name} is {state}, so it needs no hotfix. Deploy it the ordinary way.",
            name=name,
            state=incident.state,
        )
    if incident.service != service:
        raise Refusal(
            "other_service",
            "{name} is about {other}, not about {service}.",
            name=name,
            other=incident.service,
            service=service,
        )


def clocks_are_right(incident: Incident, now: datetime) -> None:
    """Refuse clocks that run backwards or ahead."""
    i = incident
    order = (
        ("started", i.started_at, "detected", i.detected_at),
        ("started", i.started_at, "declared", i.declared_at),
        ("started", i.started_at, "restored", i.restored_at),
        ("restored", i.restored_at, "resolved", i.resolved_at),
    )
    for earlier, first, later, then in order:
        if first is not None and then is not None and first > then:
            raise Refusal(
                "clocks_backwards",
                "It cannot be {later} at {then}, before it was {earlier} at {first}.",
                earlier=earlier,
                later=later,
                first=first,
                then=then,
            )
    for name in CLOCKS:
        at = getattr(i, name)
        if at is not None and at > now:
            raise Refusal("clock_ahead", "{when} is still to come.", when=at)


def may_have_ended(incident: Incident, names: Collection[str]) -> None:
    """Refuse an end of what goes on: it would count as mended while users are not served."""
    for name in ("restored_at", "resolved_at"):
        if name in names and getattr(incident, name) is None:
            raise Refusal(
                "not_ended",
                "{name} is {state}, so it has no such time. Press {button} on its message first.",
                name=incident.name,
                state=incident.state,
                button="Restored" if name == "restored_at" else "Resolve",
            )


def missing(incident: Incident) -> tuple[str, ...]:
    """What it lacks before it can be closed as resolved, each as a phrase with the button that
    helps.
    """
    i, lacks = incident, []
    if i.state is not State.RESOLVED:
        lacks.append("it is not resolved (Resolve)")
    if i.lead is None:
        lacks.append("nobody is its lead (Assign Lead)")
    if i.cause_state is CauseState.SUSPECTED:
        undecided = f"{i.cause} is neither confirmed nor refuted as the cause"
        lacks.append(f"{undecided} (Confirm, or Not This One)")
    if is_owed(i) and not (i.postmortem and i.postmortem.published_at):
        lacks.append("its post-mortem is not published (Post-Mortem Published)")
    return tuple(lacks)


def may_close(incident: Incident, closure: Closure) -> None:
    """Refuse to close with something missing; what was no incident needs nothing."""
    if closure is Closure.EXTERNAL and incident.cause_state is CauseState.CONFIRMED:
        raise Refusal(
            "external_cause",
            "{cause} is confirmed as its cause, so it is not external. Refute that first.",
            cause=incident.cause,
        )
    lacks = missing(incident)
    if closure in NOT_REAL or closure is Closure.EXTERNAL or not lacks:
        return
    raise Refusal(
        "not_complete",
        "It cannot be closed as resolved yet: {lacks}.",
        lacks="; ".join(lacks),
    )


def over_for(incident: Incident) -> Refusal:
    """What is told when something no longer makes sense because it is over."""
    return Refusal(
        "incident_is_over",
        "Nothing was done: {name} is {state} since {when}, led by {who}. "
        "If it is back, press Reopen on its message or open a new one with {incident}.",
        name=incident.name,
        state=incident.state,
        when=incident.closed_at or incident.resolved_at or incident.declared_at,
        who=Who(incident.owner),
    )
