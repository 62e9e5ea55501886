"""What follows from the end of a deployment follows whoever ends it: a step, or a person."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from bot import config
from bot.adapters.store import SqlStore
from bot.domain.deployments.annotations import went_live
from bot.domain.deployments.deployments import Deployment
from bot.domain.deployments.states import Kind, State
from bot.domain.people import Actor, Role, Standing
from bot.ports import Tx
from bot.services.deployments import decisions
from bot.services.rollbacks import reversals
from tests.services.database import Memory
from tests.services.team import CONFIG, PEOPLE, HandClock, Team
from tests.store.samples import a_deployment


@pytest.mark.parametrize(("how", "words"), [("cancel", "was cancelled"), ("close", "failed")])
async def test_an_incident_hears_of_what_a_person_ends(
    migrated: Path, how: str, words: str
) -> None:
    async def on_dispatch(repo: str, file: str, inputs: dict[str, str]) -> int:
        return 0

    team = Team.of(migrated, on_dispatch, followed=True)
    await team.works()
    assert await team.asks("ana", "v1.1.0") is None
    await team.works()
    await team.suffers("app")
    number = (await team.newest()).id
    if how == "cancel":
        assert await team.cancels("ana", number) is None
    else:
        assert await team.approves("bo", number) is None
        team.hub.answers = ["dropped"] * 9
        for seconds in (1, 60, 300, 700):
            await team.passes(seconds)
        who = PEOPLE["bo"]
        close = partial(decisions.close_failed, deployment_id=number, slack_id=who)
        assert await team.does(lambda tx: close(tx, team.config)) is None
    told = await team.store.read(lambda tx: [event.text for event in tx.events(1)])
    assert f"Release D{number} (v1.1.0) {words}" in told
    await team.close()


async def test_what_is_marked_good_goes_live_with_that(migrated: Path) -> None:
    told: list[bool] = []

    def follow(tx: Tx, old: Deployment, new: Deployment) -> None:
        told.append(went_live(old, new))

    store = SqlStore(Memory(migrated), HandClock(), [follow])
    bo = Actor(slack_id="U0BO", standing=Standing.MEMBER, roles=frozenset({Role.APPROVER}))

    def mark(tx: Tx) -> None:
        tx.keep_people([(bo, "Bo")])
        bad = tx.add(a_deployment(state=State.DEGRADED))
        decisions.mark_good(tx, config.parse(CONFIG), bad.id, "U0BO")

    await store.run(mark)
    assert told == [True]
    await store.close()


async def test_a_rollback_stays_once_anything_else_is_live_well_or_not(migrated: Path) -> None:
    clock, rules = HandClock(), config.parse(CONFIG)
    store = SqlStore(Memory(migrated), clock, [partial(reversals.follow, rules)])

    def live(tx: Tx) -> tuple[Deployment, Deployment]:
        back = a_deployment(kind=Kind.ROLLBACK, state=State.SUCCEEDED, rolls_back="D9")
        rollback = tx.add(back.with_(live_at=clock.now()))
        return rollback, tx.add(a_deployment(state=State.VALIDATING))

    rollback, other = await store.run(live)

    async def stays() -> bool:
        found = await store.read(lambda tx: tx.deployment(rollback.id))
        assert found is not None
        return found.stays

    seen = await store.run(lambda tx: tx.save(other, other.with_(notice="HTTP 500")))
    assert not await stays()
    bad = seen.to(State.DEGRADED, clock.now(), live_at=clock.now())
    await store.run(lambda tx: tx.save(seen, bad))
    assert await stays()
    await store.close()
