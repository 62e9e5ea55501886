"""What the bot sends to Sentry, and what the local one answers, have the types that Sentry
publishes; they are fetched at test time.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.adapters import sentry
from bot.ports.annotations import WentLive
from sandbox import app
from sandbox.seeds import Seed
from sandbox.world import World
from tests.contracts import npm

PACKAGE = Path(__file__).parent / "sentry"
VERSION = "v1.2.1"
PLACE = "/api/0/organizations/acme"
TYPES = "./node_modules/@sentry/api/dist/types.gen.d.ts"
PART = "type Part<T> = T extends (infer E)[] ? Partial<E>[] : Partial<T>;"
"""Some of the fields, and no others."""
COMPILE = (
    *("node", "node_modules/typescript/bin/tsc", "--noEmit", "--strict", "--skipLibCheck"),
    *("--module", "esnext", "--moduleResolution", "bundler", "--pretty", "false"),
)
EVENT = WentLive(
    key="D2-5f3c",
    text="",
    service="app",
    environment="production",
    version=VERSION,
    commit="c" * 40,
    at=datetime(2024, 3, 26, 10, tzinfo=UTC),
    url="https://github.com/acme/app/actions/runs/7001",
)


def faults(*judged: tuple[str, object]) -> list[str]:
    """What the compiler has against values of these types; skips the test without npm."""
    folder = npm.installed(PACKAGE)
    lines = [f'import type * as S from "{TYPES}";', PART]
    lines += [
        f"export const v{number}: {kind} = {json.dumps(value)};"
        for number, (kind, value) in enumerate(judged)
    ]
    (folder / "judged.ts").write_text("\n".join(lines))
    told = subprocess.run((*COMPILE, "judged.ts"), cwd=folder, capture_output=True, text=True)
    return told.stdout.splitlines()


@pytest.fixture
async def world() -> AsyncIterator[World]:
    made = World(Seed.named("default"))
    runner = await app.start(made)
    yield made
    await runner.cleanup()


async def told(world: World) -> list[Any]:
    """Makes the release and its deploy; the bodies that were sent."""
    url, token = f"{world.base_url}/sentry", world.seed.secrets.sentry_token
    annotator = sentry.annotator(url, token, "acme", ("app",), environment=None)
    await annotator.tell(EVENT)
    await annotator.close()
    return [one.body for one in world.journal.all("sentry") if one.method == "POST"]


async def test_releases_deploys_and_issues_have_the_published_types(world: World) -> None:
    release, deploy = await told(world)
    world.sentry.hear(VERSION, ["KeyError: x"])
    headers = {"Authorization": f"Bearer {world.seed.secrets.sentry_token}"}
    async with aiohttp.ClientSession(f"{world.base_url}/", headers=headers) as session:

        async def answer(path: str, body: Any = None) -> Any:
            method = "GET" if body is None else "POST"
            async with session.request(method, f"sentry{PLACE}{path}", json=body) as said:
                assert said.ok
                return await said.json()

        question = f'is:unresolved firstRelease:"{VERSION}"'
        async with session.get(f"sentry{PLACE}/issues/", params={"query": question}) as said:
            issues = await said.json()
        seen = [
            ("S.CreateANewReleaseForAnOrganizationData['body']", release),
            ("S.CreateADeployData['body']", deploy),
            ("Part<S.ListAnOrganizationSissuesResponse>", issues),
            ("Part<S.OrgReleaseResponse>", await answer(f"/releases/{VERSION}/")),
            ("Part<S.OrgReleaseResponse>", await answer("/releases/", release)),
            ("Part<S.OrgReleaseResponse[]>", await answer("/releases/")),
            ("S.CreateADeployResponse", await answer(f"/releases/{VERSION}/deploys/", deploy)),
            ("S.ListAReleaseSDeploysResponse", await answer(f"/releases/{VERSION}/deploys/")),
        ]
    assert len(issues) == 1
    assert faults(*seen) == []


async def test_the_compiler_does_say_no(world: World) -> None:
    release, deploy = await told(world)
    wrong = faults(
        ("S.CreateANewReleaseForAnOrganizationData['body']", release | {"ref": None}),
        ("S.CreateADeployData['body']", {**deploy, "enviroment": "production"}),
        ("Part<S.OrgReleaseResponse>", {"newGroups": "many"}),
    )
    lines = [text.partition("(")[2].partition(",")[0] for text in wrong]
    assert lines == ["3", "4", "5"], wrong
    assert "enviroment" in wrong[1]
