"""The doctor looks at pagers and the status page, and neither wakes nor tells anybody."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import replace

import pytest

from bot import config
from bot.adapters import incident_io, pagerduty, statuspage, uptime_kuma
from bot.adapters.slack.slack import SlackChat
from bot.doctor import outage_doctor
from bot.ports.paging import Pager
from bot.ports.status_pages import StatusPage
from sandbox import app
from sandbox.seeds import Seed
from sandbox.statuspage.host import PAGE, Component, component_id
from sandbox.world import World

Told = dict[str, tuple[bool | None, str, str]]
KEY, TOKEN = "localrouting00000000000000000000", "local-pagerduty-token"


@pytest.fixture
async def world() -> AsyncIterator[World]:
    made = World(Seed.named("default"))
    runner = await app.start(made)
    yield made
    await runner.cleanup()


def at_pagerduty(world: World, key: str = KEY, token: str | None = TOKEN) -> Pager:
    url = f"{world.base_url}/pagerduty"
    return pagerduty.connect(events_url=url, routing_key=key, api_url=url, api_token=token)


def at_statuspage(world: World, key: str = "local-statuspage-key", page: str = PAGE) -> StatusPage:
    return statuspage.connect(f"{world.base_url}/statuspage/v1", key, page)


def at_kuma(world: World, password: str = "local-kuma-password") -> StatusPage:
    return uptime_kuma.connect(f"{world.base_url}/kuma", "gonogo", password, "default-page")


async def look(
    world: World,
    *pagers: Pager,
    page: StatusPage | None = None,
    changed: Callable[[str], str] = str,
    hears_monitors: bool = False,
) -> Told:
    chat = SlackChat("xoxb-local-bot", api_url=f"{world.base_url}/api/")
    loaded = config.parse(changed(world.seed.gonogo_yaml(world.base_url)))
    try:
        found = await outage_doctor.look(loaded, chat, pagers, page, hears_monitors=hears_monitors)
    finally:
        for one in (chat, *pagers, *((page,) if page else ())):
            await one.close()
    return {one.subject: (one.ok, one.text, one.action) for one in found}


async def test_pagers_say_what_can_be_known_without_waking_anybody(world: World) -> None:
    other = incident_io.connect(f"{world.base_url}/incident.io", "token")
    found = await look(world, at_pagerduty(world), other)
    assert found["PagerDuty"] == (
        True,
        "the routing key has the right form, and the token reads who answered and who is on call",
        "",
    )
    assert found["incident.io"] == (
        True, "set up; only an alarm shows whether it takes one, and who answers is not visible", ""
    )  # fmt: skip
    ok, text, _ = (await look(world, at_pagerduty(world, token=None)))["PagerDuty"]
    assert ok and text.endswith("without PAGERDUTY_API_TOKEN acknowledgements are not visible")
    assert world.pagerduty.incidents == []
    assert world.journal.entries("pagerduty", "POST") == []


async def test_what_is_wrong_with_a_pager_says_what_to_do(world: World) -> None:
    short = await look(world, at_pagerduty(world, key="R02-not-a-key"))
    assert short["PagerDuty"] == (
        False, "its routing key is not 32 letters and digits", outage_doctor.PAGER
    )  # fmt: skip
    ok, text, action = (await look(world, at_pagerduty(world, token="wrong")))["PagerDuty"]
    assert (ok, action) == (False, outage_doctor.PAGER) and "401" in text
    world.faults.add(system="pagerduty", kind="status:503")
    ok, text, action = (await look(world, at_pagerduty(world)))["PagerDuty"]
    assert (ok, action) == (None, "") and "503" in text


async def test_components_are_on_the_page(world: World) -> None:
    def using(*ids: str) -> Callable[[str], str]:
        return lambda text: text.replace(
            "repo: acme/app\n", f"repo: acme/app\n    component: {ids[0]}\n", 1
        )

    subject, part = "status page at Statuspage", component_id("app")
    known = await look(world, page=at_statuspage(world), changed=using(part))
    assert known[subject] == (True, "can be read, with 1 components, of which 1 are used", "")
    unknown = await look(world, page=at_statuspage(world), changed=using("nonesuch"))
    assert unknown[subject] == (
        False, f"has no component nonesuch; it has app ({part})", outage_doctor.PAGE
    )  # fmt: skip

    now = world.clock.now()
    for number in range(100):
        world.statuspage.components[f"c{number}"] = Component(f"c{number}", "x", now, now, number)
    behind = await look(world, page=at_statuspage(world), changed=using("c99"))
    assert behind[subject][:2] == (True, "can be read, with 101 components, of which 1 are used")


async def test_a_page_that_cannot_be_used_says_why(world: World) -> None:
    subject = "status page at Statuspage"
    ok, text, action = (await look(world, page=at_statuspage(world, key="wrong")))[subject]
    assert (ok, action) == (False, outage_doctor.PAGE) and "authenticate" in text
    ok, text, action = (await look(world, page=at_statuspage(world, page="nonesuch")))[subject]
    assert (ok, action) == (False, outage_doctor.PAGE) and "Page not found" in text


async def test_kuma_lets_us_in(world: World) -> None:
    subject = "status page at Uptime Kuma"
    assert (await look(world, page=at_kuma(world)))[subject] == (
        True, "the login works, and the page is “Status”", ""
    )  # fmt: skip
    assert (await look(world, page=at_kuma(world, "wrong")))[subject] == (
        False, "wrong user name or password", outage_doctor.PAGE
    )  # fmt: skip
    assert world.kuma.posts.every == []


async def test_somebody_is_in_the_group_that_is_called(world: World) -> None:
    assert await look(world) == {"paging group S0REL": (True, "2 members", "")}
    gone = await look(world, changed=lambda text: text.replace("group: S0REL", "group: S0GONE"))
    ok, text, action = gone["paging group S0GONE"]
    assert (ok, action) == (False, outage_doctor.GROUP) and "no_such_subteam" in text
    world.slack.user_groups["S0REL"][1].clear()
    assert (await look(world))["paging group S0REL"] == (False, "nobody is in it", "add somebody")


async def test_where_nothing_is_set_up_nothing_is_looked_at(world: World) -> None:
    assert await look(world, changed=lambda text: text.replace("    group: S0REL\n", "")) == {}


async def test_which_monitors_open_incidents(world: World) -> None:
    def named(text: str) -> str:
        watched = "  uptime_kuma: {monitors: {Main site: app}}"
        return text.replace("incidents:\n", f"incidents:\n{watched}\n")

    subject = "Uptime Kuma's webhook"
    found = await look(world, hears_monitors=True, changed=named)
    assert found[subject] == (True, "opens incidents for monitors named app, Main site (app)", "")
    ok, text, action = (await look(world, changed=named))[subject]
    assert (ok, action) == (False, outage_doctor.WEBHOOK)
    assert text == "UPTIME_KUMA_WEBHOOK_TOKEN is not set, so no monitor opens an incident"


async def test_channels_of_incidents_need_a_scope(world: World) -> None:
    def own(text: str) -> str:
        return text.replace("incidents:\n", "incidents:\n  own_channel: true\n", 1)

    subject = "channels of incidents"
    assert subject not in await look(world)
    assert (await look(world, changed=own))[subject] == (True, "the bot may make them", "")
    scopes = world.slack.manifest.scopes - {"channels:manage"}
    world.slack.manifest = replace(world.slack.manifest, scopes=scopes)
    ok, text, action = (await look(world, changed=own))[subject]
    assert (ok, text) == (False, "without the scope channels:manage") and "manifest" in action
