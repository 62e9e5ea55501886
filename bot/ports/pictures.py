"""The pictures' part of the ports: who draws them, and which ones are still wanted."""

from datetime import datetime
from typing import Protocol

from bot.domain.metrics.pictures import Picture, PictureWish, Theme


class Painter(Protocol):
    """Draws; it takes a while, so it is called in a thread of its own."""

    def paint(self, picture: Picture, theme: Theme) -> bytes:
        """A PNG. Declined where nothing is there to draw with."""


class PictureTx(Protocol):
    """Pictures that are wanted, within one transaction."""

    def want_picture(self, wish: PictureWish) -> None: ...
    def picture_wish(self, wish_id: int) -> PictureWish | None: ...
    def pictures_due(self, now: datetime) -> tuple[int, ...]:
        """Wishes whose time has come, the longest due first."""

    def put_off_picture(self, wish: PictureWish, due_at: datetime) -> None: ...
    def forget_picture(self, wish_id: int) -> None: ...
