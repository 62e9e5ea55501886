"""What was restored and is down again, and what a rollback mends of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.domain.incidents.detection import Beat
from bot.domain.incidents.incidents import Severity, State
from bot.domain.incidents.pages import PageState
from bot.domain.metrics.history import CauseState
from bot.services import directory
from bot.services.incidents import (
    detecting,
    promising,
    suspecting,
)
from tests.services.detecting import (
    HOUR,
    MINUTE,
    SECOND,
    known,
    lowered,
    pages,
    reopens,
    restores,
    sees,
    taken_in,
)
from tests.services.incidents import a_team, opens, ran, said, went_back
from tests.services.team import Team


@pytest.fixture
async def team(migrated: Path) -> AsyncIterator[Team]:
    async with a_team(migrated) as made:
        yield made


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
