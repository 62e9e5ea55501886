"""/deployments history: who deployed what, when, and how it ended."""

from bot.domain.grammar import parse_history
from bot.services.knowing import histories
from handlers.payloads import Answer, Command, Office


def history(command: Command, rest: str, office: Office) -> Answer:
    """`/deployments history` with what narrows it."""
    wish = parse_history(rest, office.config.services)
    return histories.history(office.tx, office.config, wish)
