"""Homes in the store: a row for each person who looked, and the figures measured last."""

from collections.abc import Collection, Sequence
from dataclasses import asdict, fields
from datetime import datetime

from sqlalchemy import delete, select, tuple_, update

from bot.adapters.store import tables
from bot.adapters.store.rows import Rows
from bot.domain.metrics.homes import Figures, Home

_TABLE, _FIGURES = tables.homes, tables.figures
_HOME = tuple(_TABLE.c[field.name] for field in fields(Home))
_FIGURE = tuple(_FIGURES.c[field.name] for field in fields(Figures))


class Homes(Rows):
    """App Homes within one transaction."""

    def want_home(self, slack_id: str) -> None:
        again = {"opened_at": self.now, "due_at": self.now, "failures": 0}
        self.insert_new(_TABLE, {"slack_id": slack_id, "shown": "", **again})
        known = update(_TABLE).where(_TABLE.c.slack_id == slack_id)
        self.connection.execute(known.values(again))

    def home(self, slack_id: str) -> Home | None:
        wanted = select(*_HOME).where(_TABLE.c.slack_id == slack_id)
        row = self.connection.execute(wanted).mappings().first()
        return Home(**row) if row else None

    def keep_home(self, home: Home) -> None:
        same = (_TABLE.c.slack_id == home.slack_id, _TABLE.c.opened_at == home.opened_at)
        shown = {"due_at": home.due_at, "shown": home.shown, "failures": home.failures}
        self.connection.execute(update(_TABLE).where(*same).values(shown))

    def homes_due(self, now: datetime) -> tuple[str, ...]:
        due = select(_TABLE.c.slack_id).where(_TABLE.c.due_at <= now)
        return tuple(self.connection.scalars(due.order_by(_TABLE.c.due_at)))

    def keep_figures(self, figures: Sequence[Figures]) -> None:
        for one in figures:
            self.put(_FIGURES, asdict(one))

    def keep_figures_of(self, places: Collection[tuple[str, str]]) -> None:
        place = tuple_(_FIGURES.c.service, _FIGURES.c.environment)
        self.connection.execute(delete(_FIGURES).where(place.not_in(list(places))))

    def figures(self) -> tuple[Figures, ...]:
        wanted = select(*_FIGURE).order_by(_FIGURES.c.service, _FIGURES.c.environment)
        return tuple(Figures(**row) for row in self.connection.execute(wanted).mappings())
