"""DigitalOcean's registry and the backups of its databases."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.adapters.digitalocean import DigitalOceanBackups, DigitalOceanRegistry
from bot.domain.errors import Fault, NotFound
from sandbox.world import World
from tests.adapters.at_digitalocean import AtDigitalOcean, at_digitalocean

REPOSITORY = "registry.digitalocean.com/acme/app"


@pytest.fixture
async def api(world: World) -> AsyncIterator[AtDigitalOcean]:
    async with at_digitalocean(world) as made:
        yield made


async def test_a_digest_by_its_tag(api: AtDigitalOcean) -> None:
    registry = api.world.digitalocean.registry
    now = api.world.clock.now()
    registry.push("app", "latest", now, content="v1.2.0")
    found = await DigitalOceanRegistry(api.api).digests(REPOSITORY)

    assert [one.tags for one in found] == [("latest", "v1.2.0"), ("v1.1.0",), ("v1.0.0",)]
    assert found[0].digest == registry.repositories["app"]["v1.2.0"].digest
    assert found[0].at == now.replace(microsecond=0)


async def test_all_pages_of_a_repository_with_a_slash(api: AtDigitalOcean) -> None:
    registry, now = api.world.digitalocean.registry, api.world.clock.now()
    for number in range(250):
        registry.push("web/app", f"build-{number}", now - timedelta(days=100 + number))
    found = await DigitalOceanRegistry(api.api).digests("registry.digitalocean.com/acme/web/app")

    assert len(found) == 253
    assert [one.tags for one in found[:4]] == [("v1.2.0",), ("v1.1.0",), ("v1.0.0",), ("build-0",)]
    asked = api.world.journal.entries("digitalocean")
    assert [row["body"] for row in asked] == [
        {"page": str(page), "per_page": "100"} for page in (1, 2, 3)
    ]


@pytest.mark.parametrize(
    "repository",
    [
        "registry.digitalocean.com/acme/nonesuch",
        "registry.digitalocean.com/other/app",
        "registry.digitalocean.com/app",
        "registry.example/acme/app",
        "app",
        "",
    ],
)
async def test_there_is_no_such_repository(api: AtDigitalOcean, repository: str) -> None:
    with pytest.raises(NotFound):
        await DigitalOceanRegistry(api.api).digests(repository)


async def test_a_registry_that_answers_nonsense(api: AtDigitalOcean) -> None:
    api.world.faults.add(system="digitalocean", kind="bad_json")
    with pytest.raises(Fault) as raised:
        await DigitalOceanRegistry(api.api).digests(REPOSITORY)
    assert raised.value.text == "no usable answer (Tags: 1 mistakes)"


async def test_the_newest_backup_and_its_age(api: AtDigitalOcean) -> None:
    database = api.world.digitalocean.database("app")
    database.backups.reverse()  # no order is promised
    newest = await DigitalOceanBackups(api.api).newest(database.id)
    database.backups.clear()

    now = api.world.clock.now()
    assert newest is not None
    assert newest.id == f"{newest.at:%Y-%m-%dT%H:%M:%SZ}"
    assert timedelta(0) <= newest.age(now) < timedelta(days=1)
    assert newest.gigabytes == 0.031
    assert await DigitalOceanBackups(api.api).newest(database.id) is None


async def test_there_is_no_such_database(api: AtDigitalOcean) -> None:
    with pytest.raises(NotFound):
        await DigitalOceanBackups(api.api).newest("nonesuch")
