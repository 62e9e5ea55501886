"""What does not reach a pager or GitHub: people are called in Slack, and nobody is pressed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.domain.errors import Fault
from bot.domain.gates import Issue
from bot.domain.incidents.incidents import Incident, Postmortem, Severity
from bot.domain.incidents.pages import ALARMING_AFTER
from bot.messages.incidents import paging as messages
from bot.ports import Tx
from bot.ports.paging import Alarm, Answered, PagerName
from bot.services import directory
from bot.services.incidents import assigning, incident_decisions, paging, postmortems
from tests.services.incidents import a_team, incident, opens
from tests.services.team import PEOPLE, Team


class Silent:
    """A pager that takes nothing."""

    name: PagerName = "PagerDuty"
    sees_answers = False

    async def trigger(self, alarm: Alarm) -> None:
        raise Fault("pagerduty", "500")

    async def resolve(self, alarm: Alarm) -> None:
        raise Fault("pagerduty", "500")

    async def answered(self, key: str) -> Answered | None:
        return None

    async def on_call(self, policy: str) -> tuple[str, ...]:
        return ()

    async def examine(self) -> str:
        return ""

    async def close(self) -> None:
        pass


@pytest.fixture
async def team(migrated: Path) -> AsyncIterator[Team]:
    async with a_team(migrated) as made:
        yield made


async def test_who_is_killed_during_the_third_try_calls_people_after_the_fourth(team: Team) -> None:
    team.desk = replace(team.desk, pagers={"PagerDuty": Silent()})
    await opens(team, Severity.OUTAGE)

    def killed(tx: Tx) -> int:
        [page] = tx.pages(1)
        tried = page.with_(pager="PagerDuty", attempts=ALARMING_AFTER - 1)
        return tx.save_page(page, tried.begun(tx.now)).id

    page = await team.store.run(killed)
    await paging.work_off(team.desk, page)
    begun = await team.store.read(lambda tx: tx.page(page))
    assert begun is not None and begun.attempts == ALARMING_AFTER + 1
    key = f"incident:1:page:{page}:{int(begun.raised_at.timestamp())}"
    assert await team.store.read(lambda tx: tx.message_of(key)) is not None


class Limiting(Silent):
    """A pager that keeps what it is told, and refuses while it has had enough of us."""

    sees_answers = True

    def __init__(self) -> None:
        self.told: list[str] = []
        self.alarms: dict[str, Answered] = {}
        self.has_enough = False

    async def trigger(self, alarm: Alarm) -> None:
        self._take("trigger", alarm)
        self.alarms.setdefault(alarm.key, Answered(state="triggered", at=alarm.at))

    async def resolve(self, alarm: Alarm) -> None:
        self._take("resolve", alarm)
        del self.alarms[alarm.key]

    async def answered(self, key: str) -> Answered | None:
        return self.alarms.get(key)

    def _take(self, what: str, alarm: Alarm) -> None:
        if self.has_enough:
            raise Fault("pagerduty", "429", retry_after=300)
        self.told.append(f"{what} {alarm.key}")


async def test_what_breaks_again_rings_although_its_first_end_did_not_get_through(
    team: Team,
) -> None:
    pager = Limiting()
    team.desk = replace(team.desk, pagers={"PagerDuty": pager})

    async def work_off(seconds: int) -> str:
        team.clock.forward(seconds)
        for _ in range(3):
            for number in await team.store.read(lambda tx: tx.pages_due(tx.now)):
                await paging.work_off(team.desk, number)
        return messages.status(await team.store.read(lambda tx: tx.pages(1)))

    await opens(team, Severity.OUTAGE)
    await work_off(2)
    pager.alarms["incident:1"] = Answered(state="acknowledged", by="ana", at=team.clock.now())
    assert await work_off(60) == "Paging by PagerDuty: acknowledged by ana"
    pager.has_enough = True
    await directory.refresh(team.desk)
    await team.store.run(lambda tx: incident_decisions.restored(tx, team.config, 1, PEOPLE["dee"]))
    assert await work_off(1) == "Paging by PagerDuty: retrying to end it (1), 429"
    pager.has_enough = False
    await team.store.run(
        lambda tx: incident_decisions.reopen(tx, team.config, 1, "It is back", PEOPLE["dee"])
    )
    assert await work_off(10) == (
        "Paging by PagerDuty: paged; Earlier paging by PagerDuty: retrying to end it (1), 429"
    )
    assert await work_off(300) == "Paging by PagerDuty: paged"
    assert pager.told == ["trigger incident:1", "trigger incident:1:2", "resolve incident:1"]


class Limited:
    """A GitHub that has had enough of us."""

    async def find_issue(self, repo: str, mark: str, since: datetime) -> Issue | None:
        raise Fault("github", "rate limit", retry_after=1800)

    async def assign(self, repo: str, number: int, login: str) -> Issue:
        raise Fault("github", "rate limit", retry_after=1800)


async def test_the_draft_waits_as_long_as_github_says(team: Team) -> None:
    team.desk = replace(team.desk, github=Limited())  # type: ignore[arg-type]
    await opens(team, Severity.OUTAGE)
    await team.store.run(lambda tx: incident_decisions.restored(tx, team.config, 1, PEOPLE["bo"]))
    await postmortems.draft(team.desk, 1)
    known = await incident(team)
    assert known.draft_due_at == team.clock.now() + timedelta(minutes=30)
    assert known.postmortem is not None and "waiting for GitHub" in known.postmortem.trouble


async def test_the_owner_of_the_draft_is_assigned_when_github_says(team: Team) -> None:
    team.desk = replace(team.desk, github=Limited())  # type: ignore[arg-type]
    await opens(team, Severity.OUTAGE)

    def drafted(tx: Tx) -> Incident:
        known = tx.incident(1)
        assert known is not None
        postmortem = Postmortem(number=7)
        return tx.save_incident(known, known.with_(postmortem=postmortem, draft_due_at=tx.now))

    await assigning.follow(team.desk, await team.store.run(drafted), "acme/app")
    known = await incident(team)
    assert known.draft_due_at == team.clock.now() + timedelta(minutes=30)
    assert known.postmortem is not None and "rate limit" in known.postmortem.trouble
