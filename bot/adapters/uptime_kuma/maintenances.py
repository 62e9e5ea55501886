"""Maintenances at Uptime Kuma, which its pages show with their time; no monitor is part of one."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from pydantic import Field, ValidationError

from bot.adapters.rest import Answer
from bot.adapters.uptime_kuma.session import Session
from bot.domain.errors import Fault, Unanswered
from bot.ports.status_pages import Notice


class _Listed(Answer):
    id: int
    span: tuple[datetime, ...] = Field(default=(), alias="dateRange")

    def began_after(self, since: datetime) -> bool:
        """The times of ours are of UTC, and do not say so."""
        return any(at.replace(tzinfo=UTC) >= since for at in self.span[:1])


class Maintenances:
    """Those of one page. A monitor that was part of one would report nothing meanwhile, not even
    the outage that the deployment caused: so the page alone is told.

    Each is two events: one makes it, and one puts it on the page, which forgets what it kept.
    """

    def __init__(self, session: Session, slug: str) -> None:
        self._session = session
        self._slug = slug

    async def add(self, notice: Notice) -> int:
        """A new one, on the page. Raises Unanswered when it may be there and not on the page."""
        page = await self._page()
        answer = await self._session.call("addMaintenance", _content(notice))
        try:
            made = int(answer["maintenanceID"])
        except (KeyError, TypeError, ValueError):
            raise Unanswered("kuma", "no usable answer (no id of the maintenance)") from None
        try:
            await self._put_on(made, page)
        except Fault as fault:
            raise Unanswered("kuma", fault.text, retry_after=fault.retry_after) from fault
        return made

    async def edit(self, id: int, notice: Notice) -> None:
        """Bring one up to date, and see to it that the page shows it."""
        page = await self._page()
        await self._session.call("editMaintenance", {**_content(notice), "id": id})
        await self._put_on(id, page)

    async def end(self, id: int, notice: Notice) -> None:
        """Its last words stay among Kuma's maintenances; the page lets go of it at once."""
        await self._session.call("editMaintenance", {**_content(notice), "id": id})
        await self._session.call("pauseMaintenance", id)

    async def find(self, title: str, since: datetime) -> int | None:
        """The newest of that title that began after `since`."""
        every = await self._session.told("getMaintenanceList", "maintenanceList")
        named = (one for one in every.values() if one.get("title") == title)
        try:
            ours = [_Listed.model_validate(one) for one in named]
        except ValidationError:
            raise Fault("kuma", "no usable answer (a maintenance of another form)") from None
        return max((one.id for one in ours if one.began_after(since)), default=None)

    async def _page(self) -> int:
        answer = await self._session.call("getStatusPage", self._slug)
        try:
            return int(answer["config"]["id"])
        except (KeyError, TypeError, ValueError):
            raise Fault("kuma", "no usable answer (no id of the page)") from None

    async def _put_on(self, id: int, page: int) -> None:
        await self._session.call("addMaintenanceStatusPage", id, [{"id": page}])


def _content(notice: Notice) -> Mapping[str, Any]:
    """A single span of time. What only others need has to be there, too."""
    assert notice.between is not None
    return {
        "title": notice.title,
        "description": notice.text,
        "strategy": "single",
        "active": True,
        "dateRange": [f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S}" for at in notice.between],
        "timezoneOption": "UTC",
        "intervalDay": 1,
        "timeRange": [{"hours": 0, "minutes": 0, "seconds": 0}] * 2,
        "weekdays": [],
        "daysOfMonth": [],
        "cron": "",
        "durationMinutes": 0,
    }
