"""What monitors report, and what is known and done about it, for tests of detection."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.domain.incidents.detection import Beat
from bot.domain.incidents.incidents import Incident, Severity
from bot.domain.incidents.pages import Page, PageState
from bot.domain.metrics.history import Closure
from bot.ports import Tx
from bot.services import directory
from bot.services.incidents import (
    detecting,
    incident_decisions,
    incident_editing,
)
from tests.services.team import PEOPLE, Team

SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)


async def sees(
    team: Team,
    status: str,
    name: str = "app",
    after: timedelta = MINUTE,
    *,
    monitor: str = "1",
    repeats: bool = False,
) -> None:
    """A monitor of that name reports something, so much later."""
    team.clock.time += after
    await directory.refresh(team.desk)
    at = team.clock.now()
    beat = Beat(monitor=monitor, name=name, status=status, text="", at=at, repeats=repeats)  # type: ignore[arg-type]
    await team.store.run(lambda tx: detecting.hear(tx, team.config, beat))


async def known(team: Team) -> tuple[Incident, ...]:
    return await team.store.read(lambda tx: tx.open_incidents())


async def pages(team: Team, number: int) -> tuple[Page, ...]:
    return await team.store.read(lambda tx: tx.pages(number))


async def restores(team: Team, number: int) -> None:
    await team.store.run(
        lambda tx: incident_decisions.restored(tx, team.config, number, PEOPLE["dee"])
    )


async def hears(team: Team, seen: datetime) -> None:
    """A DOWN that was seen then comes now."""
    beat = Beat(monitor="1", name="app", status="down", text="", at=seen)
    await team.store.run(lambda tx: detecting.hear(tx, team.config, beat))


async def closes(team: Team, number: int, closure: Closure, of: int | None = None) -> None:
    await team.store.run(
        lambda tx: incident_decisions.close(tx, team.config, number, closure, "", PEOPLE["dee"], of)
    )


async def answered(team: Team, by: str) -> None:
    """Somebody was woken by PagerDuty, and says so there."""

    def answer(tx: Tx) -> None:
        [page] = tx.pages(1)
        tx.save_page(
            page,
            page.with_(pager="PagerDuty", state=PageState.ACKNOWLEDGED, by=by, due_at=None),
        )

    await team.store.run(answer)


async def reopens(team: Team, number: int) -> None:
    await team.store.run(
        lambda tx: incident_decisions.reopen(tx, team.config, number, "It is back", PEOPLE["dee"])
    )


async def lowered(team: Team) -> None:
    changes = {"severity": Severity.MINOR}
    await team.store.run(
        lambda tx: incident_editing.edit(tx, team.config, 1, changes, PEOPLE["bo"])
    )


async def taken_in(team: Team) -> None:
    """The pager takes what it is told."""

    def accept(tx: Tx) -> None:
        for page in tx.pages(1):
            tx.save_page(page, page.accepted(None))

    await team.store.run(accept)
