"""A page at Atlassian Statuspage."""

from collections.abc import Mapping, Set
from datetime import datetime
from typing import Any
from urllib.parse import quote

from bot.adapters.rest import TIMEOUT, Answer, Rest
from bot.domain.errors import Declined
from bot.domain.incidents.publishing import Health, Phase
from bot.ports.status_pages import Notice, Published

NEWEST = 100
MOST_PAGES = 5
"""Of components, a hundred each; a page may be read once a second."""

LONGEST_NAME = 255
STATUS = {Phase.MAINTENANCE: "in_progress"}
"""Where its word for a phase is not ours."""

IMPACT = {
    Health.OPERATIONAL: "none",
    Health.MAINTENANCE: "maintenance",
    Health.DEGRADED: "minor",
    Health.PARTIAL: "major",
    Health.OUTAGE: "critical",
}


BY_US_ALONE = {
    "scheduled_auto_in_progress": False,
    "scheduled_auto_completed": False,
    "auto_transition_to_maintenance_state": False,
    "auto_transition_to_operational_state": False,
}
"""A maintenance that ended by the clock would call a component operational that an incident says
is down.
"""


class _Component(Answer):
    id: str
    name: str = ""
    status: str = ""


class _Update(Answer):
    body: str = ""


class _Incident(Answer):
    id: str
    name: str = ""
    status: str = ""
    created_at: datetime
    shortlink: str = ""
    components: tuple[_Component, ...] = ()
    incident_updates: tuple[_Update, ...] = ()

    @property
    def published(self) -> Published:
        return Published(id=self.id, url=self.shortlink)

    def shows(self, notice: Notice) -> bool:
        """Whether it says all of that already; the newest update comes first."""
        has = {one.id: one.status for one in self.components}
        text = self.incident_updates[0].body if self.incident_updates else ""
        is_so = all(has.get(id) == health for id, health in notice.components.items())
        return self.status == _status(notice) and text == notice.text and is_so


class Statuspage:
    """One page; what is posted there is mailed to its subscribers, who cannot be told otherwise."""

    name = "Statuspage"
    lag = ""
    url = ""

    def __init__(self, api: Rest, page: str) -> None:
        self._api = api
        self._components = f"/pages/{quote(page, safe='')}/components"
        self._incidents = f"/pages/{quote(page, safe='')}/incidents"

    async def close(self) -> None:
        """Give the connections back."""
        await self._api.close()

    async def examine(self, components: Set[str]) -> str:
        """Its components; one that is not there would make it decline every post."""
        found: dict[str, str] = {}
        for page in range(1, MOST_PAGES + 1):
            rows = await self._api.list(_Component, self._components, per_page=NEWEST, page=page)
            found |= {one.id: one.name for one in rows}
            if len(rows) < NEWEST:
                break
        if missing := sorted(components - found.keys()):
            there = ", ".join(f"{name} ({id})" for id, name in found.items()) or "none"
            raise Declined("statuspage", f"has no component {', '.join(missing)}; it has {there}")
        return f"can be read, with {len(found)} components, of which {len(components)} are used"

    async def publish(self, notice: Notice) -> Published:
        """A new incident, with the health of its own components."""
        more: dict[str, Any] = {"impact_override": IMPACT[notice.health]}
        if notice.between:
            begins, ends = (at.isoformat() for at in notice.between)
            more |= {"scheduled_for": begins, "scheduled_until": ends, **BY_US_ALONE}
        body = {"incident": _fields(notice) | more}
        return (await self._api.make(_Incident, self._incidents, body)).published

    async def revise(self, id: str, notice: Notice) -> None:
        """A new update of that incident. It looks first: each update is mailed to everybody."""
        path = f"{self._incidents}/{quote(id, safe='')}"
        if not (await self._api.get(_Incident, path)).shows(notice):
            await self._api.change("PATCH", path, body={"incident": _fields(notice)})

    async def find(self, notice: Notice, since: datetime) -> Published | None:
        """Among the newest incidents, by its name."""
        found = await self._api.list(_Incident, self._incidents, limit=NEWEST)
        wanted = notice.title[:LONGEST_NAME]
        ours = (one for one in found if one.name == wanted and one.created_at >= since)
        newest = max(ours, key=lambda one: one.created_at, default=None)
        return newest.published if newest else None


def _fields(notice: Notice) -> dict[str, Any]:
    return {
        "name": notice.title[:LONGEST_NAME],
        "status": _status(notice),
        "body": notice.text,
        "component_ids": list(notice.components),
        "components": dict(notice.components),
    }


def _status(notice: Notice) -> str:
    return STATUS.get(notice.phase, str(notice.phase))


def connect(url: str, key: str, page: str, timeout: float = TIMEOUT) -> Statuspage:
    """A page with a connection of its own."""
    api = Rest("statuspage", url, key, words=_words, timeout=timeout, scheme="OAuth")
    return Statuspage(api, page)


def _words(data: Mapping[str, Any]) -> str:
    told = data.get("error") or data.get("message") or ""
    return ", ".join(map(str, told)) if isinstance(told, list) else str(told)
