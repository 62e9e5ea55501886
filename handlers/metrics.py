"""/deployments metrics: how well the team delivers, in numbers and as a picture."""

from bot.domain.grammar import parse_metrics
from bot.services.knowing.measuring import answer
from handlers.payloads import Answer, Command, Office


def metrics(command: Command, rest: str, office: Office) -> Answer:
    """`/deployments metrics [service] [environment] [from..to]`."""
    wish = parse_metrics(rest, office.config.services, office.tx.now, office.config.zone)
    return answer(office.tx, office.config, wish, command.user)
