"""Three bots on one PostgreSQL, spoken to over signed HTTP: who wants the same at the same moment,
and wherever that arrives, one of them gets it, and everybody else reads who did.
"""

import asyncio
import re
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from itertools import count, cycle
from pathlib import Path

import pytest

from sandbox.slack.users import User
from sandbox.world import World
from tests.postgres import Server
from tests.scenarios import outside
from tests.scenarios.workspace import PATIENCE, Workspace, workspace
from tests.web.slack_requests import command, signed

BEGUN = "Checking app v1.2.1 → production (D"
TAKEN = "app production is taken by D"
REPEATED = "I have that already."
UNSURE = "I could not confirm in time that this was recorded."
CROWD = [f"crowd{number:02}" for number in range(50)]
BY_GROUP = {"roles": {"deployer": ["S0REL"], "approver": ["bo"]}}


def crowd(world: World) -> None:
    """Fifty people of the user group that deploys."""
    users = [User(f"U0{name.upper()}", name, name) for name in CROWD]
    world.slack.users |= {user.id: user for user in users}
    outside.regroup(world, *CROWD)


@dataclass
class Three:
    """The workspace, and where each of its bots listens."""

    team: Workspace
    urls: list[str]

    async def ask(self, bodies: list[bytes]) -> list[str]:
        """Sends them all at the same moment, to one bot after the other; what each was answered."""
        now = time.time()

        async def send(url: str, body: bytes) -> str:
            headers = signed(body, at=now)
            async with self.team.control.post(
                f"{url}/slack/events", data=body, headers=headers
            ) as answer:
                assert answer.status == 200
                return await answer.text()

        return await asyncio.gather(*map(send, cycle(self.urls), bodies))


@pytest.fixture
async def three(tmp_path: Path, server: Server, migrated_postgres: str) -> AsyncIterator[Three]:
    address = server.address(server.create(migrated_postgres))
    async with AsyncExitStack() as stack:
        team = await stack.enter_async_context(
            workspace(tmp_path, mode="http", database=address, rules=BY_GROUP, begin=crowd)
        )
        assert team.bot is not None
        urls = [team.bot.url]
        for _ in range(2):
            other = team.made(PORT="0")
            stack.push_async_callback(other.stop)
            await other.start()
            urls.append(other.url)
        for _ in range(4):  # of a crowd, a part is read at a time
            await team.passes("PT30S")
        yield Three(team, urls)


def verdict(text: str) -> str:
    """Which of the answers it is; itself where it is none of them."""
    return next((one for one in (BEGUN, TAKEN, REPEATED, UNSURE) if one in text), text)


def asks(who: str, number: int) -> bytes:
    person = {"user_id": f"U0{who.upper()}", "user_name": who}
    return command(text="v1.2.1", trigger_id=f"{number}.1.abc", **person)


async def test_of_fifty_who_deploy_at_once_one_does(three: Three) -> None:
    answers = await three.ask([asks(who, number) for number, who in enumerate(CROWD)])
    assert {verdict(text) for text in answers} <= {BEGUN, TAKEN, UNSURE}
    # Who could not be told in time, for one on a busy machine, asks until they are.
    numbers = count(100)
    async with asyncio.timeout(PATIENCE):
        for place, who in enumerate(CROWD):
            while verdict(answers[place]) == UNSURE:
                [answers[place]] = await three.ask([asks(who, next(numbers))])
    told = Counter(map(verdict, answers))
    assert told[BEGUN] <= 1 and told[TAKEN] == 50 - told[BEGUN]

    assert len({found for text in answers for found in re.findall(r"\bD\d+", text)}) == 1
    await asked_once(three)


async def test_what_one_sends_fifty_times_is_done_once(three: Three) -> None:
    answers = await three.ask([asks(CROWD[0], 1)] * 50)
    told = Counter(map(verdict, answers))
    assert told[BEGUN] <= 1 and told[REPEATED] + told[UNSURE] == 50 - told[BEGUN]
    await asked_once(three)


async def asked_once(three: Three) -> None:
    """One deployment waits, and the database has no other, whatever number it got."""
    await three.team.passes("PT5S")
    [card] = await three.team.channel()
    assert "Waiting for approval" in card
    assert three.team.bot is not None
    [waiting] = await three.team.bot.store.read(lambda tx: tx.unfinished())
    asked = [row.action for row in await three.team.trail(waiting.name)]
    assert asked.count("requested") == 1
