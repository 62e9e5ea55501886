"""/deployments freeze: named times without changes, set and lifted by admins."""

from functools import partial

from bot.domain.grammar import parse_freeze
from bot.services.closures import freezes
from handlers.payloads import Answer, Command, Office


def freeze(command: Command, rest: str, office: Office) -> Answer:
    """`/deployments freeze NAME from … to … [service]`, or `freeze lift NAME`."""
    wish = parse_freeze(rest, office.config.services, partial(freezes.zone, office.config))
    return freezes.change(office.tx, office.config, wish, command.user)
