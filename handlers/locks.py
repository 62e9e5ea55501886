"""/deployments lock and unlock, and the buttons that open a lock."""

from bot.domain.grammar import parse_lock, parse_unlock
from bot.services.closures import locks
from handlers.payloads import Answer, Click, Command, Office


def lock(command: Command, rest: str, office: Office) -> Answer:
    """`/deployments lock [service] [environment] [for 2h] because reason`."""
    wish = parse_lock(rest, office.config.services)
    return locks.lock(office.tx, office.config, wish, command.user)


def unlock(command: Command, rest: str, office: Office) -> Answer:
    """`/deployments unlock [L3 | service] [environment]`."""
    wish = parse_unlock(rest, office.config.services)
    return locks.unlock(office.tx, office.config, wish, command.user)


def press(click: Click, office: Office) -> Answer:
    """Unlock."""
    return locks.open_lock(office.tx, office.config, click.number, click.user, sure=False)


def press_anyway(click: Click, office: Office) -> Answer:
    """Unlock Anyway."""
    return locks.open_lock(office.tx, office.config, click.number, click.user, sure=True)
