"""Audits: who did what, newest first, and whether the chain over it holds."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from bot.domain.audits import AuditEntry, Chain
from bot.domain.grammar import AuditWish
from bot.messages import blocks as b
from bot.messages.blocks import Message

PAGE = 10
MOST_DETAIL = 240


def page(
    found: Sequence[AuditEntry], wish: AuditWish, person: str | None, command: str, chain: Chain
) -> Message:
    """One page of the trail; `found` has one entry too many where there are more."""
    of = f" of {b.line(wish.subject, 80)}" if wish.subject else ""
    by = f" by {b.mention(person)}" if person else ""
    heading = f"Audit trail{of}{by}" + (f", page {wish.page}" if wish.page > 1 else "")
    lines = [entry(one) for one in found[:PAGE]]
    if len(found) > PAGE:
        lines.append(f"More: `{b.line(command)} page {wish.page + 1}`")
    if not lines:
        begins = f" It begins with `{b.line(command)}`." if wish.page > 1 else ""
        lines.append(f"Nothing is recorded here.{begins}")
    said = state(chain)
    parts = (b.section(f"*{heading}*"), *b.sections(lines), b.context(said))
    return Message(f"{heading}: {lines[0]}\n{said}", parts)


def entry(one: AuditEntry) -> str:
    """One row: when, who, what, about what, and the particulars."""
    actor = one.actor if one.actor == "gonogo" else b.mention(one.actor)
    did = b.line(one.action.replace("_", " "), 60)
    detail = f": {b.line(_particulars(one.detail), MOST_DETAIL)}" if one.detail else ""
    return f"{b.when(one.at)} {actor} *{did}* {b.line(one.subject, 80)}{detail}"


def _particulars(detail: Mapping[str, Any]) -> str:
    said = (
        f"{name.replace('_', ' ')} {value if isinstance(value, str) else json.dumps(value)}"
        for name, value in detail.items()
        if value not in (None, "", [], {})
    )
    return ", ".join(said)


def state(chain: Chain) -> str:
    """Whether the chain holds, over which rows and up to which seal."""
    if chain.why:
        return (
            f"*The chain is broken at row {chain.row}: {b.line(chain.why)}.* Somebody changed the "
            "database; keep it as it is, and run `gonogo audit verify`."
        )
    if not chain.sealed_to:
        return "Nothing is sealed yet."
    if chain.is_whole:
        told = f"The chain holds: all {chain.checked} rows up to row {chain.sealed_to}"
    else:
        told = f"The chain holds over its newest {chain.checked} rows, up to row {chain.sealed_to}"
    told += f", seal `{chain.head[:12]}`"
    if chain.open:
        told += f"; {chain.open} newer to be sealed"
    return told + ("." if chain.is_whole else ". `gonogo audit verify` goes through all of it.")
