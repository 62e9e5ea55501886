"""What runs on staging, and what was found about that very commit."""

from datetime import timedelta

from bot.adapters.store import SqlStore
from bot.domain.deployments.deployments import Binding
from bot.domain.deployments.sightings import Sighting
from bot.domain.deployments.staging import StagingCheck
from bot.domain.deployments.states import State
from bot.ports import Tx
from tests.store.samples import START, a_deployment

OLD, NEW = "a" * 40, "b" * 40


def a_check(commit: str, item: str = "loads", *, passed: bool = True) -> StagingCheck:
    return StagingCheck(
        service="app", commit=commit, item=item, passed=passed, at=START, by="U0ANA"
    )


def seen(tx: Tx) -> None:
    tx.keep_sighting(
        Sighting(service="app", environment="staging", at=START, told="v1.2.0", commit=OLD)
    )


def deployed(tx: Tx) -> None:
    binding = Binding(tag_object="", commit=NEW, workflow_blob="")
    tx.add(
        a_deployment(
            environment="staging",
            version="main@bbbbbbb",
            state=State.SUCCEEDED,
            binding=binding,
            live_at=START + timedelta(hours=1),
        )
    )


async def test_nothing_is_on_staging_before_anything_was_seen(store: SqlStore) -> None:
    assert await store.read(lambda tx: tx.on_staging("app")) is None


async def test_what_was_deployed_outweighs_what_was_seen_before(store: SqlStore) -> None:
    await store.run(seen)
    found = await store.read(lambda tx: tx.on_staging("app"))
    assert found is not None
    assert (found.version, found.commit, found.deployment) == ("v1.2.0", OLD, None)
    await store.run(deployed)
    found = await store.read(lambda tx: tx.on_staging("app"))
    assert found is not None
    assert (found.version, found.commit, found.deployment) == ("main@bbbbbbb", NEW, 1)
    assert await store.read(lambda tx: tx.on_staging("web")) is None


async def test_checks_are_of_one_commit_and_the_last_one_counts(store: SqlStore) -> None:
    await store.run(deployed)
    for check in (a_check(OLD), a_check(NEW, passed=False), a_check(NEW), a_check(NEW, "api")):

        def keep(tx: Tx, one: StagingCheck = check) -> None:
            tx.keep_staging_check(one)

        await store.run(keep)
    found = await store.read(lambda tx: tx.on_staging("app"))
    assert found is not None
    assert {(one.commit, one.item, one.passed) for one in found.checks} == {
        (NEW, "loads", True),
        (NEW, "api", True),
    }


async def test_a_sighting_comes_back_as_it_was(store: SqlStore) -> None:
    kept = Sighting(
        service="app",
        environment="staging",
        at=START,
        told="v1.2.0",
        commit=OLD,
        differs=3,
        alarm="drift:app:staging:1",
        base=f"{OLD}...{NEW}",
        ahead=2,
        behind=0,
    )
    await store.run(lambda tx: tx.keep_sighting(kept))
    assert await store.read(lambda tx: tx.sighting("app", "staging")) == kept
