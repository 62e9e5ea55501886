"""Which kinds of work may have something due: none of them is overlooked, and none is due early."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.adapters.store import SqlStore
from bot.domain.closures.locks import Lock
from bot.domain.deployments.mirrors import Mirror
from bot.domain.deployments.states import State
from bot.domain.incidents.publishing import Phase
from bot.ports import Chore, Tx
from tests.store.samples import (
    START,
    HandClock,
    a_deployment,
    a_page,
    a_picture_wish,
    a_post,
    a_release_draft,
    a_remedy,
    a_status_post,
    a_waiting_deployment,
    an_annotation,
    an_incident,
    an_inspection,
    an_own_channel,
)

SOON = START + timedelta(minutes=1)
LOCK = Lock(
    service="app",
    environment="production",
    owner="U0DEE",
    reason="moving",
    set_at=START,
    expires_at=SOON,
)
MIRROR = Mirror(deployment=1, repo="acme/app", environment="production", number=7)


def mirrored(tx: Tx) -> None:
    tx.add(a_deployment(state=State.SUCCEEDED))
    tx.add_mirror(replace(MIRROR, due_at=SOON))


def paged(tx: Tx) -> None:
    tx.add_page(replace(a_page(tx.add_incident(an_incident()).id), due_at=SOON))


def published(tx: Tx) -> None:
    tx.add_status_post(replace(a_status_post(tx.add_incident(an_incident()).id), due_at=SOON))


def roomy(tx: Tx) -> None:
    tx.add_own_channel(an_own_channel(tx.add_incident(an_incident()).id, due_at=SOON))


def opened(tx: Tx) -> None:
    tx.add_incident(an_incident(due_at=SOON))


def restored(tx: Tx) -> None:
    tx.add_incident(an_incident(draft_due_at=SOON))


def announced(tx: Tx) -> None:
    tx.add_status_post(
        a_status_post(None, deployment=tx.add(a_deployment()).id, phase=Phase.MAINTENANCE)
    )


LATER: dict[Chore, Callable[[Tx], object]] = {
    Chore.DEPLOYMENTS: lambda tx: tx.add(a_deployment(due_at=SOON)),
    Chore.POSTS: lambda tx: tx.post(a_post("k", due_at=SOON)),
    Chore.LOCKS: lambda tx: tx.add_lock(LOCK),
    Chore.INCIDENTS: opened,
    Chore.PAGES: paged,
    Chore.STATUS_POSTS: published,
    Chore.OWN_CHANNELS: roomy,
    Chore.POSTMORTEMS: restored,
    Chore.MIRRORS: mirrored,
    Chore.TWINS: lambda tx: tx.set_twin_look(tx.add(a_deployment()).id, SOON),
    Chore.RELEASE_DRAFTS: lambda tx: tx.add_release_draft(a_release_draft(due_at=SOON)),
    Chore.REMEDIES: lambda tx: tx.add_remedy(a_remedy(due_at=SOON)),
    Chore.INSPECTIONS: lambda tx: tx.add_inspection(an_inspection(1, due_at=SOON)),
    Chore.ANNOTATIONS: lambda tx: tx.add_annotation(an_annotation(1, due_at=SOON)),
    Chore.PICTURES: lambda tx: tx.want_picture(a_picture_wish(due_at=SOON)),
}
AT_ONCE: dict[Chore, Callable[[Tx], object]] = {
    Chore.CARDS: lambda tx: tx.add(a_waiting_deployment()),
    Chore.ROOMS: lambda tx: tx.add_incident(an_incident()),
    Chore.MAINTENANCES: announced,
    Chore.HOMES: lambda tx: tx.want_home("U0ANA"),
    Chore.AUDIT: lambda tx: tx.audit("U0ANA", "asked", "D1"),
}


async def test_in_an_empty_store_there_is_none(store: SqlStore) -> None:
    assert await store.read(lambda tx: tx.chores()) == frozenset()


@pytest.mark.parametrize(("chore", "put"), LATER.items(), ids=LATER)
async def test_it_is_there_when_its_time_has_come(
    store: SqlStore, clock: HandClock, chore: Chore, put: Callable[[Tx], object]
) -> None:
    await store.run(put)
    assert chore not in await store.read(lambda tx: tx.chores())
    clock.forward(minutes=1)
    assert chore in await store.read(lambda tx: tx.chores())


@pytest.mark.parametrize(("chore", "put"), AT_ONCE.items(), ids=AT_ONCE)
async def test_what_has_no_time_of_its_own_is_there_at_once(
    store: SqlStore, chore: Chore, put: Callable[[Tx], object]
) -> None:
    await store.run(put)
    assert chore in await store.read(lambda tx: tx.chores())


def test_every_kind_is_tried() -> None:
    assert {*LATER, *AT_ONCE} == {*Chore}
