"""Status posts in the store: one for each incident, changed by one at a time, found when due."""

from datetime import timedelta

import pytest

from bot.adapters.store import SqlStore
from bot.domain.deployments.states import State
from bot.domain.incidents.publishing import Health, Phase, PostState
from bot.ports import Stale
from tests.store.samples import START, a_deployment, a_status_post, an_incident

MINUTE = timedelta(minutes=1)


async def test_a_post_comes_back_as_it_was(store: SqlStore) -> None:
    await store.run(lambda tx: tx.add_incident(an_incident()))
    wanted = a_status_post(1, state=PostState.RETRYING, lost=True, posted="5", url="https://s")
    saved = await store.run(lambda tx: tx.add_status_post(wanted))
    assert saved == wanted.with_(id=1)
    assert await store.run(lambda tx: tx.status_post(1)) == saved
    assert await store.run(lambda tx: tx.status_post(2)) is None
    with pytest.raises(Stale):
        await store.run(lambda tx: tx.add_status_post(a_status_post(1)))


async def test_it_changes_once_and_is_due_when_it_says(store: SqlStore) -> None:
    await store.run(lambda tx: tx.add_incident(an_incident()))
    seen = await store.run(lambda tx: tx.add_status_post(a_status_post(1)))
    over = seen.saying("Over.", Phase.RESOLVED, Health.OPERATIONAL, START + MINUTE, "U0DEE")
    await store.run(lambda tx: tx.save_status_post(seen, over))
    with pytest.raises(Stale):
        await store.run(lambda tx: tx.save_status_post(seen, over))
    assert await store.run(lambda tx: tx.status_posts_due(START)) == ()
    assert await store.run(lambda tx: tx.status_posts_due(START + MINUTE)) == (1,)
    assert await store.run(lambda tx: tx.next_due()) == START + MINUTE


async def test_a_maintenance_is_over_when_its_deployment_is(store: SqlStore) -> None:
    asked = await store.run(lambda tx: tx.add(a_deployment(state=State.AWAITING_APPROVAL)))
    wanted = a_status_post(None, deployment=asked.id, phase=Phase.MAINTENANCE)
    post = await store.run(lambda tx: tx.add_status_post(wanted))
    assert await store.run(lambda tx: tx.maintenance(asked.id)) == post
    assert await store.run(lambda tx: tx.status_post_by_id(post.id)) == post
    assert await store.run(lambda tx: tx.maintenances()) == (post,)
    assert await store.run(lambda tx: tx.maintenances_over()) == ()
    await store.run(lambda tx: tx.save(asked, asked.to(State.CANCELLED, START)))
    assert await store.run(lambda tx: tx.maintenances_over()) == (asked.id,)
    over = post.saying("Over.", Phase.COMPLETED, Health.OPERATIONAL, START, "U0ANA")
    await store.run(lambda tx: tx.save_status_post(post, over))
    assert await store.run(lambda tx: tx.maintenances()) == ()
    assert await store.run(lambda tx: tx.maintenances_over()) == ()


async def test_of_one_monitor_one_incident_is_open(store: SqlStore) -> None:
    await store.run(lambda tx: tx.add_incident(an_incident(source="kuma:1", alerts=1)))
    with pytest.raises(Stale):
        await store.run(lambda tx: tx.add_incident(an_incident(source="kuma:1", alerts=1)))
    await store.run(lambda tx: tx.add_incident(an_incident(source="kuma:2", alerts=1)))
    for _ in range(2):
        await store.run(lambda tx: tx.add_incident(an_incident()))
