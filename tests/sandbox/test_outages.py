"""The sandbox's monitors, pager and status pages, as people and tests set and read them."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from tests.sandbox.github_host import Host, running

KUMA = "/kuma/api/status-page"


async def get(host: Host, path: str) -> Any:
    async with host.session.get(f"{host.world.base_url}{path}") as answer:
        return await answer.json()


async def beats(host: Host, nonce: str) -> list[dict[str, Any]]:
    told = await get(host, f"{KUMA}/heartbeat/default-page?_={nonce}")
    found: list[dict[str, Any]] = told["heartbeatList"]["1"]
    return found


async def test_a_monitor_goes_down_and_up_and_tells_the_bot() -> None:
    async with running("plain") as host:
        assert {one["status"] for one in await beats(host, "a")} == {1}
        for status in ("down", "down", "up"):
            await host.control("POST", "/monitor", {"system": "kuma", "status": status})
            await host.passes(80)
        seen = [one["status"] for one in await beats(host, "b")]
        rows: list[Any] = host.world.journal.entries("kuma", "POST")

        assert len(seen) == 100
        assert seen[-6:] == [1, 0, 0, 0, 1, 1]
        assert [row["body"]["heartbeat"]["status"] for row in rows] == [0, 1]
        assert [row["body"]["msg"] for row in rows] == ["[app] [🔴 Down] ", "[app] [✅ Up] "]
        listed = (await host.control("GET", "/monitor"))["monitors"]
        assert [(one["monitor"], one["status"]) for one in listed] == [
            ("app", "up"),
            ("bot heartbeat", "up"),
        ]


async def test_a_notification_carries_the_secret_header_and_may_come_again() -> None:
    async with running() as host:
        down = {"system": "kuma", "status": "down", "msg": "connect ECONNREFUSED", "again": True}
        await host.control("POST", "/monitor", down)
        await host.until_received(2)

        [(headers, first), (_, second)] = host.received
        assert headers["Authorization"] == "Bearer local-kuma-webhook-token"
        assert headers["User-Agent"] == "Uptime-Kuma/2.5.3"
        assert json.loads(first) == json.loads(second)
        assert json.loads(first)["heartbeat"]["msg"] == "connect ECONNREFUSED"


async def test_where_nothing_bakes_a_monitor_beats_often() -> None:
    async with running() as host:
        seen = (await beats(host, "a"))[-2:]
        earlier, later = (datetime.fromisoformat(one["time"]) for one in seen)
        assert later - earlier == timedelta(seconds=2)


async def test_sentry_hears_of_the_release_that_runs_in_production() -> None:
    async with running() as host:
        url = f"{host.world.base_url}/sentry/api/0/organizations/acme/releases/v1.2.0/"
        let_in = {"Authorization": "Bearer local-sentry-token"}
        for silent, status in ((True, 404), (False, 200)):
            body = {"system": "sentry", "silent": silent}
            assert await host.control("POST", "/monitor", body) == {"ok": True}
            async with host.session.get(url, headers=let_in) as answer:
                assert answer.status == status


async def test_the_bots_own_heartbeat() -> None:
    async with running() as host:
        token = host.world.kuma.push_token
        assert await get(host, f"/kuma/api/push/{token}?status=down&msg=late") == {"ok": True}
        assert host.world.kuma.heartbeat.last.msg == "late"


async def test_somebody_answers_a_page_and_closes_it() -> None:
    async with running() as host:
        none = await host.control("POST", "/pagerduty/acknowledge", {"as": "bo"})
        host.world.pagerduty.take(
            {
                "event_action": "trigger",
                "dedup_key": "incident:7",
                "payload": {"summary": "Down", "source": "app", "severity": "critical"},
            }
        )
        await host.control("POST", "/pagerduty/acknowledge", {"as": "bo", "key": "incident:7"})
        [page] = (await host.control("GET", "/pagerduty"))["incidents"]
        await host.control("POST", "/pagerduty/resolve", {"as": "dee"})
        [over] = (await host.control("GET", "/pagerduty"))["incidents"]

        assert (none["ok"], none["error"]) == (False, "no_such_page")
        assert page["acknowledgements"][0]["acknowledger"]["summary"] == "bo"
        assert (over["status"], over["last_status_change_by"]["summary"]) == ("resolved", "dee")


async def test_both_status_pages_can_be_read() -> None:
    async with running() as host:
        host.world.kuma.posts.post({"title": "T", "content": "C", "style": "danger"})
        host.world.statuspage.create({"name": "N", "body": "B"})
        kuma = await host.control("GET", "/kuma")
        page = await host.control("GET", "/statuspage")

        assert (kuma["posts"][0]["title"], kuma["on_page"]) == ("T", [1])
        assert (page["incidents"][0]["name"], page["mails"]) == ("N", 1)
        assert [one["status"] for one in page["components"]] == ["operational"]


async def test_wrong_words_are_refused() -> None:
    async with running() as host:
        for body, word in (
            ({"system": "nagios", "status": "down"}, "unknown_system"),
            ({"system": "kuma", "status": "sad"}, "unknown_status"),
            ({"system": "kuma", "status": "down", "monitor": "nonesuch"}, "unknown_monitor"),
            ({"system": "kuma"}, "missing"),
        ):
            answer = await host.control("POST", "/monitor", body)
            assert (answer["ok"], answer["error"]) == (False, word)
