"""How everything stands is answered for all places at once, and as each would be by itself."""

from datetime import timedelta

import pytest
from sqlalchemy import event

from bot.adapters.store import SqlStore
from bot.adapters.store.database import open_database
from bot.adapters.store.store import Transaction
from bot.domain.deployments.deployments import Binding
from bot.domain.deployments.sightings import Sighting
from bot.domain.deployments.staging import StagingCheck
from bot.domain.deployments.states import State
from bot.ports import Tx
from tests.store.samples import START, a_deployment

PLACES = [(name, place) for name in ("app", "web", "api") for place in ("production", "staging")]
AT_SIGHT, DEPLOYED, BEFORE = "a" * 40, "b" * 40, "c" * 40


def team(tx: Tx) -> None:
    """app was deployed twice, web was only seen, and nothing is known of api."""
    for hours, version, commit in ((1, "v1.2.0", BEFORE), (3, "v1.2.1", DEPLOYED)):
        for place in ("production", "staging"):
            tx.add(
                a_deployment(
                    environment=place,
                    version=version,
                    state=State.SUCCEEDED,
                    binding=Binding(tag_object="", commit=commit, workflow_blob=""),
                    live_at=START + timedelta(hours=hours),
                )
            )
    tx.add(a_deployment(version="v1.2.2", state=State.AWAITING_APPROVAL))
    tx.add(a_deployment(service="web", version="v7.0.0", state=State.FAILED))
    for name in ("app", "web"):
        tx.keep_sighting(
            Sighting(service=name, environment="staging", at=START, told="v9", commit=AT_SIGHT)
        )
    for name, commit in (("app", DEPLOYED), ("app", AT_SIGHT), ("web", AT_SIGHT)):
        tx.keep_staging_check(
            StagingCheck(service=name, commit=commit, item="loads", passed=True, at=START)
        )


async def test_each_place_stands_as_it_would_alone(store: SqlStore) -> None:
    await store.run(team)
    standings = await store.read(lambda tx: tx.standings(PLACES))
    assert [(one.service, one.environment) for one in standings] == PLACES
    for one in standings:

        def alone(tx: Tx, place: tuple[str, str] = (one.service, one.environment)) -> object:
            staged = tx.on_staging(place[0]) if place[1] == "staging" else None
            return tx.live(*place), tx.holder(*place), tx.sighting(*place), staged

        assert (one.live, one.holder, one.seen, one.staged) == await store.read(alone)
    first, second, _, seen, *_ = standings
    assert first.live and first.live.version == "v1.2.1"
    assert first.holder and first.holder.version == "v1.2.2"
    assert second.staged and second.staged.commit == DEPLOYED
    assert len(second.staged.checks) == 1
    assert seen.live is None and seen.staged and seen.staged.commit == AT_SIGHT


async def test_no_place_stands_nowhere(store: SqlStore) -> None:
    assert await store.read(lambda tx: tx.standings([])) == ()


@pytest.mark.parametrize("services", [1, 60])
async def test_many_places_ask_no_more_than_one(address: str, services: int) -> None:
    places = [(f"s{n}", place) for n in range(services) for place in ("production", "staging")]
    asked: list[str] = []
    database = open_database(address)

    def stand(connection: object) -> None:
        tx = Transaction(connection, START)  # type: ignore[arg-type]
        for name, place in places:
            tx.add(
                a_deployment(service=name, environment=place, state=State.SUCCEEDED, live_at=START)
            )
        event.listen(connection, "before_cursor_execute", lambda *told: asked.append(told[2]))
        assert all(one.live for one in tx.standings(places))

    await database.transact(stand)
    await database.close()
    assert len(asked) == 4
