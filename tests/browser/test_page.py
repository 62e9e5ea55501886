"""The page as people use it: type, press, switch person, and read what becomes of it."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Browser, Response, expect

from tests.browser.visit import Visit, visiting

pytestmark = pytest.mark.needs("chromium")
SUCCESS = "✅ v1.2.1 deployed to production successfully"


async def test_a_command_becomes_a_card_and_the_card_a_success_message(page: Visit) -> None:
    await page.types("/deploy v1.2.1")
    await page.reads("Waiting for approval")
    await page.becomes("bo")
    await page.presses("Approve")
    await page.reads("Running")
    await page.waits("+1 min")
    await page.reads("Succeeded")
    await page.reads(SUCCESS)
    await page.reads("- Add feature X\n- Fix bug Y")
    await page.reads("- No errors in logs")
    await page.types("/deployments show D2")
    await page.reads("Judgement: pass")
    await expect(page.channel).not_to_contain_text("still runs")
    await page.channel.get_by_role("button", name=re.compile(r"\d+ replies")).click()
    await page.reads("Log of web-1: no line like an error\nstarted v1.2.1", where=page.thread)


async def test_a_form_offers_the_versions_and_asks_for_one(page: Visit) -> None:
    await page.types("/deploy")
    version = page.form.get_by_role("combobox", name="Version")
    await version.press_sequentially("1.2")
    await page.form.get_by_role("option", name="v1.2.1").click()
    await page.form.get_by_role("textbox", name="Reason").fill("the demo is at noon")
    await page.presses("Request")
    await expect(page.form).to_be_hidden()
    await page.reads("Waiting for approval")
    await page.reads("reason: “the demo is at noon”")


async def test_a_rejection_asks_for_its_reason_in_a_form(page: Visit) -> None:
    await page.types("/deploy v1.2.1")
    await page.reads("Waiting for approval")
    await page.becomes("dee")
    await page.presses("Reject")
    await page.form.get_by_role("button", name="Reject").click()
    await page.reads("Please complete this required field.", where=page.form)
    await page.form.get_by_role("textbox", name="Reason").fill("not announced yet")
    await page.form.get_by_role("button", name="Reject").click()
    await page.reads("Rejected\nnot announced yet")
    await expect(page.channel.get_by_role("button", name="Approve")).to_have_count(0)


async def test_the_thread_holds_the_detail_and_takes_replies(page: Visit) -> None:
    await page.types("/deploy v1.2.1")
    await page.channel.get_by_role("button", name="2 replies").click()
    await page.reads("app v1.2.1 → production (D2) waits for your approval", where=page.thread)
    reply = page.page.get_by_role("textbox", name="Reply in thread")
    await reply.fill("looking at it")
    await reply.press("Enter")
    await page.reads("looking at it", where=page.thread)
    await page.reads("3 replies")


async def test_it_can_be_done_by_keyboard_alone(page: Visit) -> None:
    keys = page.page.keyboard
    await keys.press("Tab")
    await expect(page.page.get_by_role("link", name="Skip to the message field")).to_be_focused()
    await page.field.focus()
    await keys.type("/")
    hints = page.page.get_by_role("listbox", name="Commands")
    await expect(hints.get_by_role("option")).to_have_count(4)
    await keys.press("ArrowDown")
    await keys.press("ArrowUp")
    await keys.press("Tab")
    await expect(page.field).to_have_value("/deploy ")
    await keys.type("v1.2.1")
    await keys.press("Enter")
    await page.page.get_by_role("radio", checked=True).focus()
    await keys.press("ArrowRight")
    await page.reads("Waiting for approval")
    await expect(page.page.get_by_role("button", name="gonogo 1 unread")).to_be_visible()
    await expect(page.page.get_by_role("radio", name="bo")).to_be_focused()
    approve = page.channel.get_by_role("button", name="Approve")
    for _ in range(60):
        await keys.press("Tab")
        if await approve.evaluate("node => node === document.activeElement"):
            break
    await keys.press("Enter")
    await page.reads("approved by @bo")


async def test_shortcuts_are_reached_by_keyboard(page: Visit) -> None:
    keys, form = page.page.keyboard, page.form
    sees = form.get_by_role("textbox", name="What users see")
    await page.types("Nobody can pay")
    await page.channel.get_by_role("button", name="More actions").last.focus()
    await keys.press("Enter")
    first = page.page.get_by_role("menuitem", name="Open incident about this")
    await expect(first).to_be_focused()
    await keys.press("Enter")
    await expect(sees).to_have_value("Nobody can pay")
    await expect(form.get_by_label("Started at")).to_have_value("2024-03-26T11:00")
    await page.presses("Open")
    await page.reads("Impact: Nobody can pay")
    await expect(form).to_be_hidden()
    await page.page.get_by_role("button", name="Shortcuts").focus()
    await keys.press("Enter")
    await keys.press("Enter")
    await expect(sees).to_have_value("")


async def test_on_a_phone_everything_is_within_reach(demo: str, browser: Browser) -> None:
    async with visiting(browser, demo, width=390, height=844) as phone:
        await phone.types("/deploy v1.2.1")
        await phone.reads("Waiting for approval")
        await phone.becomes("bo")
        await phone.presses("Approve")
        await phone.reads("approved by @bo")
        await phone.page.get_by_role("button", name="Outside world").click()
        await phone.waits("+1 min")
        await phone.page.get_by_role("button", name="Close outside world").click()
        await phone.reads(SUCCESS)
        await phone.fits()


async def test_a_killed_bot_is_missed_started_again_and_goes_on(page: Visit) -> None:
    await page.types("/deploy v1.2.1")
    await page.reads("Waiting for approval")
    await page.outside.get_by_role("button", name="Kill -9").click()
    await page.reads("stopped", where=page.outside)
    await page.becomes("bo")
    await page.presses("Approve")
    await expect(page.page.get_by_text("gonogo could not be reached")).to_be_visible()
    await page.outside.get_by_role("button", name="Start", exact=True).click()
    await page.reads("running", where=page.outside)
    await page.presses("Approve")
    await page.reads("approved by @bo")


async def test_what_is_held_down_survives_news_of_its_card(page: Visit) -> None:
    async def is_news(answer: Response) -> bool:
        return "?channel=deployments" in answer.url and "Running" in await answer.text()

    await page.types("/deploy v1.2.1")
    await page.channel.get_by_role("button", name="2 replies").hover()
    await page.page.mouse.down()
    card = await page.channel.get_by_role("listitem").last.get_attribute("data-ts")
    click = {"as": "bo", "channel": "deployments", "ts": card, "button": "Approve"}
    async with page.page.expect_response(is_news):
        await page.page.request.post(f"{page.home}/sandbox/api/click", data=click)
    await page.page.evaluate("() => new Promise(requestAnimationFrame)")
    await page.page.mouse.up()
    await page.reads("waits for your approval", where=page.thread)
    await page.reads("approved by @bo")
