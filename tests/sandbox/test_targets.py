"""The sandbox's Vercel and App Platform follow GitHub Actions, and do what they are told."""

from __future__ import annotations

import asyncio
from typing import Any

from tests.sandbox.github_host import PATIENCE, Host, running


async def targets(host: Host) -> tuple[dict[str, Any], dict[str, Any]]:
    row = (await host.control("GET", "/targets"))["targets"][0]
    return row["vercel"], row["app_platform"]


async def test_a_release_goes_live_at_both_and_into_the_registry() -> None:
    async with running() as host:
        before = await targets(host)
        await host.dispatch(version="v1.2.1")
        await host.passes(60)
        web, api = await targets(host)
        registry = host.world.digitalocean.registry

        assert web["targets"]["production"]["id"] != before[0]["targets"]["production"]["id"]
        assert api["active_deployment"]["spec"]["services"][0]["image"]["tag"] == "v1.2.1"
        assert "v1.2.1" in registry.repositories["web/app"]


async def test_a_release_runs_on_the_host_in_the_place_of_the_one_before() -> None:
    async with running() as host:
        machine = host.world.host
        await machine.start()
        for version in ("v1.2.1", "v2.0.0"):  # an image of that version is built by the run
            await host.dispatch(version=version)
            await host.passes(60)
            async with asyncio.timeout(PATIENCE):
                while [(one.name, one.log) for one in machine.engine.containers] != [
                    ("app", [f"started {version}"])
                ]:
                    await asyncio.sleep(0.01)
            async with host.session.get(f"http://127.0.0.1:{machine.published}/") as answer:
                assert (await answer.json(content_type=None))["version"] == version


async def test_a_pinned_place_does_not_follow() -> None:
    async with running() as host:
        web, api = host.world.vercel.project("app"), host.world.digitalocean.app("app")
        web.rollback(web.deployments[0].id, "")
        api.rollback(api.deployments[0].id, skip_pin=False)
        await host.passes(10)
        before = web.production, api.active
        await host.dispatch(version="v1.2.1")
        await host.passes(60)

        assert (web.production, api.active) == before
        assert web.deployments[-1].release.version == "v1.2.1"


async def test_a_way_back_there_shows_in_the_health_of_production() -> None:
    async with running() as host:
        web = host.world.vercel.project("app")
        web.rollback(web.deployments[0].id, "")
        await host.passes(10)
        url = f"{host.world.base_url}/health/production"
        async with host.session.get(url) as answer:
            assert (await answer.json())["version"] == "v1.0.0"


async def test_both_are_told_how_to_behave() -> None:
    async with running() as host:
        web, api = host.world.vercel.project("app"), host.world.digitalocean.app("app")
        first = web.deployments[0].id
        told = {
            "plan": "hobby",
            "auto_assign": False,
            "rolling": True,
            "outcome": "failed",
            "seconds": 9,
            "left": 2,
            "expired": first,
        }
        assert (await host.control("POST", "/targets/vercel", told))["ok"]
        assert (web.plan, web.auto_assign, web.rolling) == ("hobby", False, web.deployments[-1].id)
        assert (web.next.outcome, web.next.seconds, web.next.left) == ("failed", 9, 2)
        assert not web.deployments[0].candidate
        await host.control("POST", "/targets/vercel", {"rolling": False})
        assert web.rolling is None
        told = {
            "blocked_by": "region_conflict",
            "warnings": ["image_source_missing_digest"],
            "outcome": "ERROR",
            "seconds": 8,
        }
        assert (await host.control("POST", "/targets/app_platform", told))["ok"]
        assert (api.blocked_by, api.warnings) == ("region_conflict", told["warnings"])
        assert (api.outcome, api.seconds) == ("ERROR", 8)


async def test_wrong_words_are_refused() -> None:
    async with running() as host:
        for path, body, word in (
            ("vercel", {"plan": "gold"}, "unknown_word"),
            ("vercel", {"mood": "bad"}, "unknown_setting"),
            ("vercel", {"expired": "dpl_nonesuch"}, "unknown_deployment"),
            ("app_platform", {"outcome": "MAYBE"}, "unknown_word"),
            ("app_platform", {"service": "nonesuch"}, "unknown_service"),
        ):
            answer = await host.control("POST", f"/targets/{path}", body)
            assert (answer["ok"], answer["error"]) == (False, word)
