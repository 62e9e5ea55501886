"""What a monitor reports while incidents of its service are open: nothing bad passes for something
mild, and nothing that comes back passes for what is over.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.domain.errors import Refusal
from bot.domain.incidents.detection import KUMA, Beat
from bot.domain.incidents.incidents import Incident, Severity, State
from bot.domain.incidents.pages import Page, PageState
from bot.domain.metrics.history import CauseState, Closure
from bot.messages.incidents import paging as messages
from bot.messages.knowing.figures import as_plain
from bot.ports import Tx
from bot.services import directory
from bot.services.incidents import (
    detecting,
    incident_decisions,
    incident_editing,
    incidents,
    promising,
    suspecting,
)
from bot.services.knowing.measuring import lately, measure
from tests.services.incidents import a_team, opens, ran, said, went_back
from tests.services.team import PEOPLE, START, Team

SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture
async def team(migrated: Path) -> AsyncIterator[Team]:
    async with a_team(migrated) as made:
        yield made


async def sees(
    team: Team, status: str, name: str = "app", after: timedelta = MINUTE, *, repeats: bool = False
) -> None:
    """The monitor of that name reports something, so much later."""
    team.clock.time += after
    await directory.refresh(team.desk)
    at = team.clock.now()
    beat = Beat(monitor="1", name=name, status=status, text="", at=at, repeats=repeats)  # type: ignore[arg-type]
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


async def test_a_false_alarm_that_goes_on_opens_nothing(team: Team) -> None:
    await sees(team, "down")
    await closes(team, 1, Closure.FALSE_POSITIVE)
    await sees(team, "down", after=10 * MINUTE, repeats=True)
    assert await known(team) == ()
    told = await said(team, "1:judged:2")
    assert "INC-1 was closed as false positive, so nothing is opened for that until" in told
    assert told.endswith("pause that monitor in Uptime Kuma, or /incident, if users notice.")
    await sees(team, "down", after=HOUR)  # it was up, which nobody heard of
    assert [one.id for one in await known(team)] == [2]


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


async def hears(team: Team, seen: datetime) -> None:
    """A DOWN that was seen then comes now."""
    beat = Beat(monitor="1", name="app", status="down", text="", at=seen)
    await team.store.run(lambda tx: detecting.hear(tx, team.config, beat))


async def closes(team: Team, number: int, closure: Closure) -> None:
    await team.store.run(
        lambda tx: incident_decisions.close(tx, team.config, number, closure, "", PEOPLE["dee"])
    )


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


async def test_what_went_live_since_it_began_is_suspected_when_it_is_reopened(team: Team) -> None:
    await ran(team, "v1.2.0", 1)
    await sees(team, "down")
    await restores(team, 1)
    hotfix = await ran(team, "v1.2.1", -0.5)
    team.clock.time += HOUR
    await directory.refresh(team.desk)
    await reopens(team, 1)
    [back] = await known(team)
    assert (back.cause, back.cause_why) == (hotfix.name, "live 31 min before it broke again")
    found = await team.store.read(lambda tx: suspecting.nameable(tx, back))
    assert [one.deployment for one in found] == ["D2", "D1"]


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


async def test_what_was_seen_before_restored_changes_nothing(team: Team) -> None:
    await sees(team, "down")
    seen = team.clock.time + 55 * SECOND
    team.clock.time += MINUTE
    await restores(team, 1)
    beat = Beat(monitor="1", name="app", status="down", text="", at=seen)
    await team.store.run(lambda tx: detecting.hear(tx, team.config, beat))
    [one] = await known(team)
    assert (one.state, one.alerts) == (State.RESTORED, 1)
    told = await said(team, "1:late:2024-03-26T10")
    assert "but INC-1 is restored since" in told and told.endswith("Reopen it, if users notice.")


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
    assert "reports app down again since" in told and "INC-1 is open again, as major." in told
    assert told.endswith("pause that monitor in Uptime Kuma, or Edit the severity.")
    await sees(team, "down")
    [counted] = await known(team)
    assert counted.alerts == 3
    assert await said(team, f"1:reopened:{counted.revision}") == ""


async def test_a_new_outage_is_as_bad_as_any_until_somebody_judges_it(team: Team) -> None:
    await sees(team, "down")
    await lowered(team)
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


async def test_what_its_monitor_still_reports_down_is_not_restored_by_a_rollback(
    team: Team,
) -> None:
    await ran(team, "v1.2.1", 0.5)
    await sees(team, "down")
    await went_back(team, "v1.2.0", "D1", team.clock.now())
    [still] = await known(team)
    assert (still.state, still.cause_state) == (State.INVESTIGATING, CauseState.SUSPECTED)
    assert "but Uptime Kuma still reports it down" in await said(team, "1:still-down:2")
    await sees(team, "up")
    [well] = await known(team)
    assert (well.state, well.cause_state) == (State.RESTORED, CauseState.CONFIRMED)
    assert well.restored_at == team.clock.now()
    told = await said(team, f"1:restored:{well.revision}")
    assert told.startswith("D2 brought v1.2.0 and its checks passed: restored")
    await sees(team, "down")  # the rollback did not hold
    await sees(team, "up")
    [again] = await known(team)
    assert (again.state, again.up_at) == (State.INVESTIGATING, team.clock.now())
    word = f"1:up:{int(team.clock.now().timestamp())}"
    assert "That is no proof that users are served: press Restored" in await said(team, word)


async def test_about_what_is_suspected_when_it_breaks_again_people_are_asked_anew(
    team: Team,
) -> None:
    await ran(team, "v1.2.0", 1)
    await sees(team, "down")
    for _ in range(2):
        await sees(team, "down", after=10 * MINUTE, repeats=True)
        await promising.look_after(team.desk, 1)
    assert (await known(team))[0].urged
    await restores(team, 1)
    await ran(team, "v1.2.1", -0.35)
    team.clock.time += HOUR
    await directory.refresh(team.desk)
    await reopens(team, 1)
    [again] = await known(team)
    assert (again.cause, again.urged) == ("D2", False)
    team.clock.time += 10 * MINUTE
    await promising.look_after(team.desk, 1)
    assert (await known(team))[0].urged


async def test_a_person_who_reopens_is_not_overruled_by_the_monitor(team: Team) -> None:
    await ran(team, "v1.2.1", 0.5)
    await sees(team, "down")
    await went_back(team, "v1.2.0", "D1", team.clock.now())
    await sees(team, "up")
    team.clock.time += 20 * MINUTE
    await directory.refresh(team.desk)
    await reopens(team, 1)
    await sees(team, "up")
    [open_again] = await known(team)
    assert open_again.state is State.INVESTIGATING


async def test_what_began_after_the_rollback_was_healthy_is_not_mended_by_it(team: Team) -> None:
    await ran(team, "v1.2.1", 0.5)
    healthy_at = team.clock.now()
    team.clock.time += 5 * MINUTE  # it bakes
    await directory.refresh(team.desk)
    await opens(team, Severity.OUTAGE)
    await went_back(team, "v1.2.0", "D1", healthy_at)
    [still] = await known(team)
    assert (still.state, still.cause_state) == (State.INVESTIGATING, CauseState.SUSPECTED)
    assert not (await pages(team, 1))[0].ends
    assert "Whether users are served again I cannot see" in await said(team, "1:perhaps:2")


async def test_what_its_monitor_saw_up_before_is_restored_by_the_rollback(team: Team) -> None:
    await ran(team, "v1.2.1", 0.5)
    await sees(team, "down")
    healthy_at = team.clock.now()
    await sees(team, "up")
    up_at = team.clock.now()
    [down] = await known(team)
    assert down.state is State.INVESTIGATING  # nothing mended it
    team.clock.time += MINUTE
    await went_back(team, "v1.2.0", "D1", healthy_at)
    [well] = await known(team)
    assert (well.state, well.restored_at) == (State.RESTORED, up_at)


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
