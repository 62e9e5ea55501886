"""Tails: the last lines that a version logged at its targets, read once it has proven good."""

import asyncio
from collections.abc import Mapping, Sequence

from bot.domain.deployments.deployments import Deployment
from bot.domain.deployments.validation import Outcome, Reading
from bot.domain.errors import Fault
from bot.domain.rollbacks.targets import LogTail
from bot.domain.words import count, listing
from bot.messages.deployments import tails as messages
from bot.ports import Logs, Post
from bot.services.desk import Desk, reply

WHAT = "logs"
LINES = 100
"""How many of the last lines are shown, and looked at."""

ANSWERS_WITHIN = 10.0
"""Seconds of real time; nobody waits longer for a log."""


async def read(
    desk: Desk, deployment: Deployment, others: Mapping[str, str]
) -> tuple[tuple[Reading, ...], tuple[Post, ...]]:
    """A reading of all logs together, and a reply in the thread with the lines of each; nothing
    where no target keeps any. Where a monitor counts errors in a log its reading stands: it has
    seen more than the last lines. `others` are the targets that run another version, with what they
    run: their logs tell nothing of this one, and are not read.
    """
    keeping = [(n, target) for n, target in desk.targets_of(deployment) if isinstance(target, Logs)]
    if not keeping:
        return (), ()
    asked = [(name, target) for name, target in keeping if name not in others]
    found = await asyncio.gather(*(_tail(target, deployment) for _, target in asked))
    named = [(name, tail) for (name, _), tail in zip(asked, found, strict=True)]
    tails = {name: tail for name, tail in named if isinstance(tail, LogTail)}
    posts = tuple(
        reply(desk.config, deployment, f"log-{name}", messages.tail(name, tail))
        for name, tail in tails.items()
    )
    unread = [f"{name}: {tail}" for name, tail in named if isinstance(tail, str)]
    elsewhere = [f"{name} runs {others[name]}" for name, _ in keeping if name in others]
    stands = deployment.validation.reading(WHAT) if deployment.validation else None
    if stands and not (elsewhere and stands.outcome is Outcome.OK):
        return (), posts
    outcome, text = _told({} if stands else tails, unread, elsewhere)
    return (Reading(what=WHAT, outcome=outcome, text=text, at=desk.now()),), posts


def _told(
    tails: Mapping[str, LogTail], unread: Sequence[str], elsewhere: Sequence[str]
) -> tuple[Outcome, str]:
    """What all logs say together; without one of them it is no good news."""
    wrong = [
        f"{name}: {count(len(tail.errors), 'line')}, the last “{tail.errors[-1][:120]}”"
        for name, tail in tails.items()
        if tail.errors
    ]
    silent = [name for name, tail in tails.items() if not tail.text.strip()]
    if wrong:
        return Outcome.DEGRADED, listing([*wrong, *unread, *elsewhere])
    if elsewhere:
        return Outcome.UNKNOWN, f"not known: {listing([*elsewhere, *unread])}"
    if unread:
        return Outcome.UNKNOWN, f"could not be read ({listing(unread)})"
    if silent:
        return Outcome.NO_DATA, f"nothing in the log of {listing(silent)}"
    is_cut = any(len(tail.text.splitlines()) >= LINES for tail in tails.values())
    where = f"the last {LINES} lines of the log" if is_cut else "the log"
    return Outcome.OK, f"no error in {where} of {listing(list(tails))}"


async def _tail(target: Logs, deployment: Deployment) -> LogTail | str:
    """What it logged since this version was brought there, or why nobody knows."""
    found = deployment.validation
    since = (found.deployed_at or found.started_at) if found else deployment.requested_at
    try:
        async with asyncio.timeout(ANSWERS_WITHIN):
            since = min(since, deployment.live_at or since)
            return await target.logs(lines=LINES, since=since)
    except TimeoutError:
        return f"no answer within {ANSWERS_WITHIN:g} s"
    except Fault as fault:
        return fault.text
