"""What a monitor reports while incidents of its service are open: nothing bad passes for something
mild, and nothing that comes back passes for what is over.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.incidents.detection import KUMA, Beat
from bot.domain.incidents.incidents import Incident, Severity, State
from bot.domain.incidents.pages import Page, PageState
from bot.ports import Tx
from bot.services.incidents import detecting, incident_decisions, incident_editing
from tests.services.incidents import a_team, opens, said
from tests.services.team import PEOPLE, Team

MINUTE = timedelta(minutes=1)


@pytest.fixture
async def team(migrated: Path) -> AsyncIterator[Team]:
    async with a_team(migrated) as made:
        yield made


async def sees(team: Team, status: str, name: str = "app") -> None:
    """The monitor of that name reports something, a minute later."""
    team.clock.time += MINUTE
    beat = Beat(monitor="1", name=name, status=status, text="", at=team.clock.now())  # type: ignore[arg-type]
    await team.store.run(lambda tx: detecting.hear(tx, team.config, beat))


async def known(team: Team) -> tuple[Incident, ...]:
    return await team.store.read(lambda tx: tx.open_incidents())


async def pages(team: Team, number: int) -> tuple[Page, ...]:
    return await team.store.read(lambda tx: tx.pages(number))


async def test_an_outage_is_not_swallowed_by_something_mild(team: Team) -> None:
    await opens(team, Severity.MINOR)
    await sees(team, "down")
    mild, bad = await known(team)
    assert (mild.alerts, mild.source, mild.severity) == (0, "", Severity.MINOR)
    assert (bad.declared_by, bad.severity, bad.alerts) == (KUMA, Severity.MAJOR, 1)
    assert bad.freezes
    assert len(await pages(team, bad.id)) == 1
    told = await said(team, "2:detected")
    assert told.endswith(
        "INC-1 (minor, investigating) is open about the same service: "
        "if it is the same, Close one of them as a duplicate."
    )


@pytest.mark.parametrize("severity", [Severity.OUTAGE, Severity.MAJOR])
async def test_it_is_counted_by_what_people_were_called_for(team: Team, severity: Severity) -> None:
    await opens(team, severity, "cy")
    await sees(team, "down")
    [one] = await known(team)
    assert (one.alerts, one.severity) == (1, severity)
    assert (await said(team, "1:detected")).startswith(
        "<@U0CY> Uptime Kuma reports app down"
    )  # whoever opened it, while nobody leads


async def test_what_is_restored_does_not_take_in_what_was_opened_by_a_person(team: Team) -> None:
    await opens(team, Severity.OUTAGE)
    await restores(team, 1)
    await sees(team, "down")
    assert [(one.state, one.alerts) for one in await known(team)] == [
        (State.RESTORED, 0),
        (State.INVESTIGATING, 1),
    ]


async def restores(team: Team, number: int) -> None:
    await team.store.run(
        lambda tx: incident_decisions.restored(tx, team.config, number, PEOPLE["dee"])
    )


async def taken_in(team: Team) -> None:
    """The pager takes what it is told."""

    def accept(tx: Tx) -> None:
        for page in tx.pages(1):
            tx.save_page(page, page.accepted(None))

    await team.store.run(accept)


async def test_what_was_restored_and_is_down_again_wakes_people_again(team: Team) -> None:
    await sees(team, "down")
    await taken_in(team)
    await sees(team, "up")
    await restores(team, 1)
    [page] = await pages(team, 1)
    assert (page.ends, page.state) == (True, PageState.WAITING)  # so that it can ring anew
    await taken_in(team)

    await sees(team, "down")
    [back] = await known(team)
    assert (back.state, back.alerts, back.restored_at) == (State.INVESTIGATING, 2, None)
    assert back.promised_at == team.clock.now() + 15 * MINUTE
    [page] = await pages(team, 1)
    assert (page.ends, page.state) == (False, PageState.WAITING)
    told = await said(team, f"1:reopened:{back.revision}")
    assert "reports app down again since" in told and told.endswith("open again, as major.")
    await sees(team, "down")
    [counted] = await known(team)
    assert counted.alerts == 3
    assert await said(team, f"1:reopened:{counted.revision}") == ""


async def test_a_new_outage_is_as_bad_as_any_until_somebody_judges_it(team: Team) -> None:
    await sees(team, "down")
    await team.store.run(
        lambda tx: incident_editing.edit(
            tx, team.config, 1, {"severity": Severity.MINOR}, PEOPLE["bo"]
        )
    )
    await sees(team, "down")
    [mild] = await known(team)
    assert (mild.severity, mild.alerts) == (Severity.MINOR, 2)  # that one was judged
    assert (await said(team, "1:mild:2024-03-26T10")).endswith(
        "It is counted here, as minor: Edit raises that, if users notice."
    )
    await restores(team, 1)
    await sees(team, "down")
    [bad] = await known(team)
    assert (bad.severity, bad.alerts, bad.freezes) == (Severity.MAJOR, 3, True)


async def test_a_monitor_of_nothing_that_is_known_is_told_once_a_day(team: Team) -> None:
    def told(tx: Tx) -> list[str]:
        posts = tx.posts_due(tx.now)
        return [p.message.text for p in posts if p.key.startswith("unknown-monitor")]

    await sees(team, "up", "Main site")
    assert await team.store.read(told) == []
    await sees(team, "down", "Main site")
    await sees(team, "down", "Main site")
    [text] = await team.store.read(told)
    assert text.startswith("Uptime Kuma reports Main site down since ")
    assert (
        "No service is named so (api, app, job, web), so no incident was opened: /incident" in text
    )
    team.clock.time += timedelta(days=1)
    await sees(team, "down", "Main site")
    assert len(await team.store.read(told)) == 2
    assert await known(team) == ()
