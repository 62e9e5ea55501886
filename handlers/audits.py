"""/deployments audit: who did what."""

from bot.domain.grammar import parse_audit
from bot.services.knowing.auditing import audit as show
from handlers.payloads import Answer, Command, Office


def audit(command: Command, rest: str, office: Office) -> Answer:
    """`/deployments audit [D12 | INC-7 | L3] [@person] [page N]`."""
    return show(office.tx, office.config, parse_audit(rest), command.user)
