"""Pictures of the page, to be looked at; GONOGO_SCREENSHOTS names the folder to find them in."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Literal

import pytest
from playwright.async_api import Browser, expect

from tests.browser.visit import Visit, visiting

pytestmark = pytest.mark.needs("chromium")
MOST = 400_000  # bytes, for a page that shows one
COLOURS: tuple[tuple[Literal["light", "dark"], str], ...] = (("dark", "-dark"), ("light", ""))
Camera = Callable[[str, Visit], Awaitable[None]]


@pytest.mark.timeout(300)
async def test_card_forms_thread_and_message_fit_a_laptop_and_a_phone(
    demo: str, browser: Browser, pictures: Path
) -> None:
    taken: list[Path] = []

    async def take(name: str, visit: Visit) -> None:
        await visit.fits()
        for colours, ending in COLOURS:
            await visit.lights(colours)
            taken.append(pictures / f"{name}{ending}.png")
            await visit.takes_picture(taken[-1])

    async with visiting(browser, demo) as laptop:
        await _before_the_approval(laptop, take)
        async with visiting(browser, demo, width=390, height=844) as phone:
            await phone.becomes("dee")
            await phone.reads("2 replies")
            await take("phone", phone)
        slow = {"workflow": "release.yml", "script": "auto_success", "seconds": 600}
        url = f"{demo}/sandbox/api/github/preset"
        assert (await laptop.page.request.post(url, data=slow)).ok  # long enough to be looked at
        await _after_the_approval(laptop, take)
        async with visiting(browser, demo, width=390, height=844) as phone:
            await _reads_the_list(phone)
            await take("phone-green", phone)

    assert len(taken) == 22
    assert all(0 < picture.stat().st_size < MOST for picture in taken)


async def test_the_home_and_the_chart_of_the_metrics_can_be_looked_at(
    demo: str, browser: Browser, pictures: Path
) -> None:
    async with visiting(browser, demo, height=900) as laptop:
        await laptop.types("/deploy v1.2.1")
        await laptop.reads("2 replies")
        await laptop.waits("+15 min")  # so that what ran before is measured, too
        await expect(laptop.outside).to_contain_text(re.compile(r"Tue 26 Mar 11:1[5-9]:"))
        await laptop.becomes("bo")
        await laptop.types("/deployments metrics app 2024-01-01..2024-03-27")
        await laptop.reads("A picture of it comes as a direct message.")
        await laptop.page.get_by_role("button", name="gonogo Home").click()
        home = laptop.page.locator("#home")
        await expect(home).to_contain_text("Approve or reject app v1.2.1")
        await expect(home).to_contain_text("0.2 deployments a week")
        for colours, ending in COLOURS:
            await laptop.lights(colours)
            await laptop.takes_picture(pictures / f"home{ending}.png")
        await laptop.page.set_viewport_size({"width": 1280, "height": 1400})
        await laptop.page.get_by_role("button", name=re.compile(r"^gonogo( \d|$)")).click()
        chart = laptop.page.locator(".block-image img")
        await expect(chart).to_be_visible()
        assert await chart.evaluate("picture => picture.decode().then(() => picture.naturalWidth)")
        await laptop.takes_picture(pictures / "metrics.png")


async def test_a_card_that_is_blocked_shows_every_reason(
    demo: str, browser: Browser, pictures: Path
) -> None:
    async with visiting(browser, demo, height=1150) as laptop:
        tag = {"name": "v1.3.1", "sha": "d4" * 20}
        assert (await laptop.page.request.post(f"{demo}/sandbox/api/github/tag", data=tag)).ok
        await laptop.becomes("dee")
        await laptop.types("/deployments lock app because the database moves to another host")
        await laptop.types("/deployments freeze winter-sale from 2024-03-26 to 2024-03-28")
        await laptop.becomes("ana")
        await laptop.types("/deploy v1.3.1")
        for reason in ("The commit is not on main", "Locked by", "Closed: freeze winter-sale"):
            await laptop.reads(f"• {reason}")
        await laptop.reads("1 reply")
        taken = [pictures / f"blocked{ending}.png" for _, ending in COLOURS]
        for (colours, _), picture in zip(COLOURS, taken, strict=True):
            await laptop.lights(colours)
            await laptop.fits()
            await laptop.takes_picture(picture)
        async with visiting(browser, demo, width=390, height=1500) as phone:
            await phone.reads("• Locked by dee")
            await phone.fits()
            await phone.takes_picture(pictures / "phone-blocked.png")
        assert all(0 < picture.stat().st_size < MOST for picture in taken)


async def _before_the_approval(laptop: Visit, take: Camera) -> None:
    await laptop.field.press_sequentially("/")
    await take("hints", laptop)
    await laptop.field.fill("")
    await laptop.types("/deploy")
    await laptop.form.get_by_role("combobox", name="Version").click()
    await expect(laptop.form.get_by_role("option", name="v1.2.1")).to_be_visible()
    await take("form", laptop)
    await laptop.form.get_by_role("option", name="v1.2.1").click()
    await laptop.form.get_by_role("textbox", name="Reason").fill("the demo is at noon")
    await laptop.presses("Request")
    await laptop.becomes("bo")
    await laptop.reads("2 replies")
    await laptop.page.set_viewport_size({"width": 1280, "height": 960})
    title = laptop.channel.get_by_text("app v1.2.1 → production", exact=True)
    await expect(title).to_be_in_viewport(ratio=1)
    await take("deploy", laptop)
    await laptop.page.set_viewport_size({"width": 1280, "height": 800})
    await laptop.presses("Reject")
    await expect(laptop.form.get_by_role("textbox", name="Reason")).to_be_focused()
    await take("reject", laptop)
    await laptop.page.keyboard.press("Escape")
    await expect(laptop.form).to_be_hidden()
    await laptop.channel.get_by_role("button", name="2 replies").click()
    await laptop.reads("waits for your approval", where=laptop.thread)
    await take("thread", laptop)
    await laptop.page.keyboard.press("Escape")


async def _after_the_approval(laptop: Visit, take: Camera) -> None:
    await laptop.presses("Approve")
    await laptop.reads("guard in progress")
    await take("running", laptop)
    await laptop.waits("+15 min")
    await laptop.reads("✅ v1.2.1 deployed to production successfully")
    await take("success", laptop)
    await _reads_the_list(laptop)
    await take("green", laptop)
    await laptop.page.keyboard.press("Escape")
    await laptop.types("/deployments show D2")
    await laptop.reads("gonogo succeeded")
    await take("show", laptop)


async def _reads_the_list(visit: Visit) -> None:
    """The checklist in the thread of what has settled: nothing of it is open, or against it."""
    await visit.channel.get_by_role("button", name="5 replies").click()
    listed = visit.thread.locator("li").filter(has_text="Uptime monitors green").first
    await visit.reads("✓ Uptime monitors green", where=listed)
    for mark in ("✗", "○"):
        await expect(listed).not_to_contain_text(mark)
    await listed.scroll_into_view_if_needed()
