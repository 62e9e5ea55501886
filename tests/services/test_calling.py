"""What does not reach a pager or GitHub: people are called in Slack, and nobody is pressed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.domain.errors import Fault
from bot.domain.gates import Issue
from bot.domain.incidents.incidents import Severity
from bot.domain.incidents.pages import ALARMING_AFTER
from bot.ports import Tx
from bot.ports.paging import Alarm, Answered, PagerName
from bot.services.incidents import incident_decisions, paging, postmortems
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


class Limited:
    """A GitHub that has had enough of us."""

    async def find_issue(self, repo: str, mark: str, since: datetime) -> Issue | None:
        raise Fault("github", "rate limit", retry_after=1800)


async def test_the_draft_waits_as_long_as_github_says(team: Team) -> None:
    team.desk = replace(team.desk, github=Limited())  # type: ignore[arg-type]
    await opens(team, Severity.OUTAGE)
    await team.store.run(lambda tx: incident_decisions.restored(tx, team.config, 1, PEOPLE["bo"]))
    await postmortems.draft(team.desk, 1)
    known = await incident(team)
    assert known.draft_due_at == team.clock.now() + timedelta(minutes=30)
    assert known.postmortem is not None and "waiting for GitHub" in known.postmortem.trouble
