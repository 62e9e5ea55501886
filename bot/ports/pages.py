"""The pages' part of the store port."""

from datetime import datetime
from typing import Protocol

from bot.domain.incidents.pages import Page


class PageTx(Protocol):
    """Pages within one transaction; each change makes the message of its incident stale."""

    def add_page(self, page: Page) -> Page:
        """Insert a page; it comes back with its id."""

    def save_page(self, old: Page, new: Page) -> Page:
        """Replace `old` by `new` if nobody else did; it comes back with the next revision."""

    def page(self, page_id: int) -> Page | None: ...
    def pages(self, incident_id: int) -> tuple[Page, ...]:
        """Those of an incident, in the order in which they were asked for."""

    def pages_due(self, now: datetime) -> tuple[int, ...]: ...
