"""What is said of a pin that is no longer there: what was read, and no more."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import pytest

from bot.domain.deployments.states import State
from bot.domain.rollbacks.rescue import Rescue
from bot.domain.rollbacks.target_steps import Progress, TargetStep
from bot.domain.rollbacks.targets import Artifact, Candidate, Fate, Sight, TargetPlan
from bot.messages.blocks import Message
from bot.ports import Post, Receipt, Stale, Tx
from bot.services.desk import card_key
from bot.services.rollbacks import pins, rollbacks
from tests.services.team import PEOPLE, Team

UNTOUCHED = "nothing is changed, or looked for, because of a pin"
PINNED = "later deployments do not go live"


@dataclass
class Place:
    """A target that says what runs there, and lifts its pin when it is asked to; what happens
    `meanwhile`, happens before it answers that.
    """

    runs: Artifact | None = field(default_factory=lambda: Artifact(id="dpl_1", pinned=PINNED))
    meanwhile: Callable[[], Awaitable[object]] | None = None

    async def unpin(self) -> None:
        if self.meanwhile is not None:
            await self.meanwhile()
        if self.runs is not None:
            self.runs = replace(self.runs, pinned="")

    async def current(self) -> Artifact | None:
        return self.runs

    async def candidates(self) -> tuple[Candidate, ...]:
        raise AssertionError(UNTOUCHED)

    async def plan(self, wanted: Artifact) -> TargetPlan:
        raise AssertionError(UNTOUCHED)

    async def start(self, wanted: Artifact, operation: str) -> Receipt:
        raise AssertionError(UNTOUCHED)

    async def watch(self, receipt: Receipt) -> Sight:
        raise AssertionError(UNTOUCHED)

    async def resolve_unknown(self, wanted: Artifact, operation: str) -> tuple[Receipt, Sight]:
        raise AssertionError(UNTOUCHED)


@pytest.fixture
async def team(migrated: Path) -> AsyncIterator[Team]:
    """D1 left web pinned, and its card is posted."""

    async def on_dispatch(repo: str, file: str, inputs: dict[str, str]) -> int:
        return 0

    made = Team.of(migrated, on_dispatch)
    await made.works()
    assert await made.asks("ana", "v1.1.0") is None
    left = await made.newest()
    step = TargetStep(
        target="web", progress=Progress.ENDED, fate=Fate.SUCCEEDED, pinned=PINNED, text="it runs"
    )

    def keep(tx: Tx) -> None:
        tx.save(left, left.with_(steps=(step,)))
        tx.post(Post(key=card_key(1), channel="C0DEPLOY", message=Message("D1")))
        card = next(post for post in tx.posts_due(tx.now) if post.key == card_key(1))
        tx.mark_sent(card, "C0DEPLOY", "1711447200.000100")

    await made.store.run(keep)
    yield made
    await made.close()


@pytest.fixture
def place(team: Team) -> Place:
    made = Place()
    team.desk = replace(team.desk, targets={("app", "production"): (("web", made),)})
    return made


async def goes_back(team: Team) -> None:
    """A rollback begins there."""

    def begins(tx: Tx) -> None:
        [left] = tx.pinned()
        tx.save(left, left.end(State.CANCELLED, tx.now, "superseded", ""))
        wish = Rescue(version="v1.0.0", by=PEOPLE["bo"])
        rollbacks.begin(tx, team.config, ("app", "production"), wish, takes_back=None)

    await team.store.run(begins)


async def said(team: Team) -> list[str]:
    """What the thread is told after the next look."""
    await pins.look(team.desk, "app", "production")
    posts = await team.store.read(lambda tx: tx.posts_due(tx.now))
    return [p.message.text for p in posts if p.key.endswith("unpinned-web")]


async def test_who_wanted_it_lifted_is_named(team: Team, place: Place) -> None:
    await team.does(lambda tx: pins.lift(tx, 1, PEOPLE["bo"]))
    told = "The pin of web was lifted for <@U0BO>. Later deployments go live there again."
    assert await said(team) == [told]


async def test_nobody_knows_who_lifted_it_otherwise(team: Team, place: Place) -> None:
    """An undo may have, or the button of a newer rollback, or somebody at the target."""
    assert await said(team) == []
    await place.unpin()
    assert await said(team) == ["The pin of web is gone. Later deployments go live there again."]


async def test_where_nothing_runs_nothing_is_known_of_it(team: Team, place: Place) -> None:
    place.runs = None
    assert await said(team) == []
    assert (await team.newest()).steps[0].pinned == PINNED


async def test_a_wish_to_lift_a_pin_is_not_carried_out_on_that_of_the_next_rollback(
    team: Team, place: Place
) -> None:
    await team.does(lambda tx: pins.lift(tx, 1, PEOPLE["bo"]))
    await goes_back(team)
    assert await said(team) == []
    assert place.runs is not None
    assert place.runs.pinned == PINNED


async def test_nor_on_that_of_a_rollback_that_begins_while_another_target_is_asked(
    team: Team, place: Place
) -> None:
    other = Place()
    team.desk = replace(
        team.desk, targets={("app", "production"): (("web", place), ("api", other))}
    )
    place.meanwhile = partial(goes_back, team)
    left = await team.newest()
    both = (*left.steps, replace(left.steps[0], target="api"))
    await team.store.run(lambda tx: tx.save(left, left.with_(steps=both)))
    await team.does(lambda tx: pins.lift(tx, 1, PEOPLE["bo"]))
    with pytest.raises(Stale):
        await pins.look(team.desk, "app", "production")
    assert other.runs is not None
    assert other.runs.pinned == PINNED
