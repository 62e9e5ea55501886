"""Pictures in the store: a row for each that is still wanted."""

from dataclasses import fields
from datetime import datetime

from sqlalchemy import delete, insert, select, update

from bot.adapters.store import tables
from bot.adapters.store.rows import Rows
from bot.domain.metrics.pictures import PictureWish

_TABLE = tables.pictures
_NAMES = tuple(field.name for field in fields(PictureWish) if field.name != "id")


class Pictures(Rows):
    """Wanted pictures within one transaction."""

    def want_picture(self, wish: PictureWish) -> None:
        self.connection.execute(insert(_TABLE), {name: getattr(wish, name) for name in _NAMES})

    def picture_wish(self, wish_id: int) -> PictureWish | None:
        row = self.connection.execute(select(_TABLE).where(_TABLE.c.id == wish_id)).mappings()
        found = row.first()
        return PictureWish(**found) if found else None

    def pictures_due(self, now: datetime) -> tuple[int, ...]:
        due = select(_TABLE.c.id).where(_TABLE.c.due_at <= now)
        return tuple(self.connection.scalars(due.order_by(_TABLE.c.due_at, _TABLE.c.id)))

    def put_off_picture(self, wish: PictureWish, due_at: datetime) -> None:
        later = {"due_at": due_at, "failures": wish.failures + 1}
        self.connection.execute(update(_TABLE).where(_TABLE.c.id == wish.id).values(later))

    def forget_picture(self, wish_id: int) -> None:
        self.connection.execute(delete(_TABLE).where(_TABLE.c.id == wish_id))
