"""Who is on call, as a card says it: by a pager that tells, else by the group that is called."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from bot import config
from bot.domain.errors import Fault
from bot.domain.gates import Level
from bot.ports.paging import Alarm, Answered, Pager, PagerName
from tests.services.team import CONFIG, Team

GROUP = "incidents: {paging: {group: S0REL, escalation_policy: PABC}}\n"
NO_GROUP = "incidents: {paging: {escalation_policy: PABC}}\n"


@dataclass
class Tells:
    """A pager that can be asked who is on call, unless it is one-way; what it raises, it raises."""

    people: tuple[str, ...] | Fault
    sees_answers: bool = True
    name: PagerName = "PagerDuty"

    async def on_call(self, policy: str) -> tuple[str, ...]:
        assert self.sees_answers and policy == "PABC"
        if isinstance(self.people, Fault):
            raise self.people
        return self.people

    async def trigger(self, alarm: Alarm) -> None:
        raise AssertionError("nobody is woken by a question")

    async def resolve(self, alarm: Alarm) -> None:
        raise AssertionError("nobody is woken by a question")

    async def answered(self, key: str) -> Answered | None:
        return None

    async def examine(self) -> str:
        return ""

    async def close(self) -> None:
        pass


AWAY = Tells(Fault("pagerduty", "HTTP 502"))
LIMITED = Tells(Fault("pagerduty", "rate limit (429)", retry_after=60))
ONE_WAY = Tells(("kim",), sees_answers=False, name="incident.io")


@pytest.mark.parametrize(
    ("rules", "pagers", "level", "text"),
    [
        (GROUP, [Tells(("kim", "bo"))], Level.PASS, "On call: kim, bo"),
        (NO_GROUP, [Tells(("kim",)), ONE_WAY], Level.PASS, "On call: kim"),
        (GROUP, [Tells(())], Level.WARN, "Nobody is on call"),
        (GROUP, [AWAY], Level.WARN, "Who is on call could not be read: HTTP 502"),
        (GROUP, [LIMITED], Level.WARN, "Who is on call could not be read: rate limit (429)"),
        (GROUP, [ONE_WAY], Level.PASS, "On call: U0BO, U0CY"),
        (NO_GROUP, [ONE_WAY], Level.WARN, "Nobody is known to be on call"),
        (NO_GROUP, [], Level.WARN, "Nobody is known to be on call"),
    ],
)
async def test_what_is_known_of_who_is_on_call(
    migrated: Path, rules: str, pagers: list[Tells], level: Level, text: str
) -> None:
    async def on_dispatch(repo: str, file: str, inputs: dict[str, str]) -> int:
        return 0

    team = Team.of(migrated, on_dispatch)
    team.room.groups["S0REL"] = {"U0BO", "U0CY"}
    named: dict[str, Pager] = {pager.name: pager for pager in pagers}
    team.desk = replace(team.desk, config=config.parse(CONFIG + rules), pagers=named)
    await team.works()
    assert await team.asks("ana", "v1.1.0") is None
    await team.works()

    [found] = [one for one in (await team.newest()).verdicts if one.gate == "on_call"]
    assert found.level is level
    assert found.text.startswith(text)
    await team.close()
