"""A rollback whose target answers no more does not wait for ever: a person is asked to decide."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.deployments.deployments import Deployment
from bot.domain.deployments.states import Kind, State
from bot.domain.errors import Fault, Unanswered
from bot.domain.rollbacks.target_steps import Progress, TargetStep
from bot.domain.rollbacks.targets import Artifact, Candidate, Fate, Sight, TargetPlan
from bot.ports import Receipt
from bot.services.deployments import stepping
from tests.services.team import START, Team


class Gone:
    """A target whose place cannot be reached."""

    async def current(self) -> Artifact | None:
        raise Fault("ssh", "no route to host")

    async def candidates(self) -> tuple[Candidate, ...]:
        raise Fault("ssh", "no route to host")

    async def plan(self, wanted: Artifact) -> TargetPlan:
        raise Fault("ssh", "no route to host")

    async def start(self, wanted: Artifact, operation: str) -> Receipt:
        raise Fault("ssh", "no route to host")

    async def watch(self, receipt: Receipt) -> Sight:
        raise Fault("ssh", "no route to host")

    async def resolve_unknown(self, wanted: Artifact, operation: str) -> tuple[Receipt, Sight]:
        raise Fault("ssh", "no route to host")


class Back(Gone):
    """One that answers, unless it `is_away`."""

    is_away = False
    fate: Fate | None = None

    async def watch(self, receipt: Receipt) -> Sight:
        if self.is_away:
            return await super().watch(receipt)
        return Sight(fate=self.fate, text="switching", at=START)


class Deaf(Gone):
    """One that tells what it would do; nothing that is sent arrives."""

    async def plan(self, wanted: Artifact) -> TargetPlan:
        return TargetPlan(current=None, wanted=wanted)


class Losing(Deaf):
    """One whose answers get lost, and that knows of nothing that was sent."""

    async def start(self, wanted: Artifact, operation: str) -> Receipt:
        raise Unanswered("ssh", "reset")

    async def resolve_unknown(self, wanted: Artifact, operation: str) -> tuple[Receipt, Sight]:
        return {}, Sight(fate=Fate.FAILED_RESTORED, text="it never began", at=START)


@pytest.fixture
async def team(migrated: Path) -> AsyncIterator[Team]:
    async def on_dispatch(repo: str, file: str, inputs: dict[str, str]) -> int:
        return 0

    made = Team.of(migrated, on_dispatch)
    await made.works()
    assert await made.asks("ana", "v1.1.0") is None
    made.desk = replace(made.desk, targets={("app", "production"): (("web-1", Gone()),)})
    yield made
    await made.close()


async def looked_at(team: Team, minutes: int) -> Deployment:
    """The rollback after looks every minute."""
    for _ in range(minutes):
        await stepping.step(team.desk, 1)
        team.clock.forward(60)
    return await team.newest()


@pytest.mark.parametrize(
    ("progress", "notice"),
    [
        (Progress.WAITING, "Nothing was switched. web-1: {why}; it was not begun in time"),
        (Progress.STARTING, "PARTIAL: production is mixed. web-1: {why}; {look}"),
        (Progress.RUNNING, "PARTIAL: production is mixed. web-1: {why}; {look}"),
    ],
)
async def test_after_its_time_it_is_left_to_a_person_with_an_alert(
    team: Team, progress: Progress, notice: str
) -> None:
    left = await team.newest()
    began_at = None if progress is Progress.WAITING else team.clock.now()
    step = TargetStep(target="web-1", progress=progress, began_at=began_at)
    wish = replace(
        left, kind=Kind.ROLLBACK, state=State.SWITCHING, request_id="D1-a", steps=(step,)
    )
    await team.store.run(lambda tx: tx.save(left, wish))

    waiting = await looked_at(team, 30)
    assert (waiting.state, waiting.waiting_for) == (
        State.SWITCHING,
        "Waiting for the host (no route to host)",
    )
    over = await looked_at(team, 2)
    why, look = "Waiting for web-1 (no route to host)", "not awaited any longer, look at web-1"
    assert over.state is State.DEGRADED
    assert over.notice.startswith(notice.format(why=why, look=look))
    posts = await team.store.read(lambda tx: tx.posts_due(tx.now))
    assert any(over.notice in str(post.message.blocks) for post in posts)


async def test_after_a_pause_of_the_bot_one_failed_look_gives_nothing_up(team: Team) -> None:
    left = await team.newest()
    place, now = Back(), team.clock.now()
    team.desk = replace(team.desk, targets={("app", "production"): (("web-1", place),)})
    step = TargetStep(target="web-1", progress=Progress.RUNNING, began_at=now)
    wish = replace(
        left, kind=Kind.ROLLBACK, state=State.SWITCHING, request_id="D1-a", steps=(step,)
    )
    await team.store.run(lambda tx: tx.save(left, wish))
    await stepping.step(team.desk, 1)

    team.clock.forward(60 * 60)
    place.is_away = True
    began = team.clock.now()
    for pause in (2, 4, 8, 16, 32):
        await stepping.step(team.desk, 1)
        waiting = await team.newest()
        assert waiting.state is State.SWITCHING
        assert waiting.due_at == team.clock.now() + timedelta(seconds=pause)
        team.clock.forward(pause)
    assert team.clock.now() - began >= timedelta(minutes=1)
    place.is_away = False
    place.fate = Fate.SUCCEEDED
    await stepping.step(team.desk, 1)
    assert (await team.newest()).steps[0].fate is Fate.SUCCEEDED


@pytest.mark.parametrize("place", [Deaf(), Losing()])
async def test_what_cannot_be_begun_is_not_tried_for_ever(team: Team, place: Gone) -> None:
    """A try falls on the very moment in which the time of the step is over."""
    left = await team.newest()
    team.desk = replace(team.desk, targets={("app", "production"): (("web-1", place),)})
    step = TargetStep(target="web-1")
    wish = replace(
        left, kind=Kind.ROLLBACK, state=State.SWITCHING, request_id="D1-a", steps=(step,)
    )
    await team.store.run(lambda tx: tx.save(left, wish))
    began = team.clock.now()
    while (now := await team.newest()).state is State.SWITCHING:
        assert team.clock.now() - began < timedelta(minutes=40)
        assert now.due_at is not None
        team.clock.forward(max((now.due_at - team.clock.now()).total_seconds(), 0.5))
        await stepping.step(team.desk, 1)
    assert team.clock.now() - began >= timedelta(minutes=30)
    assert now.state is State.DEGRADED
    assert "web-1: " in now.notice
    assert "it was not begun in time" in now.notice
    assert now.steps[0].fate is Fate.FAILED_RESTORED


async def test_after_a_pause_one_failed_try_gives_nothing_up(team: Team) -> None:
    left = await team.newest()
    team.desk = replace(team.desk, targets={("app", "production"): (("web-1", Deaf()),)})
    step = TargetStep(target="web-1", due_by=team.clock.now())
    wish = replace(
        left, kind=Kind.ROLLBACK, state=State.SWITCHING, request_id="D1-a", steps=(step,)
    )
    await team.store.run(lambda tx: tx.save(left, wish))
    team.clock.forward(60 * 60)
    for pause in (2, 4, 8, 16, 32):
        await stepping.step(team.desk, 1)
        waiting = await team.newest()
        assert (waiting.state, waiting.steps[0].progress) == (State.SWITCHING, Progress.WAITING)
        assert waiting.due_at == team.clock.now() + timedelta(seconds=pause)
        team.clock.forward(pause)
    await stepping.step(team.desk, 1)
    assert (await team.newest()).steps[0].fate is Fate.FAILED_RESTORED
