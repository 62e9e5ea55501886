"""Home: what a person reads on the App Home: what waits for them first, then how things stand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.domain.deployments.deployments import Deployment
from bot.domain.deployments.states import State
from bot.domain.incidents.incidents import Incident
from bot.domain.metrics.homes import Figures
from bot.messages import blocks as b
from bot.messages.deployments.cards import status, title
from bot.messages.knowing import metrics

MOST_BLOCKS = 100
MOST_LINES = 12
NOBODY = "Nothing waits for you."


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Everything that a Home is made of; `links` by their names, `places` and the like as lines."""

    waiting: Sequence[tuple[Deployment, str | None]]
    news: Sequence[Incident]
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
    for one in facts.news:
        due = f" by {b.when(one.promised_at)}" if one.promised_at else ""
        told.append(f"*Tell people news* of {one.name} {b.line(one.title, 120)}{due}")
    return told


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
