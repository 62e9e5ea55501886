"""Undoing: what a rollback leaves, or takes back, of the database."""

from collections.abc import Sequence

from bot.domain.deployments import Deployment
from bot.domain.migrations import Migration
from bot.domain.words import count
from bot.messages import blocks as b
from bot.messages.rehearsals import RED

MOST_LISTED = 8


def listed(migrations: Sequence[Migration]) -> list[str]:
    """The migrations in between; those without a way down are red."""
    lines = [f"*{count(len(migrations), 'migration')} in between*; the database stays as it is:"]
    lines += map(_migration, migrations[:MOST_LISTED])
    if len(migrations) > MOST_LISTED:
        lines.append(f"• and {len(migrations) - MOST_LISTED} more")
    return lines


def on_card(d: Deployment) -> str:
    """What the card of a rollback says of the database; empty where nothing is in between."""
    if d.undoing is None:
        return "\n".join(listed(d.migrations)) if d.migrations else ""
    u = d.undoing
    lines = [
        f"*Database*: {count(u.count, 'migration')} undone before the code goes back, once",
        *map(_migration, d.migrations[:MOST_LISTED]),
        f"Backup: {b.line(u.backup) or 'none named'}",
    ]
    if u.call:
        lines.append(f"Call if it goes wrong: {' '.join(map(_called, u.call))}")
    return "\n".join(lines)


def _migration(one: Migration) -> str:
    name = b.line(one.name, 120)
    if one.has_down:
        return f"• {name}"
    return f"• {RED} {name}: {'no way down' if one.has_down is False else 'no way down is known'}"


def _called(who: str) -> str:
    return f"<!subteam^{who}>" if who.startswith("S") else b.mention(who)
