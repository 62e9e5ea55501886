"""The local DigitalOcean answers as DigitalOcean's own client expects and describes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

import pytest
from azure.core.exceptions import HttpResponseError
from pydo import Client

from sandbox.digitalocean.app import App
from tests.contracts.pydo_client import ONCE, client, described, faults
from tests.sandbox.github_host import Host, running


@dataclass
class Stage:
    """The app as its owner sees it, and the client, whose answers are judged."""

    host: Host
    client: Client

    @property
    def app(self) -> App:
        return self.host.world.digitalocean.app("app")

    async def ask(self, operation: Callable[..., Any], *words: Any, **more: Any) -> Any:
        told = await asyncio.to_thread(operation, *words, **more, **ONCE)
        if told is not None:
            assert list(faults(described(operation), told)) == []
        return told


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    async with running() as host:
        url = f"{host.world.base_url}/digitalocean"
        yield Stage(host, client(url, host.world.digitalocean.token))


async def test_a_rollback_and_its_revert(stage: Stage) -> None:
    apps, app, to = stage.client.apps, stage.app, stage.app.deployments[1].id
    before = await stage.ask(apps.get, app.id)
    listed = await stage.ask(apps.list_deployments, app.id, page=1, per_page=2)
    valid = await stage.ask(apps.validate_rollback, app.id, {"deployment_id": to})
    made = await stage.ask(apps.create_rollback, app.id, {"deployment_id": to, "skip_pin": False})
    id = made["deployment"]["id"]
    phases = []
    for _ in range(5):
        found = await stage.ask(apps.get_deployment, app.id, id)
        phases.append(found["deployment"]["phase"])
        await stage.host.passes(1)
    pinned = await stage.ask(apps.get, app.id)
    reverted = await stage.ask(apps.revert_rollback, app.id)
    await stage.host.passes(5)
    after = await stage.ask(apps.get, app.id)

    assert before["app"]["active_deployment"]["id"] == app.deployments[2].id
    assert [one["id"] for one in listed["deployments"]] == [
        one.id for one in app.deployments[2:0:-1]
    ]
    assert listed["links"]["pages"]["next"] and listed["meta"] == {"total": 3}
    assert valid == {"valid": True}
    assert made["deployment"]["cloned_from"] == to
    assert phases == ["PENDING_BUILD", "BUILDING", "PENDING_DEPLOY", "DEPLOYING", "ACTIVE"]
    assert pinned["app"]["pinned_deployment"]["id"] == id
    assert after["app"]["active_deployment"]["id"] == reverted["deployment"]["id"]
    assert "pinned_deployment" not in after["app"]


async def test_a_rollback_that_is_committed(stage: Stage) -> None:
    apps, app = stage.client.apps, stage.app
    to = {"deployment_id": app.deployments[0].id}
    await stage.ask(apps.create_rollback, app.id, to)
    busy = await stage.ask(apps.validate_rollback, app.id, to)
    await stage.host.passes(5)
    assert await stage.ask(apps.commit_rollback, app.id) is None

    assert (busy["valid"], busy["error"]["code"]) == (False, "app_pinned")
    assert stage.app.pinned is None


@pytest.mark.parametrize("code", ["database_config_conflict", "region_conflict"])
async def test_why_not_and_what_else(stage: Stage, code: str) -> None:
    stage.app.blocked_by = code
    stage.app.warnings = ["static_site_requires_rebuild", "image_source_missing_digest"]
    to = {"deployment_id": stage.app.deployments[0].id}
    told = await stage.ask(stage.client.apps.validate_rollback, stage.app.id, to)

    assert told["error"]["code"] == code
    assert [one["code"] for one in told["warnings"]] == stage.app.warnings


async def test_tags_of_a_repository_with_a_slash(stage: Stage) -> None:
    registries = stage.client.registries
    told = await stage.ask(registries.list_repository_tags, "acme", "web/app", per_page=2, page=2)

    assert [one["tag"] for one in told["tags"]] == ["v1.2.0"]
    assert told["meta"] == {"total": 3}


async def test_backups(stage: Stage) -> None:
    [id] = stage.host.world.digitalocean.databases
    told = await stage.ask(stage.client.databases.list_backups, id)

    assert len(told["backups"]) == 7


async def test_each_no_arrives(stage: Stage) -> None:
    apps = stage.client.apps
    gone = await asyncio.to_thread(apps.get, "nonesuch", **ONCE)
    assert list(faults(described(apps.get, 404), gone)) == []
    assert gone["id"] == "not_found"
    stage.host.world.faults.add(system="digitalocean", kind="rate_limit")
    with pytest.raises(HttpResponseError) as busy:
        await stage.ask(apps.get, stage.app.id)
    stranger = client(f"{stage.host.world.base_url}/digitalocean", "stolen")
    with pytest.raises(HttpResponseError) as no:
        await stage.ask(stranger.apps.get, stage.app.id)

    assert (busy.value.status_code, no.value.status_code) == (429, 401)


def test_the_judge_notices_what_is_missing_what_is_unknown_and_what_is_wrong() -> None:
    apps = client("http://127.0.0.1:1", "").apps
    answer = {"deployment": {"phase": "FINE", "colour": "red", "created_at": "soon", "id": 7}}

    assert sorted(faults(described(apps.get_deployment), answer)) == [
        "/deployment/colour is unknown",
        "/deployment/created_at is no time: 'soon'",
        "/deployment/id is a int",
        "/deployment/phase is 'FINE'",
    ]
    assert list(faults(described(apps.get, 404), {"id": "not_found"})) == ["/message is missing"]
