"""The local Vercel is Vercel enough for Vercel's own client, which checks every field."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass

import pytest

from sandbox.vercel.project import Plan, Project
from tests.contracts import vercel_sdk
from tests.contracts.vercel_sdk import Client
from tests.sandbox.github_host import Host, running

TOKEN = "local-vercel-token"


@dataclass
class Stage:
    """The project as its owner sees it, and the client."""

    host: Host
    client: Client

    @property
    def project(self) -> Project:
        return self.host.world.vercel.project("app")

    @property
    def ids(self) -> list[str]:
        """The deployments, oldest first."""
        return [one.id for one in self.project.deployments]


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    with vercel_sdk.running() as made:
        yield made


@pytest.fixture
async def stage(client: Client) -> AsyncIterator[Stage]:
    async with running() as host:
        await client.ask("connect", f"{host.world.base_url}/vercel", TOKEN)
        yield Stage(host, client)


async def test_back_and_forth(stage: Stage) -> None:
    oldest, older, newest = stage.ids
    at_first = await stage.client.ask("project")
    await stage.client.ask("rollback", older)
    under_way = (await stage.client.ask("project"))["lastAliasRequest"]
    await stage.host.passes(2)
    rolled_back = await stage.client.ask("project")
    await stage.client.ask("promote", newest)
    await stage.host.passes(2)
    promoted = await stage.client.ask("project")

    assert at_first == {
        "production": newest,
        "autoAssignCustomDomains": True,
        "lastAliasRequest": None,
    }
    requested = under_way.pop("requestedAt")
    assert abs(requested - stage.host.world.clock.now().timestamp() * 1000) < 60_000
    move = {"fromDeploymentId": newest, "toDeploymentId": older, "type": "rollback"}
    assert under_way == move | {"jobStatus": "pending"}
    assert rolled_back["lastAliasRequest"] == move | {
        "jobStatus": "succeeded",
        "requestedAt": requested,
    }
    assert rolled_back["description"] == "gonogo R7-web; auto-assign on"
    assert (rolled_back["production"], rolled_back["autoAssignCustomDomains"]) == (older, False)
    assert (promoted["production"], promoted["autoAssignCustomDomains"]) == (newest, True)
    assert oldest in [row[0] for row in await stage.client.ask("candidates")]


async def test_what_is_listed(stage: Stage) -> None:
    oldest, older, newest = stage.ids
    stage.project.deployments[0].candidate = False

    assert await stage.client.ask("deployments") == [
        [newest, "READY", False],
        [older, "READY", True],
        [oldest, "READY", False],
    ]
    assert await stage.client.ask("candidates") == [[older, "READY", True]]


async def test_a_rolling_release_and_what_waits_for_it(stage: Stage) -> None:
    stage.project.rolling = stage.ids[-1]
    stage.project.production = stage.ids[1]

    assert await stage.client.ask("rolling") == stage.ids[-1]
    await stage.client.ask("promote", stage.ids[0])
    assert stage.project.queued == stage.ids[0]
    assert stage.host.world.journal.entries("vercel", "POST")[-1]["status"] == 202
    await stage.client.ask("rollback", stage.ids[1])
    await stage.host.passes(2)
    job = (await stage.client.ask("project"))["lastAliasRequest"]
    assert job["fromRollingReleaseId"] == stage.ids[-1]
    assert await stage.client.ask("rolling") is None


async def test_domains_that_did_not_move(stage: Stage) -> None:
    stage.project.rollback(stage.ids[1], "")
    await stage.host.passes(2)
    stage.project.next = Plan("failed", left=1)
    await stage.client.ask("promote", stage.ids[-1])
    await stage.host.passes(2)

    [domain] = await stage.client.ask("aliases")
    assert (domain["alias"], domain["status"]) == ("app.acme.example", "failed")
    assert (await stage.client.ask("project"))["lastAliasRequest"]["jobStatus"] == "failed"


async def test_the_flag_that_is_put_back(stage: Stage) -> None:
    assert await stage.client.ask("assign", False) is False
    assert stage.project.auto_assign is False


async def test_each_no_arrives(stage: Stage) -> None:
    stage.project.plan = "hobby"
    for words, status in (
        (("rollback", stage.ids[0]), 402),
        (("rollback", "dpl_nonesuch"), 404),
        (("rollback", stage.ids[-1]), 409),
        (("promote", stage.ids[-1]), 409),
    ):
        assert (await stage.client.try_to(*words))["status"] == status, words
    stage.host.world.faults.add(system="vercel", kind="rate_limit")
    assert (await stage.client.try_to("project"))["status"] == 429
    await stage.client.ask("connect", f"{stage.host.world.base_url}/vercel", "stolen")
    told = await stage.client.try_to("project")
    assert told["status"] == 403
    assert '"invalidToken": true' in told["body"]


async def test_the_client_notices_a_word_that_vercel_does_not_have(stage: Stage) -> None:
    stage.project.deployments[0].state = "FINE"

    assert (await stage.client.try_to("deployments"))["error"] == "ResponseValidationError"
    assert (await stage.client.try_to("project"))["error"] == "ResponseValidationError"
