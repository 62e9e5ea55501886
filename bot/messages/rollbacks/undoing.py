"""Undoing: what a rollback leaves, or takes back, of the database."""

from collections.abc import Sequence

from bot.domain.deployments.deployments import Deployment
from bot.domain.deployments.migrations import Migration
from bot.domain.rollbacks import undoing
from bot.domain.rollbacks.undoing import Undoing
from bot.domain.words import count, listing
from bot.messages import blocks as b
from bot.messages.lists import held
from bot.messages.rollbacks.rehearsals import RED

MOST_LISTED = 8


def listed(migrations: Sequence[Migration], before: Undoing | None = None) -> list[str]:
    """The migrations in between, and what becomes of them; those without a way down are red, unless
    an earlier rollback began `before` to undo them.
    """
    if before and before.count:
        names = [f"• {b.line(m.name, 120)}" for m in migrations[:MOST_LISTED]]
        more = len(migrations) - len(names)
        return [_done_by(before), *names, *([f"• and {more} more"] if more else [])]
    if not migrations:
        return []
    lines = [f"*{count(len(migrations), 'migration')} in between*; the database stays as it is:"]
    return [*lines, *_each(migrations)]


def _each(migrations: Sequence[Migration]) -> list[str]:
    """A line for each; where they are too many, those without a way down before the others."""
    kept = held([bool(one.has_down) for one in migrations], MOST_LISTED)
    lines = [_migration(migrations[at]) for at in kept]
    if more := len(migrations) - len(kept):
        stuck = sum(not one.has_down for one in migrations)
        stuck -= sum(not migrations[at].has_down for at in kept)
        lines.append(f"• and {more} more{f', {RED} {stuck} with no way down' if stuck else ''}")
    return lines


def briefly(migrations: Sequence[Migration] | None) -> str:
    """What is in between, in a few words."""
    if migrations is None:
        return f"{RED} migrations not known"
    stuck = [one.name for one in migrations if not one.has_down]
    if stuck:
        return f"{RED} no way down of {b.line(listing(stuck), 200)}"
    return count(len(migrations), "migration") if migrations else "no migrations"


def unread(version: str, why: str) -> str:
    """That there may be migrations in between which nobody listed."""
    since = f"{RED} *Migrations since {b.line(version, 64)}: not known* ({b.line(why, 200)})"
    return f"{since}; the database stays as it is"


def on_card(d: Deployment) -> str:
    """What the card of a rollback says of the database; empty where nothing is in between."""
    if d.undoing is None or d.undoing.done_by:
        lines = listed(d.migrations, d.undoing)
        return "\n".join([*lines, *([unread(d.version, d.unread)] if d.unread else [])])
    u = d.undoing
    undone = f"{count(u.count, 'migration')} undone before the code goes back, once"
    lines = [
        f"*Database*: {half_back(d) if u.is_half_back else undone}",
        *_each(d.migrations),
        f"Backup: {b.line(u.backup) or 'none named'}",
    ]
    if u.call:
        lines.append(f"Call if it goes wrong: {called(u)}")
    return "\n".join(lines)


def half_back(d: Deployment, *, touched: bool = False) -> str:
    """How a rollback is left between the database and the code; `touched` where the code may be
    half-way.
    """
    code = "the code may be half-way" if touched else "the code was not"
    if undoing.was_done(d.steps):
        return f"the database was taken back; {code}"
    return f"how much of the database was taken back is not known; {code}"


def next_step(d: Deployment) -> str:
    """What to do about it."""
    if undoing.was_done(d.steps):
        return (
            f"Roll Back brings the code to {b.line(d.version, 64)} and leaves the database as it "
            "is now. Until then newer code runs on the older database."
        )
    who = f" with {called(d.undoing)}" if d.undoing and d.undoing.call else ""
    return f"Look at the database first{who}: nothing is asked of it again. Then press Roll Back."


def called(u: Undoing) -> str:
    """Whom to call about the database."""
    return " ".join(map(b.called, u.call))


def _done_by(u: Undoing) -> str:
    number, who = count(u.count, "migration"), b.line(u.done_by, 20)
    if u.is_certain:
        return f"*Database*: {who} took {number} back already; it is left as it is now"
    return (
        f"*Database*: {RED} {who} began to take {number} back, and how many it did is not known; "
        "it is left as it is now"
    )


def _migration(one: Migration) -> str:
    name = b.line(one.name, 120)
    if one.has_down:
        return f"• {name}"
    return f"• {RED} {name}: {'no way down' if one.has_down is False else 'no way down is known'}"
