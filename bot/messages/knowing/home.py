"""Home: what a person reads on the App Home: what waits for them first, then how things stand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.domain.deployments.deployments import Deployment
from bot.domain.deployments.states import State
from bot.domain.gates.items import title as item_title
from bot.domain.incidents.incidents import Incident
from bot.domain.metrics.homes import Figures
from bot.messages import blocks as b
from bot.messages.deployments.cards import status, title
from bot.messages.knowing import metrics

MOST_BLOCKS = 100
MOST_LINES = 12
MOST_ITEMS = 3
NOBODY = "Nothing waits for you."


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Everything that a Home is made of; `links` by their names, `places` and the like as lines.

    What waits for the person: `waiting` for a decision, `watching` for whoever watches, `signing`
    for a name to items; incidents for `news`, for a word about their `suspects`, and for their
    `postmortems`.
    """

    waiting: Sequence[tuple[Deployment, str | None]]
    watching: Sequence[Deployment]
    signing: Sequence[tuple[Deployment, Sequence[str]]]
    news: Sequence[Incident]
    suspects: Sequence[Incident]
    postmortems: Sequence[Incident]
    places: Sequence[str]
    closed: Sequence[str]
    incidents: Sequence[Incident]
    windows: Sequence[tuple[str, str]]
    newest: Sequence[str]
    figures: Sequence[Figures]
    links: Mapping[str, str]
    letters: bool
    commands: Mapping[str, str]


def view(facts: Facts) -> dict[str, Any]:
    """The Home as Slack takes it."""
    parts: list[b.Block] = [_heading("Waits for you"), *_lines(_waiting(facts), NOBODY)]
    parts += [_heading("Where things stand"), *_lines(facts.places, "Nothing is configured.")]
    if facts.closed:
        parts += [_heading("Locks and freezes"), *_lines(facts.closed, "")]
    parts.append(_heading("Open incidents"))
    parts += _lines([_incident(one) for one in facts.incidents], "No incident is open.")
    if facts.windows:
        lines = [f"*{b.line(name, 80)} production*: {b.line(word)}" for name, word in facts.windows]
        parts += [_heading("When production may change"), *_lines(lines, "")]
    parts += [_heading("Newest deployments"), *_lines(facts.newest, "No deployments yet.")]
    parts += [
        _heading("How we deliver"),
        *_lines(metrics.figures(facts.figures), "Not measured yet."),
    ]
    if facts.links:
        links = " · ".join(b.link(url, b.line(name, 80)) for name, url in facts.links.items())
        parts += [_heading("Links"), b.section(links)]
    parts += _settings(facts)
    return {"type": "home", "callback_id": "home", "blocks": parts[:MOST_BLOCKS]}


def nothing(why: str) -> dict[str, Any]:
    """The Home of somebody who may see nothing."""
    return {"type": "home", "callback_id": "home", "blocks": [b.section(why)]}


def _heading(text: str) -> b.Block:
    return {"type": "header", "text": {"type": "plain_text", "text": text, "emoji": False}}


def _lines(lines: Sequence[str], otherwise: str) -> Sequence[b.Block]:
    shown = list(lines[:MOST_LINES])
    if len(lines) > MOST_LINES:
        shown.append(f"and {len(lines) - MOST_LINES} more")
    return b.sections(shown or [otherwise])


def _waiting(facts: Facts) -> list[str]:
    told = []
    for d, url in facts.waiting:
        what = b.link(url, title(d))
        asked = f", asked for by {b.mention(d.requested_by)}" if d.requested_by else ""
        if d.state is State.AWAITING_APPROVAL:
            until = f", until {b.when(d.expires_at)}" if d.expires_at else ""
            told.append(f"*Approve or reject* {what} ({d.name}){asked}{until}")
        else:
            told.append(f"*Decide about* {what} ({d.name}), {status(d).lower()}")
    for d in facts.watching:
        until = f", until {b.when(d.watch.until)}" if d.watch else ""
        told.append(f"*Watch* {title(d)} ({d.name}){until}: press I Am Watching in its thread")
    for one in facts.news:
        due = f" by {b.when(one.promised_at)}" if one.promised_at else ""
        told.append(f"*Tell people news* of {_named(one)}{due}")
    for one in facts.suspects:
        told.append(
            f"*Confirm or rule out* {b.line(one.cause or '', 40)} as the cause of {_named(one)}"
        )
    for one in facts.postmortems:
        told.append(_owed(one))
    for d, items in facts.signing:
        named = ", ".join(map(item_title, items[:MOST_ITEMS]))
        more = f" and {len(items) - MOST_ITEMS} more" if len(items) > MOST_ITEMS else ""
        told.append(f"*Sign off* for {title(d)} ({d.name}), in its thread: {b.line(named)}{more}")
    return told


def _named(one: Incident) -> str:
    return f"{one.name} {b.line(one.title, 120)}"


def _owed(one: Incident) -> str:
    found = one.postmortem
    due = f", due {b.when(found.due_at)}" if found and found.due_at else ""
    draft = b.link(found.url if found else None, "post-mortem")
    return f"*Publish the {draft}* of {_named(one)}{due}"


def _incident(one: Incident) -> str:
    drill = "drill, " if one.drill else ""
    return (
        f"*{one.name}* {b.line(one.title, 120)} ({drill}{one.severity}, {one.state}) since "
        f"{b.when(one.started_at)}"
    )


def _settings(facts: Facts) -> list[b.Block]:
    if facts.letters:
        text = "You get a direct message when something that you wrote is in production."
        button = b.button("Turn Off", "home_letters", "off")
    else:
        text = "You get no direct message when something that you wrote is in production."
        button = b.button("Turn On", "home_letters", "on")
    help_text = f"`{b.line(facts.commands['deployments'])} help` lists what you can type"
    return [
        _heading("Your notifications"),
        b.section(text),
        b.actions("home:settings", button),
        b.context(help_text),
    ]
