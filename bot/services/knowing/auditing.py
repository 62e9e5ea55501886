"""Auditing: what was done, by whom, for those who have to answer for it."""

from bot.config import Config
from bot.domain.errors import Refusal
from bot.domain.grammar import AuditWish
from bot.domain.people import Role, require_answer, require_member
from bot.messages.blocks import Message
from bot.messages.knowing import audits as messages
from bot.ports import Tx
from bot.services.deployments.requests import who
from bot.services.knowing.persons import person_called

MOST_CHECKED = 2000
"""How many rows of the chain are gone through while somebody waits; some 20 µs each."""


def audit(tx: Tx, config: Config, wish: AuditWish, slack_id: str) -> Message:
    """One page of the trail, and whether its chain holds."""
    actor, _ = who(tx, slack_id)
    require_member(actor)
    if not actor.holds(Role.APPROVER, Role.ADMIN):
        require_answer(actor, Role.APPROVER, Role.ADMIN)
        raise Refusal(
            "not_allowed",
            "Only people with the role approver or admin may read the audit trail. "
            "Ask one of them; {deployments} show D12 has the trail of one deployment.",
        )
    person = person_called(tx, config, wish.person) if wish.person else None
    offset = (wish.page - 1) * messages.PAGE
    found = tx.audited(wish.subject, person, limit=messages.PAGE + 1, offset=offset)
    again = " ".join(filter(None, (config.commands.deployments, "audit", wish.words)))
    chain = tx.look_at_chain(MOST_CHECKED)
    return messages.page(found, wish, person, again, chain)
