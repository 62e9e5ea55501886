"""Which runs are known, and from when on they are new."""

from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest

from bot.adapters.store import SqlStore
from bot.domain.deployments.deployments import Deployment
from bot.domain.deployments.states import State
from bot.ports import Stale, Tx
from tests.store.samples import START, a_deployment


def keep(since: datetime, tx: Tx) -> None:
    tx.keep_lookout("acme/app", "release.yml", since)


def add(deployment: Deployment, tx: Tx) -> None:
    tx.add(deployment)


async def test_a_lookout_begins_where_it_was_put_last(store: SqlStore) -> None:
    assert await store.read(lambda tx: tx.lookout("acme/app", "release.yml")) is None
    for since in (START, START + timedelta(hours=1)):
        await store.run(partial(keep, since))
        assert await store.read(lambda tx: tx.lookout("acme/app", "release.yml")) == since
    assert await store.read(lambda tx: tx.lookout("acme/app", "ci.yml")) is None


async def test_the_last_attempt_of_each_run_is_known(store: SqlStore) -> None:
    runs: tuple[dict[str, Any], ...] = (
        {"run_id": 7},
        {"run_id": 7, "run_attempt": 3},
        {"run_id": 8},
        {},
    )
    for facts in runs:
        await store.run(partial(add, a_deployment(state=State.FAILED, **facts)))
    other = a_deployment(state=State.FAILED, repo="acme/web", run_id=9)
    await store.run(lambda tx: tx.add(other))
    assert await store.read(lambda tx: tx.attempts("acme/app", [7, 8, 9])) == {7: 3, 8: 1}


async def test_a_request_id_is_ours_once_it_was_sent(store: SqlStore) -> None:
    await store.run(lambda tx: tx.add(a_deployment(request_id="D1-ab12cd34")))
    assert await store.read(lambda tx: tx.is_request("D1-ab12cd34"))
    assert not await store.read(lambda tx: tx.is_request("D1-00000000"))


async def test_an_attempt_is_one_deployments_unless_it_was_only_taken_over(
    store: SqlStore,
) -> None:
    own = a_deployment(state=State.FAILED, run_id=7)
    await store.run(lambda tx: tx.add(own))
    with pytest.raises(Stale):
        await store.run(lambda tx: tx.add(a_deployment(run_id=7, service="web")))

    merged: dict[str, Any] = {
        "state": State.SUCCEEDED,
        "adopted": True,
        "run_id": 8,
        "environment": "staging",
    }
    await store.run(lambda tx: tx.add(a_deployment(**merged)))
    await store.run(lambda tx: tx.add(a_deployment(**merged, service="web")))
    with pytest.raises(Stale):
        await store.run(lambda tx: tx.add(a_deployment(**merged)))
