"""Cards in the store: where the one message of each deployment is, and what it shows."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import String, cast, delete, exists, literal, or_, select, update

from bot.adapters.store import tables
from bot.adapters.store.outbox import CARD_KEY
from bot.adapters.store.rows import Rows
from bot.domain.deployments.states import State
from bot.ports import Card, StaleCard
from bot.ports.silences import Silence

_TABLE = tables.cards
_DEPLOYMENTS = tables.deployments
_BESIDE = (_DEPLOYMENTS.c.shown_revision, _DEPLOYMENTS.c.silent, _DEPLOYMENTS.c.silent_revision)
_NONE = Silence("", 0)

_ON_ITS_WAY = exists().where(
    tables.outbox.c.key == literal(CARD_KEY) + cast(_DEPLOYMENTS.c.id, String),
    tables.OPEN_POST,
)


_STALE = (
    select(_DEPLOYMENTS.c.id, _DEPLOYMENTS.c.state, _TABLE.c.shown_at)
    .select_from(_DEPLOYMENTS.outerjoin(_TABLE))
    .where(
        tables.CARD_IS_STALE,
        _DEPLOYMENTS.c.state.in_(list(State)),  # in any other only a newer gonogo knows what to say
        or_(_TABLE.c.deployment.is_not(None), ~_ON_ITS_WAY),
    )
    .order_by(_DEPLOYMENTS.c.id)
)


class Cards(Rows):
    """Cards within one transaction."""

    def stale_cards(self) -> tuple[StaleCard, ...]:
        return tuple(
            StaleCard(deployment=row.id, state=State(row.state), shown_at=row.shown_at)
            for row in self.connection.execute(_STALE)
        )

    def keep_card(self, card: Card) -> None:
        silence = card.silence or _NONE
        beside = {
            "shown_revision": card.revision,
            "silent": silence.system,
            "silent_revision": silence.revision,
        }
        self._note(card.deployment, beside)
        place: dict[str, Any] = {
            "deployment": card.deployment,
            "channel": card.channel,
            "ts": card.ts,
            "shown": card.shown,
            "shown_at": card.shown_at,
        }
        self.put(_TABLE, place)

    def mark_shown(self, deployment_id: int, revision: int) -> None:
        self._note(deployment_id, {"shown_revision": revision})

    def lose_card(self, deployment_id: int) -> None:
        self.connection.execute(delete(_TABLE).where(_TABLE.c.deployment == deployment_id))

    def card(self, deployment_id: int) -> Card | None:
        wanted = (
            select(*_BESIDE, *_TABLE.c)
            .select_from(_TABLE.join(_DEPLOYMENTS))
            .where(_TABLE.c.deployment == deployment_id)
        )
        row = self.connection.execute(wanted).mappings().first()
        if row is None:
            return None
        return Card(
            deployment=row[_TABLE.c.deployment],
            channel=row[_TABLE.c.channel],
            ts=row[_TABLE.c.ts],
            revision=row[_DEPLOYMENTS.c.shown_revision],
            shown=row[_TABLE.c.shown],
            shown_at=row[_TABLE.c.shown_at],
            silence=_silence(row[_DEPLOYMENTS.c.silent], row[_DEPLOYMENTS.c.silent_revision]),
        )

    def _note(self, deployment_id: int, beside: Mapping[str, object]) -> None:
        noting = update(_DEPLOYMENTS).where(_DEPLOYMENTS.c.id == deployment_id)
        self.connection.execute(noting.values(**beside))


def _silence(system: str, revision: int) -> Silence | None:
    return Silence(system, revision) if system else None
