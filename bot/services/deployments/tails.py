"""Tails: the last lines that a version logged at its targets, read once it has proven good."""

import asyncio

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


async def read(desk: Desk, deployment: Deployment) -> tuple[tuple[Reading, ...], tuple[Post, ...]]:
    """A reading of all logs together, and a reply in the thread with the lines of each; nothing
    where no target keeps any. Where a monitor counts errors in a log its reading stands: it has
    seen more than the last lines.
    """
    keeping = [(n, target) for n, target in desk.targets_of(deployment) if isinstance(target, Logs)]
    if not keeping:
        return (), ()
    found = await asyncio.gather(*(_tail(target, deployment) for _, target in keeping))
    named = [(name, tail) for (name, _), tail in zip(keeping, found, strict=True)]
    posts = tuple(
        reply(desk.config, deployment, f"log-{name}", messages.tail(name, tail))
        for name, tail in named
        if isinstance(tail, LogTail)
    )
    unread = [f"{name}: {tail}" for name, tail in named if isinstance(tail, str)]
    wrong = [
        f"{name}: {count(len(tail.errors), 'line')}, the last “{tail.errors[-1][:120]}”"
        for name, tail in named
        if isinstance(tail, LogTail) and tail.errors
    ]
    if deployment.validation and deployment.validation.reading(WHAT):
        return (), posts
    tails = {name: tail.text for name, tail in named if isinstance(tail, LogTail)}
    silent = [name for name, text in tails.items() if not text.strip()]
    if wrong:
        outcome, text = Outcome.DEGRADED, listing([*wrong, *unread])
    elif unread:
        outcome, text = Outcome.UNKNOWN, f"could not be read ({listing(unread)})"
    elif silent:
        outcome, text = Outcome.NO_DATA, f"nothing in the log of {listing(silent)}"
    else:
        is_cut = any(len(text.splitlines()) >= LINES for text in tails.values())
        where = f"the last {LINES} lines of the log" if is_cut else "the log"
        outcome, text = Outcome.OK, f"no error in {where} of {listing(list(tails))}"
    return (Reading(what=WHAT, outcome=outcome, text=text, at=desk.now()),), posts


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
