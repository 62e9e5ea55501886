"""What GitHub refuses to whom is named before a deployment is asked for."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
import yaml

from bot import config
from bot.adapters.github import Installation, PyGithubAdapter
from bot.doctor import rights_doctor
from sandbox import app
from sandbox.seeds import Seed
from sandbox.world import World

Look = Callable[..., Awaitable[list[str]]]
CLASSIC, FINE_GRAINED = "ghp_local_token", "github_pat_local"


@pytest.fixture
async def world() -> AsyncIterator[World]:
    made = World(Seed.named("default"))
    made.github.accounts.allow({FINE_GRAINED: "gonogo-bot"})
    runner = await app.start(made)
    yield made
    await runner.cleanup()


@pytest.fixture
def look(world: World) -> Look:
    async def found(token: str = CLASSIC, labels: tuple[str, ...] = ("critical",)) -> list[str]:
        loaded = yaml.safe_load(world.seed.gonogo_yaml(world.base_url))
        loaded["services"]["app"]["bugs"] = {"labels": list(labels)}
        url, there = f"{world.base_url}/github", world.github.app
        by_app = Installation(
            url, app_id=str(there.id), private_key=there.pem(), installation_id=there.installation
        )
        github = PyGithubAdapter(url, token or by_app)
        try:
            [place] = rights_doctor.repositories(config.parse(yaml.dump(loaded)))
            return [f"{one.ok} {one}" for one in await rights_doctor.look(github.rights, *place)]
        finally:
            await github.close()

    return found


def forbid(world: World, *paths: str) -> None:
    for path in paths:
        world.faults.add(system="github", kind="status:403", path=path, count=9)


async def test_whoever_may_read_everything_is_told_so(look: Look) -> None:
    well = "True rights in acme/app: all that is needed can be read"
    assert await look() == [well]
    assert await look(token="") == [well]


async def test_a_token_that_does_not_tell_what_it_may_write_is_said_to(look: Look) -> None:
    [found] = await look(FINE_GRAINED)
    assert found.startswith("True rights in acme/app: all that is needed can be read; whether this")
    assert "Actions: read and write" in found


async def test_a_fine_grained_token_that_may_not_read_checks_can_deploy_nothing(
    world: World, look: Look
) -> None:
    forbid(world, "/check-runs")
    [found] = await look(FINE_GRAINED)
    assert found.startswith("False rights in acme/app: may not read checks (403 ")
    assert "use a GitHub App, or a classic token with the scope repo" in found


async def test_each_right_that_is_missing_is_named_with_what_it_is_for(
    world: World, look: Look
) -> None:
    forbid(world, "/actions/workflows", "/status", "/pulls", "/issues", "/deployments")
    refused = {
        one.partition(" may not read ")[2].split()[0]: one.split()[0]
        for one in await look(FINE_GRAINED)
    }
    assert refused == {
        "actions": "False",
        "deployments": "True",
        "issues": "False",
        "pull_requests": "False",
        "statuses": "False",
    }


async def test_issues_are_needed_where_known_bugs_hold_a_version_back(
    world: World, look: Look
) -> None:
    forbid(world, "/issues")
    well, issues = await look(labels=())
    assert well.startswith("True") and issues.startswith("True")
    assert "what needs it says so" in issues


async def test_an_app_is_told_to_be_granted_what_it_lacks(world: World, look: Look) -> None:
    world.github.app.permissions |= {"checks": ""}
    [found] = await look(token="")
    assert found.startswith("False rights in acme/app: may not read checks (403 Resource not")
    assert "accept it where it is installed" in found


async def test_an_account_or_a_token_that_may_not_write_is_named(world: World, look: Look) -> None:
    world.github.accounts.scopes[CLASSIC] = ("read:org", "public_repo")
    world.github.repositories["acme/app"].readers = ("gonogo-bot",)
    account, scope, workflow = await look()
    assert account.startswith("False rights in acme/app: the account of the token may not write")
    assert scope == (
        "False rights in acme/app: the token has the scopes public_repo, read:org and not repo; "
        "give the token that scope, or use a GitHub App (docs/install.md)"
    )
    assert workflow.startswith("True rights in acme/app: the token has no scope workflow: no tag, ")
    world.github.repositories["acme/app"].private = False
    assert await look() == [account, workflow]  # of a public one public_repo is enough


async def test_what_a_token_without_scopes_may_write_is_a_hint(world: World, look: Look) -> None:
    world.github.repositories["acme/app"].readers = ("gonogo-bot",)
    _, hint = await look(FINE_GRAINED)
    assert hint.startswith("True rights in acme/app: as GitHub tells it, the account of the token")


async def test_what_does_not_answer_is_unknown(world: World, look: Look) -> None:
    world.faults.add(system="github", kind="status:500", path="/check-runs", count=9)
    [found] = await look()
    assert found.startswith("None rights in acme/app: not reachable")
    world.faults.add(system="github", kind="status:500", count=99)
    assert (await look())[0].startswith("None rights in acme/app: not reachable")


async def test_a_repository_that_is_not_seen_is_one_finding(world: World, look: Look) -> None:
    del world.github.repositories["acme/app"]
    [found] = await look()
    assert found.startswith("False rights in acme/app: 404 Not Found; correct its name, or let")
