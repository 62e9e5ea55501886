"""Of two bots that find a step of a rollback due, or a look at the database, one sends it; the
other leaves it alone until the answer must have come.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot import config
from bot.domain.deployments import inspections
from bot.domain.deployments.inspections import Inspection
from bot.domain.deployments.states import Kind, State
from bot.domain.errors import Fault
from bot.domain.rollbacks.target_steps import Progress, TargetStep
from bot.domain.rollbacks.targets import Artifact, Candidate, Fate, Sight, TargetPlan
from bot.ports import Card, Receipt, Stale
from bot.ports.fences import pass_fence
from bot.ports.silences import tell
from bot.services.deployments import inspecting, stepping
from bot.services.deployments.silences import heard, with_silence
from bot.services.rollbacks import claims
from tests.services.team import CONFIG, START, Team


@pytest.fixture
async def team(migrated: Path) -> AsyncIterator[Team]:
    async def on_dispatch(repo: str, file: str, inputs: dict[str, str]) -> int:
        return 0

    made = Team.of(migrated, on_dispatch)
    await made.works()
    assert await made.asks("ana", "v1.1.0") is None
    yield made
    await made.close()


@dataclass
class Host:
    """A target whose answer to the first start takes until `answers` is set; before that nothing is
    to be seen there of what was begun.
    """

    started: list[str] = field(default_factory=list)
    looked_for: list[str] = field(default_factory=list)
    is_asked: asyncio.Event = field(default_factory=asyncio.Event)
    answers: asyncio.Event = field(default_factory=asyncio.Event)

    async def current(self) -> Artifact | None:
        return None

    async def candidates(self) -> tuple[Candidate, ...]:
        return ()

    async def plan(self, wanted: Artifact) -> TargetPlan:
        return TargetPlan(current=None, wanted=wanted)

    async def start(self, wanted: Artifact, operation: str) -> Receipt:
        self.started.append(operation)
        self.is_asked.set()
        if len(self.started) == 1:
            await self.answers.wait()
        return {"operation": operation}

    async def undo(self, receipt: Receipt, operation: str) -> Receipt:
        return await self.start(Artifact(id=receipt["from"]), operation)

    async def watch(self, receipt: Receipt) -> Sight:
        return Sight(fate=None, text="goes on", at=START)

    async def resolve_unknown(self, wanted: Artifact, operation: str) -> tuple[Receipt, Sight]:
        self.looked_for.append(operation)
        if self.answers.is_set():
            return {"operation": operation}, Sight(fate=None, text="goes on", at=START)
        return {}, Sight(fate=Fate.FAILED_RESTORED, text="it never began", at=START)


async def goes_back(team: Team, step: TargetStep) -> Host:
    """D1 has become a rollback that is at this step of `web-1`."""
    host, left = Host(), await team.newest()
    team.desk = replace(team.desk, targets={("app", "production"): (("web-1", host),)})
    wish = replace(
        left,
        kind=Kind.ROLLBACK,
        state=State.SWITCHING,
        request_id="D1-a",
        steps=(step,),
        due_at=team.clock.now(),
    )
    await team.store.run(lambda tx: tx.save(left, wish))
    return host


async def sending(team: Team, host: Host) -> asyncio.Task[None]:
    """A bot that waits for the answer of the host."""
    task = asyncio.create_task(stepping.step(team.desk, 1))
    await asyncio.wait_for(host.is_asked.wait(), 5)
    return task


STEPS = [
    TargetStep(target="web-1"),
    TargetStep(target="web-1", undoes={"from": "sha256:1"}),
    TargetStep(target="web-1", undoes={"from": "sha256:1"}, progress=Progress.STARTING),
]


@pytest.mark.parametrize("step", STEPS)
async def test_a_step_of_a_rollback_is_left_to_who_sends_it(team: Team, step: TargetStep) -> None:
    host = await goes_back(team, step)
    first = await sending(team, host)
    for _ in range(4):
        team.clock.forward(4)
        await stepping.step(team.desk, 1)
    host.answers.set()
    await first
    assert (host.started, host.looked_for) == (["D1-a-1-1"], [])
    [kept] = (await team.newest()).steps
    assert (kept.progress, kept.receipt) == (Progress.RUNNING, {"operation": "D1-a-1-1"})
    team.clock.forward(5)
    await stepping.step(team.desk, 1)
    assert (await team.newest()).steps[0].text == "goes on"


async def test_what_a_killed_bot_was_sending_another_one_looks_for_first(team: Team) -> None:
    host = await goes_back(team, STEPS[0])
    killed = await sending(team, host)
    killed.cancel()
    team.clock.forward(19)
    await stepping.step(team.desk, 1)
    assert host.looked_for == []
    team.clock.forward(1)
    await stepping.step(team.desk, 1)
    assert (host.started, host.looked_for) == (["D1-a-1-1"], ["D1-a-1-1"])


async def renewed(team: Team) -> None:
    """Until the claim of the first step was said once more."""
    said = (await team.newest()).due_at
    async with asyncio.timeout(5):
        while (await team.newest()).due_at == said:
            await asyncio.sleep(0.01)


async def test_who_lives_says_so_again_and_nobody_else_takes_the_step(team: Team) -> None:
    host = await goes_back(team, STEPS[0])
    claim = await claims.take(team.desk, await team.newest(), 0)
    async with claim.renewed(timedelta(milliseconds=20)):
        for _ in range(4):
            team.clock.forward(14)
            await renewed(team)
            assert claim.holds()
            await stepping.step(team.desk, 1)
    assert claim.deployment == await team.newest()
    assert (host.started, host.looked_for) == ([], [])


async def test_who_is_silent_is_told_for_as_long_as_a_step_is_said_to_go_on(team: Team) -> None:
    await goes_back(team, STEPS[0])
    card = Card(deployment=1, channel="C", ts="1.0", revision=1, shown="", shown_at=START)
    await team.store.run(lambda tx: tx.keep_card(card))
    claim = await claims.take(team.desk, await team.newest(), 0)
    async with heard(team.desk, 1), claim.renewed(timedelta(milliseconds=20)):
        tell("ssh")
        for _ in range(4):
            team.clock.forward(6)
            await renewed(team)
            going_on, kept = await team.store.read(lambda tx: (tx.deployment(1), tx.card(1)))
            assert going_on is not None and kept is not None
            told = with_silence(going_on, kept.silence, team.clock.now())
            assert told.waiting_for.startswith("Waiting for the host (no answer")


async def test_who_was_paused_sends_nothing_any_more(team: Team) -> None:
    host = await goes_back(team, STEPS[0])
    claim = await claims.take(team.desk, await team.newest(), 0)
    async with claim.renewed():  # and it gets no time to say so again
        pass_fence("vercel")
        team.clock.forward(20)
        await stepping.step(team.desk, 1)  # another bot looks, and finds that it never began
        host.answers.set()
        await stepping.step(team.desk, 1)
        assert (host.looked_for, host.started) == (["D1-a-1-1"], ["D1-a-1-1"])
        with pytest.raises(Fault, match="another bot may do it by now"):
            pass_fence("vercel")
    pass_fence("vercel")


async def test_what_another_bot_took_is_not_said_to_be_ours_again(team: Team) -> None:
    host = await goes_back(team, STEPS[0])
    claim = await claims.take(team.desk, await team.newest(), 0)
    team.clock.forward(20)
    await stepping.step(team.desk, 1)  # it never began
    host.answers.set()
    await stepping.step(team.desk, 1)
    theirs = await team.newest()
    team.clock.time = START  # so that it is not for the time that it does not hold
    async with claim.renewed(timedelta(milliseconds=1)), asyncio.timeout(5):
        while claim.holds():
            await asyncio.sleep(0.01)
    assert await team.newest() == theirs


async def test_a_click_in_that_moment_does_not_make_the_rollback_wait(team: Team) -> None:
    host = await goes_back(team, STEPS[0])
    first = await sending(team, host)
    going = await team.newest()
    await team.store.run(lambda tx: tx.save(going, going.with_(notice="bo watches it")))
    host.answers.set()
    with pytest.raises(Stale):
        await first
    await stepping.step(team.desk, 1)
    now = await team.newest()
    assert (host.started, host.looked_for) == (["D1-a-1-1"], ["D1-a-1-1"])
    assert (now.notice, now.steps[0].progress) == ("bo watches it", Progress.RUNNING)


async def test_a_look_at_the_database_is_left_to_who_sends_it(team: Team) -> None:
    asked, answers = asyncio.Event(), asyncio.Event()

    async def on_call(call: str) -> None:
        if call == "workflow":  # it is asked for before the run
            asked.set()
            await answers.wait()

    team.hub.on_call = on_call
    text = "repo: acme/app\n    migrations: {paths: ['*.sql'], workflow: migrate.yml}\n"
    rules = config.parse(CONFIG.replace("repo: acme/app\n", text))
    team.desk = replace(team.desk, config=rules)
    team.hub.blobs["acme/app", "migrate.yml"] = "blob of migrate.yml"
    now, steps = team.clock.now(), inspections.steps()
    wish = Inspection(deployment=1, request_id="D1-a", steps=steps, due_at=now)
    await team.store.run(lambda tx: tx.add_inspection(wish))
    first = asyncio.create_task(inspecting.step(team.desk, 1))
    await asyncio.wait_for(asked.wait(), 5)
    for _ in range(4):
        team.clock.forward(20)
        await inspecting.step(team.desk, 1)
    answers.set()
    await first
    found = await team.store.read(lambda tx: tx.inspection(1))
    assert found is not None
    assert (
        found.steps[0].text
        == "migrate.yml has no job “migrate”, so nobody could tell what its run did"
    )
