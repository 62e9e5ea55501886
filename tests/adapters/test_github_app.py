"""The App's way into GitHub: short tokens, few requests for them, few rights."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.adapters.github import Installation, PyGithubAdapter
from bot.adapters.github.installation import RENEW_BEFORE
from bot.domain.errors import Declined, Fault, NotFound
from sandbox.world import World

APP = "acme/app"


@pytest.fixture
async def github(world: World) -> AsyncIterator[PyGithubAdapter]:
    made = installed(world)
    yield made
    await made.close()


def installed(world: World, **changes: Any) -> PyGithubAdapter:
    app = world.github.app
    details = {
        "app_id": str(app.id),
        "private_key": app.pem(),
        "installation_id": app.installation,
        "repositories": (APP,),
        **changes,
    }
    url = f"{world.base_url}/github"
    return PyGithubAdapter(url, Installation(url, **details), timeout=10)


def minted(world: World) -> list[Any]:
    """What the tokens that were asked for should be narrowed to."""
    rows = world.journal.entries("github", "POST")
    return [row["body"] for row in rows if str(row["path"]).endswith("/access_tokens")]


async def test_one_token_serves_many_requests_at_once(
    world: World, github: PyGithubAdapter
) -> None:
    await asyncio.gather(*(github.tag(APP, "v1.2.1") for _ in range(8)), github.tags(APP))

    assert len(minted(world)) == 1


async def test_a_token_is_for_these_repositories_and_rights_alone(
    world: World, github: PyGithubAdapter
) -> None:
    await github.tag(APP, "v1.2.1")

    [narrowed] = minted(world)
    assert narrowed == {
        "repositories": ["app"],
        "permissions": {
            "actions": "write",
            "checks": "read",
            "contents": "write",
            "deployments": "write",
            "issues": "write",
            "members": "read",
            "metadata": "read",
            "pull_requests": "write",
            "statuses": "read",
            "workflows": "write",
        },
    }


async def test_no_more_is_asked_for_than_was_granted(world: World, github: PyGithubAdapter) -> None:
    world.github.app.permissions = {"actions": "write", "contents": "read", "metadata": "read"}
    await github.tag(APP, "v1.2.1")

    assert minted(world)[0]["permissions"] == world.github.app.permissions
    access = await github.access()
    assert access.missing == ("checks: read", "pull_requests: read", "statuses: read")
    assert access.forgone == (
        "contents: write",
        "deployments: write",
        "issues: write",
        "members: read",
        "pull_requests: write",
        "workflows: write",
    )
    with pytest.raises(Declined, match="Resource not accessible by integration"):
        await github.checks(APP, "v1.2.1")


async def test_a_repository_that_is_not_the_apps_stops_no_other(world: World) -> None:
    github = installed(world, repositories=(APP, "acme/gone", "others/app"))
    try:
        assert (await github.tag(APP, "v1.2.1")).name == "v1.2.1"
    finally:
        await github.close()

    assert [ask.get("repositories") for ask in minted(world)] == [["app", "gone"], None]


async def test_a_token_that_ended_is_replaced_and_the_request_is_sent_again(
    world: World, github: PyGithubAdapter
) -> None:
    await github.tag(APP, "v1.2.1")
    world.github.app.expire()
    started = await github.dispatch(APP, "release.yml", "main", {"version": "v1.2.1"})

    assert started.run_id is not None
    sent = [e for e in world.journal.entries("github") if str(e["path"]).endswith("/dispatches")]
    assert [entry["status"] for entry in sent] == [401, 200]
    assert len(minted(world)) == 2


async def test_many_who_meet_the_end_of_a_token_make_one_new_one(
    world: World, github: PyGithubAdapter
) -> None:
    await github.tag(APP, "v1.2.1")
    world.github.app.expire()
    await asyncio.gather(*(github.tag(APP, "v1.2.0") for _ in range(8)))

    assert len(minted(world)) == 2


async def test_a_401_that_a_new_token_does_not_mend_is_told(
    world: World, github: PyGithubAdapter
) -> None:
    await github.tag(APP, "v1.2.1")
    world.faults.add(system="github", kind="status:401", path="/git/ref", count=9)

    with pytest.raises(Declined, match="401"):
        await github.tag(APP, "v1.2.1")
    asked = [e for e in world.journal.entries("github") if "/git/ref" in str(e["path"])]
    assert [entry["status"] for entry in asked] == [200, 401, 401]


async def test_a_token_is_replaced_before_its_end(world: World, github: PyGithubAdapter) -> None:
    world.github.app.lifetime = RENEW_BEFORE - 1
    for _ in range(3):
        await github.tag(APP, "v1.2.1")

    assert len(minted(world)) >= 3
    assert all(e["status"] != 401 for e in world.journal.entries("github"))


async def test_a_renewal_that_fails_early_costs_nothing(
    world: World, github: PyGithubAdapter
) -> None:
    world.github.app.lifetime = RENEW_BEFORE - 1
    await github.tag(APP, "v1.2.1")
    world.faults.add(system="github", kind="status:502", path="/installations/", count=99)

    for _ in range(3):
        assert (await github.tag(APP, "v1.2.1")).name == "v1.2.1"
    tried = [e for e in world.journal.entries("github") if e["status"] == 502]
    assert len(tried) == 1
    world.github.app.expire()
    with pytest.raises(Fault, match="502"):
        await github.tag(APP, "v1.2.1")


async def test_runs_are_started_as_the_app(world: World, github: PyGithubAdapter) -> None:
    assert await github.login() == "gonogo[bot]"
    started = await github.dispatch(APP, "release.yml", "main", {"version": "v1.2.1"})
    [run, *_] = await github.runs(APP, "release.yml")

    assert (run.id, run.actor) == (started.run_id, "gonogo[bot]")


async def test_an_installation_that_is_not_there(world: World) -> None:
    github = installed(world, installation_id=1)
    with pytest.raises(NotFound):
        await github.tag(APP, "v1.2.1")
    await github.close()


async def test_an_app_that_is_another(world: World) -> None:
    github = installed(world, app_id="7")
    with pytest.raises(NotFound, match="Integration not found"):
        await github.access()
    await github.close()


async def test_a_key_that_is_anothers(world: World) -> None:
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    other = rsa.generate_private_key(public_exponent=65537, key_size=2048).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    github = installed(world, private_key=other.decode())
    with pytest.raises(Declined, match="A JSON web token could not be decoded"):
        await github.tag(APP, "v1.2.1")
    await github.close()


async def test_a_suspended_installation(world: World, github: PyGithubAdapter) -> None:
    world.github.app.suspended = True
    with pytest.raises(Declined, match="suspended"):
        await github.tag(APP, "v1.2.1")


async def test_a_write_that_got_no_token_was_surely_not_sent(
    world: World, github: PyGithubAdapter
) -> None:
    world.faults.add(system="github", kind="reset_before", path="/installations/", count=99)
    with pytest.raises(Fault) as raised:
        await github.dispatch(APP, "release.yml", "main", {"version": "v1.2.1"})

    assert type(raised.value) is Fault
    assert not [e for e in world.journal.entries("github") if "/dispatches" in str(e["path"])]
