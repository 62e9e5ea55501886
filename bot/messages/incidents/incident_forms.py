"""Incident forms: the modals in which an incident is opened, told about and changed."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any

from bot.domain.grammar import MAX_REASON, IncidentWish
from bot.domain.incidents.detection import KUMA
from bot.domain.incidents.incidents import UNRESTORED, Incident, Severity, State
from bot.domain.incidents.origins import Origin
from bot.domain.incidents.suspects import Suspect
from bot.domain.metrics.history import CauseState, Closure
from bot.messages import blocks as b
from bot.messages.incidents import duplicates
from bot.messages.incidents.incidents import DECISIONS
from bot.messages.views import MOST_VALUE, Element, View, anew, field, option, select, view, words

MOST_TITLE = 150
MOST_UPDATE = 2500
NO_SUSPECT = "none"
WAKE = {"usual": "As its severity asks for", "yes": "Wake people", "no": "Wake nobody"}
EDITED = ("severity", "title", "impact", "eta", "started_at", "detected_at", "restored_at")
PUBLIC = {"later": "Not now", "next": "Next, with a preview"}
_MORE = 200
_PUBLIC = re.compile("C[A-Z0-9]+")
_MOST_KEPT = 2700
"""So much of a message, as JSON in UTF-16 units, a form remembers. Slack takes 3000 characters with
the rest, and does not say how it counts those beyond the first plane.
"""


def report(
    wish: IncidentWish,
    services: Sequence[str],
    found: Sequence[Suspect],
    now: datetime,
    *,
    has_page: bool,
    origin: Origin | None = None,
) -> View:
    """The form of `/incident`, with what was typed, or what the message says from which it was
    opened. A drill wakes nobody, and no public hears of it.
    """
    named = services[0] if len(services) == 1 else None
    title = words(MOST_TITLE)
    fields = [
        field("severity", "Severity", _severities(wish.severity or Severity.OUTAGE)),
        field("impact", "What users see", words(MAX_REASON, wish.text)),
        field("service", "Service", select([option(s, s) for s in services[:100]], named)),
        field("title", "Title", title, hint="Left empty, it follows from severity.", optional=True),
        field("function", "Affected function", words(_MORE), optional=True),
        field("people", "Who is affected", words(_MORE), optional=True),
        field("started", "Started at", _moment(now)),
    ]
    if found:
        options = [option(_said(s), as_choice(s.deployment)) for s in found]
        options = [*options[:20], option("None of these", NO_SUSPECT)]
        chosen = select(options, found[0].deployment)
        fields.append(field("suspect", "Suspected deployment", chosen, optional=True))
    fields.append(field("eta", "ETA for a fix", words(100), optional=True))
    if not wish.drill:
        fields.append(field("wake", "Paging", _one_of(WAKE)))
    if has_page and not wish.drill:
        fields.append(field("public", "Status page", _one_of(PUBLIC)))
    memory: dict[str, Any] = {"drill": wish.drill}
    if origin is not None:
        text = _kept(origin.text)
        told = f"From {whose(origin)}. It goes on the timeline as it stands there."
        if text != origin.text:
            told = (
                f"From {whose(origin)}. It is too long for the timeline: its first "
                f"{len(text) - 1:,} of {len(origin.text):,} characters go there, and the thread "
                "links to the whole."
            )
        fields.insert(0, b.section(told))
        memory["origin"] = {
            "channel": origin.channel,
            "ts": origin.ts,
            "writer": origin.writer,
            "text": text,
        }
    name = "Incident drill" if wish.drill else "Open an incident"
    return view("incident", name, "Open", fields, memory)


def whose(origin: Origin) -> str:
    """Who wrote the message that an incident is opened from, and where."""
    who = b.mention(origin.writer) if origin.writer else "an app"
    where = f"in <#{origin.channel}>" if _PUBLIC.fullmatch(origin.channel) else "in private"
    return f"what {who} wrote {where}"


def _kept(text: str) -> str:
    """What a form remembers of a message: all of it, or its beginning with an ellipsis."""
    left = _MOST_KEPT
    for at, character in enumerate(text):
        as_json = json.dumps(character, ensure_ascii=False)[1:-1]
        left -= len(as_json.encode("utf-16-le")) // 2
        if left < 1 and (left < 0 or at + 1 < len(text)):
            return f"{text[:at]}…"
    return text


def update(incident: Incident, text: str, channel: str, *, is_anew: bool = False) -> View:
    """The form for news; the state may be changed with it. `is_anew` is for somebody who would
    have moved it from another state than it is in by now.
    """
    fields = [b.section(f"*{incident.name}* {b.line(incident.title, 150)}")]
    if incident.state in UNRESTORED:
        states = [option(str(state).capitalize(), str(state)) for state in UNRESTORED]
        fields.append(field("state", "Status", select(states, str(incident.state))))
    text_field = words(MOST_UPDATE, text, lines=True)
    hint = "It is posted where the team works on it, and the next one is promised."
    fields.append(field("text", "What is new", text_field, hint=hint))
    if is_anew:
        fields = _anew(incident, fields, f"it became *{incident.state}*. Yours is not posted")
    memory = _memory(incident, channel) | {"shown": {"state": str(incident.state)}}
    return view("incident_update", "Post an update", "Post", fields, memory)


def lead(
    incident: Incident, user: str, channel: str, mine: Mapping[str, str] | None = None
) -> View:
    """The form that assigns the lead, and who tells people in their place; whoever pressed the
    button is chosen already. `mine` is whom somebody chose, by field, over newer choices.
    """
    typed = mine or {}
    led, told = typed.get("lead", incident.lead or user), typed.get("comms", incident.comms)
    chosen: Element = {"type": "users_select", "initial_user": led}
    fields = [b.section(f"*{incident.name}* {b.line(incident.title, 150)}")]
    fields.append(field("lead", "Lead", chosen, hint="Answers for updates and the post-mortem."))
    comms: Element = {"type": "users_select"}
    if told:
        comms["initial_user"] = told
    hint = "Who posts the updates, and is reminded of them, so that the lead need not."
    fields.append(field("comms", "Communications", comms, hint=hint, optional=True))
    if mine is not None:
        lead, speaks = (b.mention(who) if who else "nobody" for who in leading(incident).values())
        now = f"it got other people: {lead} leads, {speaks} has the communications"
        fields = _anew(incident, fields, f"{now}. Yours are not assigned")
    memory = _memory(incident, channel) | {"shown": leading(incident)}
    return view("incident_lead", "Assign the lead", "Assign", fields, memory)


def leading(incident: Incident) -> dict[str, str]:
    """Who leads it and who tells people, by field; empty where nobody does."""
    return {"lead": incident.lead or "", "comms": incident.comms or ""}


def _anew(incident: Incident, fields: list[Element], what: str) -> list[Element]:
    said = f"*Since you opened this form* {what}: look once more, and send it."
    return [fields[0], b.section(said), *anew(fields[1:], incident.revision)]


def edit(incident: Incident, found: Sequence[Suspect], channel: str) -> View:
    """The form that changes severity, words, clocks, and which deployment is suspected."""
    i = incident
    fields = [
        field("severity", "Severity", _severities(i.severity)),
        field("title", "Title", words(MOST_TITLE, i.title)),
        field("impact", "What users see", words(MAX_REASON, i.impact)),
        field("eta", "ETA for a fix", words(100, i.eta), optional=True),
        field("started", "Started at", _moment(i.started_at)),
        field("detected", "Detected at", _moment(i.detected_at), optional=True),
    ]
    if i.restored_at is not None:
        fields.append(field("restored", "Restored at", _moment(i.restored_at)))
    named = named_in(i)
    if found or i.cause:
        choices = [option(_said(s), as_choice(s.deployment)) for s in found]
        if named != NO_SUSPECT and all(named != as_choice(s.deployment) for s in found):
            choices.insert(0, option(str(i.cause), named))
        choices = [option("None of these", NO_SUSPECT), *choices[:99]]
        fields.append(field("suspect", "Suspected deployment", select(choices, named)))
    shown = {name: trace(getattr(i, name)) for name in EDITED}
    memory = _memory(i, channel) | {"shown": shown | {"suspect": named}}
    return view("incident_edit", f"Edit {i.name}", "Save", fields, memory)


def named_in(incident: Incident) -> str:
    """What the form shows as suspected."""
    is_out = incident.cause is None or incident.cause_state is CauseState.REFUTED
    return NO_SUSPECT if is_out else as_choice(str(incident.cause))


def as_choice(deployment: str) -> str:
    """What a form knows a deployment by: Slack takes no long value, and cut ones may be alike."""
    is_long = len(deployment) > MOST_VALUE
    return sha256(deployment.encode()).hexdigest() if is_long else deployment


def chosen(found: Iterable[Suspect], choice: str) -> str:
    """The deployment that a choice in a form means; empty where that is none of them."""
    if choice == NO_SUSPECT:
        return ""
    known = (one.deployment for one in found)
    return next((one for one in known if as_choice(one) == choice), choice)


def _said(suspect: Suspect) -> str:
    return f"{suspect.version} ({suspect.deployment}), {suspect.why}"


def trace(value: object) -> str:
    """By what a form knows again the value that it showed; a picker knows no seconds."""
    if isinstance(value, datetime):
        return str(int(value.timestamp()) // 60)
    return sha256(str(value or "").encode()).hexdigest()[:12]


def close(
    incident: Incident,
    missing: Sequence[str],
    others: Sequence[Incident],
    channel: str,
    mine: Mapping[str, str] | None = None,
    *,
    what: str = "",
) -> View:
    """The form that closes an incident, with what it still lacks. `others` are those it may be a
    duplicate of, `mine` is what somebody filled in, by field, and `what` says how it broke again.
    """
    typed = mine or {}
    fields = [b.section(f"*{incident.name}* {b.line(incident.title, 150)}")]
    if missing:
        lacks = "\n".join(f"• {b.line(one)}" for one in missing)
        fields.append(b.section(f"*To close it as resolved it lacks:*\n{lacks}"))
    options = [option(str(c).replace("_", " ").capitalize(), str(c)) for c in Closure]
    first = str(Closure.RESOLVED) if incident.state is State.RESOLVED and not missing else None
    fields.append(field("closure", "Close as", select(options, typed.get("closure", first))))
    fields += duplicates.asked(incident, others, typed.get("original"))
    why = words(MAX_REASON, typed.get("reason", ""))
    fields.append(field("reason", "Why", why, optional=True))
    if what:
        fields = _anew(incident, fields, f"{what}. It is not closed")
    memory = _memory(incident, channel) | {"shown": _broken(incident)}
    return view("incident_close", f"Close {incident.name}", "Close It", fields, memory)


def broke_again(incident: Incident, shown: object) -> str:
    """How it broke again, or was reported down, since a form that remembers `shown`; empty where
    it did not.
    """
    known, now = shown if isinstance(shown, dict) else _broken(incident), _broken(incident)
    if incident.again_at and known.get("again") != now["again"]:
        return f"it broke again {b.when(incident.again_at)}"
    return f"{KUMA} reports it down" if now["down"] and not known.get("down") else ""


def _broken(incident: Incident) -> dict[str, Any]:
    return {
        "again": str(incident.again_at),
        "down": bool(incident.source) and incident.up_at is None,
    }


def reopen(incident: Incident, channel: str) -> View:
    """The form that asks why it is not over."""
    hint = "Its clocks run on from the original start."
    fields = [field("reason", "What is back", words(MAX_REASON), hint=hint)]
    return view(
        "incident_reopen", f"Reopen {incident.name}", "Reopen", fields, _memory(incident, channel)
    )


def timeline(found: Sequence[Incident], text: str, at: datetime, memory: dict[str, Any]) -> View:
    """The form of the shortcut: which incident, what, and when it happened."""
    options = [option(f"{i.name} {i.title}", str(i.id)) for i in found[:100]]
    hint = "What is written down late is sorted to when it happened."
    is_cut = len(text) > MOST_UPDATE
    cut = f"The message has {len(text):,} characters; it is cut where “…” stands." if is_cut else ""
    fields = [
        field("incident", "Incident", select(options, str(found[0].id))),
        field("text", "What happened", words(MOST_UPDATE, text, lines=True), hint=cut),
        field("at", "Happened at", _moment(at), hint=hint),
    ]
    return view("incident_timeline", "Add to the timeline", "Add", fields, memory)


def _one_of(choices: Mapping[str, str]) -> Element:
    """A select of which the first is chosen."""
    return select([option(text, value) for value, text in choices.items()], next(iter(choices)))


def _severities(chosen: Severity) -> Element:
    options = [option(f"{str(s).capitalize()}: {DECISIONS[s]}", str(s)) for s in Severity]
    return select(options, str(chosen))


def _moment(at: datetime | None) -> Element:
    element: Element = {"type": "datetimepicker"}
    return element | ({"initial_date_time": int(at.timestamp())} if at else {})


def _memory(incident: Incident, channel: str) -> dict[str, Any]:
    return {"incident": incident.id, "channel": channel}
