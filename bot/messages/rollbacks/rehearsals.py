"""Rehearsals: the way back from a version, as whoever approves it reads it."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from bot.domain.rollbacks.expectations import Expected, in_all
from bot.domain.rollbacks.rehearsal import Place, Rehearsal
from bot.domain.words import listing
from bot.messages import blocks as b
from bot.messages.lists import fitting, held

_READY = {
    "docker_ssh": "image present yes",
    "vercel": "Vercel eligible yes",
    "do_app_platform": "App Platform would go back yes",
    "github_workflow": "ready",
}
RED = "\N{LARGE RED CIRCLE}"


def way_back(found: Rehearsal, heading: str = "If this goes wrong") -> str:
    """The line of the card, and what is to know of each place."""
    if not found.version:
        return f"{RED} *If this goes wrong:* there is no known-good version to go back to"
    parts = [b.line(found.version, 64), *_places(found.places), *_migrations(found)]
    if found.takes is not None:
        parts.append(f"about {b.span(found.takes)}")
    mark = f"{RED} " if found.closed else ""
    lines = [f"{mark}*{heading}:* {', '.join(parts)}"]
    pinned = [
        f"{RED} *{b.line(p.name, 80)} is pinned*, so this version will not go live there: "
        f"{b.line(p.pinned, 200)}"
        for p in found.places
        if p.pinned
    ]
    told, more = fitting(pinned, _MOST_PINS)
    lines += [*told, *([f"{RED} *and {more} more are pinned*"] if more else [])]
    facts = [f"• {b.line(p.name, 80)}: {b.line(fact)}" for p in found.places for fact in p.facts]
    told, more = fitting(facts, _MOST_FACTS)
    lines += [*told, *([f"• and {more} more"] if more else [])]
    return "\n".join(lines)


_MOST_PLACES, _MOST_PINS, _MOST_FACTS = 1200, 600, 600
"""So many characters each may take of the paragraph that all of it has to fit into."""


def _places(places: Sequence[Place]) -> Iterator[str]:
    """Each place; where they are too many, those that are not ready before those that are."""
    told = [_place(place) for place in places]
    ranks, lengths = [place.possible is True for place in places], [len(one) + 2 for one in told]
    kept = held(ranks, _MOST_PLACES, lengths)
    yield from (told[at] for at in kept)
    if more := len(told) - len(kept):
        bad = sum(place.possible is not True for place in places)
        bad -= sum(places[at].possible is not True for at in kept)
        yield f"and {more} more, {f'{bad} of them *not ready*' if bad else 'all ready'}"


def gate(found: Rehearsal | None) -> str:
    """Whether a gate at GitHub would hold a way back to another version than the rehearsed one: it
    is that of the workflow, whatever version it is started with.
    """
    if found is None or not found.places:
        return "Whether a gate at GitHub would hold it is not known."
    read = [place for place in found.places if place.kind == "github_workflow"]
    if not read:
        return "It takes no workflow, so no gate at GitHub would hold it."
    if not all(place.possible for place in read):
        return "Whether a gate at GitHub would hold it is not known."
    held = [f"{place.name} {fact}" for place in read for fact in place.facts]
    at = f"as read {b.when(found.at)}"
    if held:
        return f"{RED} *{b.line('; '.join(held))}*, {at}."
    return f"No gate at GitHub would hold it, {at}."


def times(expected: Sequence[Expected]) -> str:
    """How long each place takes, in order, and all of them."""
    each = [f"{b.line(one.name, 80)} {_time(one.takes, one.was_timed)}" for one in expected]
    several = len(each) > 1
    each, more = fitting(each, _MOST_PLACES)
    if more:
        each.append(f"and {more} more")
    if several:
        each.append(f"about {b.span(in_all(expected))} in all")
    return f"Expected to take: {', '.join(each)}."


def _time(takes: timedelta, was_timed: bool) -> str:
    return f"{b.span(takes)} as the last time" if was_timed else f"about {b.span(takes)}"


def _place(place: Place) -> str:
    name = b.line(place.name, 80)
    if place.possible:
        time = f" ({_time(place.takes, place.was_timed)})" if place.takes else ""
        return f"{name} {_READY.get(place.kind, 'yes')}{time}"
    word = "no" if place.possible is False else "not known"
    return f"{name} *{word}* ({b.line(place.text, 200)})"


def _migrations(found: Rehearsal) -> Iterator[str]:
    if found.unread:
        yield f"migrations *not known* ({b.line(found.unread, 200)})"
    elif found.migrations is None:
        yield "migrations not configured"
    elif found.irreversible:
        names = listing([one.name for one in found.irreversible])
        yield f"migrations reversible {RED} *no* ({b.line(names, 300)})"
    else:
        yield "migrations reversible yes" if found.migrations else "no migrations"
