"""Inspection: what is looked at in the database after a deployment that brought migrations: by its
workflow, and by people, who watch the queries.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Self

from bot.domain.deployments.deployments import Deployment
from bot.domain.deployments.states import State
from bot.domain.deployments.validation import Outcome
from bot.domain.errors import Refusal
from bot.domain.gates import checklist
from bot.domain.gates.checklist import Entry, Mark
from bot.domain.gates.items import Phase
from bot.domain.gates.signatures import QUERIES, SignOff
from bot.domain.people import Actor, Role, require
from bot.domain.rollbacks.target_steps import IfFailed, TargetStep

LOOKS = {"migrate:status": "status", "test:data-integrity": "data-integrity"}
"""What the process has run after such a deployment, and the command of the workflow for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection:
    """The looks of one deployment as stored; `request_id` is the word that finds their runs."""

    deployment: int
    revision: int = 0
    request_id: str
    steps: tuple[TargetStep, ...]
    due_at: datetime | None = None
    failures: int = 0

    def with_(self, **changes: Any) -> Self:
        """A copy with some fields changed."""
        return replace(self, **changes)


def steps() -> tuple[TargetStep, ...]:
    """Each look; one that failed holds nothing up."""
    return tuple(
        TargetStep(target=name, command=command, if_failed=IfFailed.IS_TOLD)
        for name, command in LOOKS.items()
    )


def is_for(deployment: Deployment) -> bool:
    """Whether it brought migrations to production, and went forwards."""
    return checklist.is_for(deployment) and bool(deployment.migrations) and not deployment.dry_run


def entries(deployment: Deployment, *, configured: bool) -> tuple[Entry, ...]:
    """What was read of the database, then what people watch; `configured` says whether anything can
    be read.
    """
    read = (_read(deployment, name, configured) for name in LOOKS)
    return (*read, *(_signed(deployment, item) for item in QUERIES))


def _read(deployment: Deployment, name: str, configured: bool) -> Entry:
    found = deployment.validation.reading(name) if deployment.validation else None
    if found is None:
        text = "under way" if configured else "not configured"
        return Entry(item=name, phase=Phase.AFTER, mark=Mark.OPEN, text=text)
    mark = Mark.DONE if found.outcome is Outcome.OK else Mark.AGAINST
    return Entry(item=name, phase=Phase.AFTER, mark=mark, text=found.text)


def _signed(deployment: Deployment, item: str) -> Entry:
    name = next((one for one in reversed(deployment.sign_offs) if one.item == item), None)
    if name is None:
        return Entry(item=item, phase=Phase.AFTER, mark=Mark.OPEN)
    return Entry(item=item, phase=Phase.AFTER, mark=Mark.SIGNED, by=name.by, at=name.at)


def to_sign(deployment: Deployment) -> tuple[str, ...]:
    """The items about queries that wait for a name."""
    if not is_for(deployment) or deployment.state is not State.SUCCEEDED:
        return ()
    signed = {one.item for one in deployment.sign_offs}
    return tuple(item for item in QUERIES if item not in signed)


def sign(deployment: Deployment, item: str, actor: Actor, now: datetime) -> Deployment:
    """The deployment with the item signed. Refuses who may not, and what needs no name."""
    require(actor, Role.DEPLOYER, "sign an item off", *Role)
    if item not in to_sign(deployment):
        raise Refusal(
            "nothing_to_sign",
            "“{item}” of {name} needs no name (any more).",
            item=QUERIES[item],
            name=deployment.name,
        )
    signed = SignOff(item=item, by=actor.slack_id, at=now)
    return deployment.with_(sign_offs=(*deployment.sign_offs, signed))
