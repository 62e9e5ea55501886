"""Annotations in the store: one row for each deployment and place that is told of it."""

from dataclasses import asdict, replace
from datetime import datetime

from sqlalchemy import select, update

from bot.adapters.store import tables
from bot.adapters.store.rows import Rows
from bot.domain.deployments.annotations import Annotation
from bot.ports import Stale

_TABLE = tables.annotations


class Annotations(Rows):
    """Annotations within one transaction."""

    def add_annotation(self, annotation: Annotation) -> None:
        self.insert_new(_TABLE, asdict(annotation))

    def save_annotation(self, old: Annotation, new: Annotation) -> Annotation:
        saved = replace(new, deployment=old.deployment, place=old.place, revision=old.revision + 1)
        same = (
            _TABLE.c.deployment == old.deployment,
            _TABLE.c.place == old.place,
            _TABLE.c.revision == old.revision,
        )
        if self.connection.execute(update(_TABLE).where(*same), asdict(saved)).rowcount != 1:
            raise Stale(f"the annotation of D{old.deployment} at {old.place} has changed")
        return saved

    def annotation(self, deployment: int, place: str) -> Annotation | None:
        return next((one for one in self.annotations(deployment) if one.place == place), None)

    def annotations(self, deployment: int) -> tuple[Annotation, ...]:
        wanted = select(_TABLE).where(_TABLE.c.deployment == deployment).order_by(_TABLE.c.place)
        rows = self.connection.execute(wanted).mappings()
        return tuple(Annotation(**row) for row in rows)

    def annotations_due(self, now: datetime) -> tuple[tuple[int, str], ...]:
        due = select(_TABLE.c.deployment, _TABLE.c.place).where(
            tables.ANNOTATION_IS_DUE, _TABLE.c.due_at <= now
        )
        rows = self.connection.execute(due.order_by(_TABLE.c.due_at, *_TABLE.primary_key))
        return tuple((row.deployment, row.place) for row in rows)
