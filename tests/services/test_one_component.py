"""The component of a service at the status page ends as the worst of what is open there, whichever
of two calls that are under way at once comes in last.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine, Set
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

import pytest

from bot import config
from bot.domain.incidents.incidents import Severity
from bot.domain.incidents.publishing import Health, Phase, PostState
from bot.ports.status_pages import Notice, Published
from bot.services.incidents import incident_decisions, publishing
from tests.services.incidents import a_team, incident, opens
from tests.services.team import CONFIG, PEOPLE, Team

PART = "    repo: acme/app\n"
AT_A_PAGE = CONFIG.replace(PART, f"{PART}    component: part\n", 1) + (
    "status_page: {kind: statuspage, page: kctbh9vrtdwd}\n"
)


@dataclass
class Page:
    """A page whose part is as whichever call came in last says; `late` holds one call up."""

    health: Health = Health.OPERATIONAL
    came: list[str] = field(default_factory=list)
    late: Late | None = None
    name: str = "page"
    lag: str = ""
    url: str = ""

    async def close(self) -> None:
        pass

    async def examine(self, components: Set[str]) -> str:
        raise AssertionError("nothing is checked")

    async def publish(self, notice: Notice) -> Published:
        await self._comes(notice)
        return Published(id=notice.title, url="")

    async def revise(self, id: str, notice: Notice) -> None:
        await self._comes(notice)

    async def find(self, notice: Notice, since: datetime) -> Published | None:
        raise AssertionError("no answer was lost")

    async def _comes(self, notice: Notice) -> None:
        late, self.late = self.late, None
        if late is not None:
            late.sent.set()
            await late.let_in.wait()
        self.health = notice.components["part"]
        self.came.append(f"{notice.title[-6:-1]} {notice.phase}: {self.health}")


@dataclass
class Late:
    """One call: whether it is under way, and whether the page has it."""

    sent: asyncio.Event = field(default_factory=asyncio.Event)
    let_in: asyncio.Event = field(default_factory=asyncio.Event)


@pytest.fixture
async def team(migrated: Path) -> AsyncIterator[Team]:
    """An outage and something slow are open."""
    async with a_team(migrated) as made:
        made = replace(made, config=config.parse(AT_A_PAGE))
        await opens(made, Severity.OUTAGE)
        await opens(made, Severity.MODERATE)
        yield made


@pytest.fixture
def page(team: Team) -> Page:
    made = Page()
    team.desk = replace(team.desk, status_page=made)
    return made


async def publishes(team: Team, number: int) -> None:
    """Dee tells the public of an incident."""
    about = await incident(team, number)
    refused = await team.does(
        lambda tx: publishing.publish(
            tx, team.config, about, "", "We look into it.", Phase.INVESTIGATING, PEOPLE["dee"]
        )
    )
    assert refused is None


async def resolves(team: Team, number: int) -> None:
    refused = await team.does(
        lambda tx: incident_decisions.resolve(tx, team.config, number, PEOPLE["dee"])
    )
    assert refused is None


async def tells(team: Team) -> None:
    """The bot brings the page up to what it is to say."""
    while due := await team.store.read(lambda tx: tx.status_posts_due(tx.now)):
        for post in due:
            await publishing.work_off(team.desk, post)


async def overtaken(
    team: Team, page: Page, number: int, *, by: Coroutine[None, None, None]
) -> None:
    """The call about one incident comes in after all that somebody does meanwhile."""
    page.late = late = Late()
    async with asyncio.TaskGroup() as calls:
        calls.create_task(publishing.work_off(team.desk, number))
        await late.sent.wait()
        await by
        await tells(team)
        late.let_in.set()
    await tells(team)


async def states(team: Team) -> list[PostState]:
    posts = await team.store.read(lambda tx: [tx.status_post_by_id(one) for one in (1, 2)])
    return [post.state for post in posts if post]


async def test_an_end_that_comes_in_late_does_not_call_well_what_is_not(
    team: Team, page: Page
) -> None:
    await publishes(team, 1)
    await tells(team)
    await resolves(team, 1)
    await overtaken(team, page, 1, by=publishes(team, 2))
    assert page.came[1:] == [
        "INC-2 investigating: degraded_performance",
        "INC-1 resolved: operational",
        "INC-1 resolved: degraded_performance",
    ]
    assert await states(team) == [PostState.SHOWN, PostState.SHOWN]


async def test_what_was_worse_and_is_over_does_not_stay_where_its_call_comes_in_late(
    team: Team, page: Page
) -> None:
    await publishes(team, 1)
    await tells(team)
    await publishes(team, 2)
    await overtaken(team, page, 2, by=resolves(team, 1))
    assert page.came[1:] == [
        "INC-1 resolved: degraded_performance",
        "INC-2 investigating: major_outage",
        "INC-2 investigating: degraded_performance",
    ]
    assert await states(team) == [PostState.SHOWN, PostState.SHOWN]


async def test_what_nobody_overtook_is_told_once(team: Team, page: Page) -> None:
    for number in (1, 2):
        await publishes(team, number)
        await tells(team)
    await resolves(team, 1)
    await tells(team)
    assert page.came == [
        "INC-1 investigating: major_outage",
        "INC-2 investigating: major_outage",
        "INC-1 resolved: degraded_performance",
    ]
