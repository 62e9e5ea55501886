"""/deployments: everything that reads, and locks; what is deployed is the team's own business."""

from collections.abc import Callable

from bot.domain.grammar import normalise, parse_report
from bot.domain.people import Role, require_member
from bot.messages.knowing import reports
from bot.services.deployments.requests import who
from bot.services.knowing.reports import report
from handlers import audits, freezes, histories, letters, locks, metrics, releases, staging
from handlers.payloads import Answer, Command, Office

ACTS: dict[str, Callable[[Command, str, Office], Answer]] = {
    "history": histories.history,
    "lock": locks.lock,
    "unlock": locks.unlock,
    "freeze": freezes.freeze,
    "notify": letters.notify,
    "notes": releases.notes,
    "metrics": metrics.metrics,
    "audit": audits.audit,
}
"""What has a grammar of its own, by its first word; it is given the rest of the line."""


def deployments(command: Command, office: Office) -> Answer:
    """`/deployments`, and a word that says what: a report, or one of `ACTS`."""
    actor, _ = who(office.tx, command.user)
    require_member(actor)
    first, _, rest = normalise(command.text).strip().partition(" ")
    if act := ACTS.get(first.lower()):
        return act(command, rest, office)
    wish = parse_report(command.text, office.config.services)
    if wish.report == "help":
        roles = {str(role): office.tx.members(role) for role in (Role.DEPLOYER, Role.APPROVER)}
        return reports.help_text(office.usages, roles)
    if wish.report == "validate":
        return staging.open_form(command, office, wish)
    return report(office.tx, office.config, wish)
