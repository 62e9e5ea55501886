"""What a monitor reports while incidents of its service are open: nothing bad passes for something
mild, and people are woken for what is new.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.errors import Refusal
from bot.domain.incidents.detection import KUMA
from bot.domain.incidents.incidents import Severity, State
from bot.domain.incidents.pages import PageState
from bot.domain.metrics.history import Closure
from bot.messages.incidents import paging as messages
from bot.messages.knowing.figures import as_plain
from bot.ports import Tx
from bot.services import directory
from bot.services.incidents import (
    incident_decisions,
    incidents,
)
from bot.services.knowing.measuring import lately, measure
from tests.services.detecting import (
    HOUR,
    MINUTE,
    SECOND,
    answered,
    closes,
    hears,
    known,
    lowered,
    pages,
    reopens,
    restores,
    sees,
)
from tests.services.incidents import a_team, opens, ran, said
from tests.services.team import PEOPLE, START, Team


@pytest.fixture
async def team(migrated: Path) -> AsyncIterator[Team]:
    async with a_team(migrated) as made:
        yield made


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


async def test_what_nobody_called_restored_and_is_down_hours_later_wakes_people(
    team: Team,
) -> None:
    await sees(team, "down")
    await answered(team, "ana")
    await sees(team, "up")
    await sees(team, "down")  # it flaps
    assert [page.state for page in await pages(team, 1)] == [PageState.ACKNOWLEDGED]
    await sees(team, "up")
    await sees(team, "down", after=2 * HOUR)
    [back] = await known(team)
    assert (back.alerts, back.up_at, back.again_at) == (3, None, team.clock.now())
    first, again = await pages(team, 1)
    assert (first.key, first.ends, first.state) == ("incident:1", True, PageState.WAITING)
    assert (again.key, again.ends, again.state) == ("incident:1:2", False, PageState.WAITING)
    assert messages.status([first, again]) == (
        "Paging by PagerDuty: waiting; Earlier paging by PagerDuty: ending"
    )
    told = await said(team, f"1:reopened:{back.revision}")
    assert told.startswith("<@U0DEE> Uptime Kuma reports app down again since")
    assert "so INC-1 goes on, as major. Its last UP was" in told
    await sees(team, "down", after=2 * HOUR)  # the same is reported once more
    assert len(await pages(team, 1)) == 2


async def test_what_flaps_and_is_down_since_wakes_nobody_again(team: Team) -> None:
    await sees(team, "down")
    await answered(team, "ana")
    await sees(team, "up")
    await sees(team, "down")
    assert (await said(team, "1:flaps:2024-03-26T10")).endswith(
        ": it flaps, so nobody is woken again."
    )
    await team.store.run(
        lambda tx: incident_decisions.update(
            tx, team.config, incidents.load(tx, 1), "The disk", State.IDENTIFIED, PEOPLE["dee"]
        )
    )
    await sees(team, "down", after=10 * MINUTE, repeats=True)
    [still] = await known(team)
    assert (still.state, still.alerts) == (State.IDENTIFIED, 3)
    assert [page.state for page in await pages(team, 1)] == [PageState.ACKNOWLEDGED]


async def test_what_is_heard_after_the_end_of_what_it_reports_opens_nothing(team: Team) -> None:
    await sees(team, "down")
    seen = team.clock.time + 20 * SECOND
    team.clock.time += MINUTE
    await directory.refresh(team.desk)
    await team.store.run(lambda tx: incident_decisions.resolve(tx, team.config, 1, PEOPLE["dee"]))
    await hears(team, seen)
    assert await known(team) == ()
    assert "but INC-1 is restored since" in await said(team, "1:late:2024-03-26T10")
    await closes(team, 1, Closure.FALSE_POSITIVE)
    await hears(team, seen + SECOND)
    assert await known(team) == ()


async def test_what_broke_again_before_somebody_said_restored_is_heard(team: Team) -> None:
    await sees(team, "down")
    await sees(team, "up")
    seen = team.clock.time + 58 * SECOND
    team.clock.time += MINUTE
    await restores(team, 1)
    await hears(team, seen)
    [back] = await known(team)
    assert (back.state, back.again_at) == (State.INVESTIGATING, seen)
    assert [(page.key, page.ends) for page in await pages(team, 1)] == [("incident:1:2", False)]


async def test_what_was_judged_mild_is_judged_anew_after_it_was_up(team: Team) -> None:
    await sees(team, "down")
    await lowered(team)
    await answered(team, "ana")
    await sees(team, "up")
    await sees(team, "down")
    [bad] = await known(team)
    assert (bad.severity, bad.freezes) == (Severity.MAJOR, True)
    assert [page.key for page in await pages(team, 1)] == ["incident:1", "incident:1:2"]


async def test_what_breaks_days_later_is_an_incident_of_its_own(team: Team) -> None:
    await ran(team, "v1.2.0", 30)
    await ran(team, "v1.2.1", 1)
    await sees(team, "down")
    await restores(team, 1)
    team.clock.time += timedelta(days=2)
    new = await ran(team, "v1.2.2", -48)
    await sees(team, "down", after=3 * MINUTE)
    old, opened = await known(team)
    assert (old.state, old.restored_at) == (State.RESTORED, START + MINUTE)
    assert (opened.cause, opened.started_at) == (new.name, team.clock.now())
    assert "\nINC-1 of this monitor is restored since " in await said(team, "2:detected")
    assert (await said(team, "2:detected")).endswith(": Resolve it, if it is over.")
    await sees(team, "up")  # is about the one that goes on
    assert [one.up_at for one in await known(team)] == [None, team.clock.now()]
    await restores(team, 2)
    found = await team.store.read(
        lambda tx: measure(tx, "app", "production", lately(tx.now, team.config.zone))
    )
    assert as_plain(found)["mttr_mean_minutes"] == 0.5
    with pytest.raises(Refusal, match="INC-1 stays restored: INC-2 of the same monitor is open"):
        await sees(team, "down")  # INC-2 is open again
        await reopens(team, 1)


async def test_a_person_who_opened_one_meanwhile_is_joined(team: Team) -> None:
    await sees(team, "down")
    await restores(team, 1)
    team.clock.time += MINUTE
    await opens(team, Severity.OUTAGE)
    await sees(team, "down")
    assert [(one.state, one.alerts) for one in await known(team)] == [
        (State.RESTORED, 1),
        (State.INVESTIGATING, 1),
    ]


async def test_the_timeline_has_each_change_of_the_monitor(team: Team) -> None:
    for status in ("down", "down", "up", "down", "down", "up"):
        await sees(team, status)
    events = await team.store.read(lambda tx: tx.events(1))
    assert [event.text for event in events if event.by == KUMA] == [
        "Opened as major: Uptime Kuma does not reach app",
        "Uptime Kuma reaches app again",
        "Uptime Kuma does not reach app again",
        "Uptime Kuma reaches app again",
    ]


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


async def test_a_monitor_of_others_is_told_to_nobody(team: Team) -> None:
    kuma = team.config.incidents.uptime_kuma.model_copy(update={"ignore": ("Printer",)})
    rules = team.config.incidents.model_copy(update={"uptime_kuma": kuma})
    team.config = team.config.model_copy(update={"incidents": rules})
    await sees(team, "down", "Printer")
    posts = await team.store.read(lambda tx: tx.posts_due(tx.now))
    assert [post.key for post in posts] == []
