"""An incident on the page: what people read and press, and pictures of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from tests.browser.visit import visiting

pytestmark = pytest.mark.needs("chromium")


async def test_from_the_first_line_to_the_draft_of_its_post_mortem(
    demo: str, browser: Browser, pictures: Path
) -> None:
    async with visiting(browser, demo, height=900) as laptop:
        await laptop.types("/deploy v1.2.1")
        await laptop.becomes("bo")
        await laptop.reads("Waiting for approval")
        await laptop.presses("Approve")
        await laptop.waits("+1 min")
        await laptop.reads("✅ v1.2.1 deployed to production successfully")
        await laptop.becomes("dee")
        await laptop.types("/incident outage All users unable to access service")
        await laptop.reads("Will provide update in 15 minutes")
        await laptop.reads("Paging by PagerDuty: paged")
        await laptop.takes_picture(pictures / "incident.png")

        root = laptop.channel.locator(".message", has_text="INC-1 ·")
        await root.get_by_role("button", name="replies").click()
        await laptop.reads("Suspect: v1.2.1", where=laptop.thread)
        await expect(laptop.thread.get_by_role("button", name="Roll Back")).to_be_visible()
        await laptop.takes_picture(pictures / "incident-thread.png")

        await root.get_by_role("button", name="Playbook").click()
        await laptop.reads("Roll back first, understand later.", where=laptop.form)
        await laptop.takes_picture(pictures / "incident-playbook.png")
        await laptop.form.get_by_role("button", name="Close", exact=True).last.click()

        await root.get_by_role("button", name="Post Update").click()
        text = laptop.form.get_by_role("textbox", name="What is new")
        await text.fill("The proxy turns everybody away; v1.2.0 is on its way back.")
        await laptop.takes_picture(pictures / "incident-update.png")
        await laptop.presses("Post")
        await laptop.reads("v1.2.0 is on its way back", where=laptop.thread)

        await laptop.thread.get_by_role("button", name="Roll Back").click()
        await laptop.page.get_by_role("button", name="Roll Back to v1.2.0").click()
        await laptop.takes_picture(pictures / "incident-rolling-back.png")
        await laptop.form.get_by_role("button", name="Roll Back", exact=True).click()
        await laptop.page.get_by_role("button", name="Outside world").click()
        await laptop.waits("+1 min")
        await laptop.reads("⚠️ Production rollback executed")
        await laptop.reads("Status: Restored")
        await root.get_by_role("button", name="replies").click()
        await laptop.reads("its checks passed: restored", where=laptop.thread)
        await laptop.takes_picture(pictures / "incident-restored.png")
        await root.get_by_role("button", name="Resolve").click()
        await laptop.reads("INCIDENT RESOLVED")
        await laptop.reads("Status: Resolved")
        await laptop.reads("post-mortem draft")
        await laptop.takes_picture(pictures / "incident-resolved.png")
        draft = laptop.channel.locator("a[href*='/issues/']").last
        address = str(await draft.get_attribute("href"))
    page = await browser.new_page(viewport={"width": 1000, "height": 900})
    await page.goto(address)
    await expect(page.get_by_text("## Timeline")).to_be_visible()
    await page.screenshot(path=pictures / "postmortem.png", full_page=True)
    await page.close()
