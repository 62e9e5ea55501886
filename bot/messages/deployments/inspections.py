"""Inspections in words: how the database is after a deployment that brought migrations."""

from bot.domain.deployments.deployments import Deployment
from bot.domain.deployments.inspections import entries, to_sign
from bot.domain.gates.signatures import QUERIES
from bot.domain.rollbacks.target_steps import TargetStep
from bot.domain.words import count
from bot.messages import blocks as b
from bot.messages.blocks import Message
from bot.messages.deployments.checklists import line


def reply(d: Deployment, *, configured: bool) -> Message:
    """The list in the card's thread; what people watch can be signed there."""
    head = f"Database after {d.name}, which brought {count(len(d.migrations), 'migration')}"
    blocks = [*b.sections((f"*{head}*", *map(line, entries(d, configured=configured))))]
    buttons = [
        b.button(f"Sign Off {QUERIES[item]}", f"sign_off_{item}", str(d.id)) for item in to_sign(d)
    ]
    if buttons:
        blocks.append(b.actions(f"database:{d.id}", *buttons))
    return Message(head, tuple(blocks))


def not_good(d: Deployment, step: TargetStep) -> Message:
    """What a look showed that somebody has to deal with."""
    people = dict.fromkeys(filter(None, (d.requested_by, *d.approved_by)))
    who = " ".join(map(b.mention, people))
    return Message(
        f"{who} {step.target} after {d.name}: {b.line(step.text)}. The deployment stays as it is; "
        "look at the database, and go back if it is wrong."
    )
