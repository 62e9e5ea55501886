"""/deployments: everything that reads; what is deployed is the team's own business."""

from bot.domain.grammar import parse_report
from bot.domain.people import Role, require_member
from bot.messages import reports
from bot.services.reports import report
from handlers.payloads import Answer, Command, Office


def deployments(command: Command, office: Office) -> Answer:
    """`/deployments status | history | show D12 | why D12 | help`."""
    actor, _ = office.tx.actor(command.user)
    require_member(actor)
    wish = parse_report(command.text, office.config.services)
    if wish.report == "help":
        roles = {str(role): office.tx.members(role) for role in (Role.DEPLOYER, Role.APPROVER)}
        return reports.help_text(office.usages, roles)
    return report(office.tx, office.config, wish)
