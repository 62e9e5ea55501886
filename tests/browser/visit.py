"""A visit: somebody in front of the page, who reads and acts as people do."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from playwright.async_api import Browser, ConsoleMessage, Error, Locator, Page, Request, expect

PATIENCE = 60_000  # milliseconds, for a busy machine


@dataclass
class Visit:
    """One page at one sandbox, and everything about it that should not have happened."""

    page: Page
    home: str
    troubles: list[str] = field(default_factory=list)

    @property
    def field(self) -> Locator:
        """The field one types messages and commands in."""
        return self.page.get_by_role("textbox", name="Message #deployments")

    @property
    def channel(self) -> Locator:
        """All that stands in the channel."""
        return self.page.get_by_role("log", name="Messages")

    @property
    def thread(self) -> Locator:
        """All that stands in the open thread."""
        return self.page.get_by_role("log", name="Thread")

    @property
    def form(self) -> Locator:
        """The open form."""
        return self.page.get_by_role("dialog")

    @property
    def outside(self) -> Locator:
        """The side panel in which the outside world is moved."""
        return self.page.get_by_role("complementary", name="Outside world")

    async def types(self, text: str) -> None:
        """Types a line and sends it, once the one before has gone: Enter sends nothing before."""
        composer = self.page.locator("#composer form")
        await expect(composer).not_to_have_attribute("aria-busy", "true")
        await self.field.fill(text)
        await self.field.press("Enter")

    async def becomes(self, person: str) -> None:
        """Goes on as somebody else."""
        await self.page.get_by_role("radio", name=re.compile(f"{person}\\b")).click()
        await expect(self.channel).not_to_have_attribute("aria-busy", "true")

    async def presses(self, button: str) -> None:
        """Presses a button of the newest card, or of the form that covers it."""
        place = self.form if await self.form.count() else self.channel
        await place.get_by_role("button", name=button, exact=True).last.click()

    async def waits(self, by: str) -> None:
        """Moves the clock with a button of the side panel, such as `+1 min`."""
        await self.outside.get_by_role("button", name=by, exact=True).click()

    async def reads(self, text: str, *, where: Locator | None = None) -> None:
        """Waits until it stands there, in the channel unless said otherwise."""
        place = where or self.channel
        await expect(place).to_contain_text(text, use_inner_text=True)

    async def lights(self, colours: Literal["light", "dark"]) -> None:
        """Sets which colours the reader likes."""
        await self.page.emulate_media(color_scheme=colours)

    async def fits(self) -> None:
        """Fails when one would have to scroll sideways."""
        measure = "[document.documentElement.scrollWidth, window.innerWidth]"
        wanted, there = await self.page.evaluate(measure)
        assert wanted <= there

    async def takes_picture(self, file: Path) -> None:
        """Keeps what is to be seen now, with the pointer out of the way."""
        await self.page.mouse.move(0, 0)
        await self.page.screenshot(path=file, animations="disabled")

    def hears(self, message: ConsoleMessage) -> None:
        """Something was written to the console."""
        if message.type in ("error", "warning"):
            self.troubles.append(f"console {message.type}: {message.text}")

    def throws(self, error: Error) -> None:
        """A script ended in an exception."""
        self.troubles.append(f"exception: {error.message}")

    def asks(self, request: Request) -> None:
        """The page asked for something."""
        if not request.url.startswith((f"{self.home}/", "data:", "blob:")):
            self.troubles.append(f"went elsewhere: {request.url}")


@asynccontextmanager
async def visiting(
    browser: Browser,
    home: str,
    *,
    width: int = 1280,
    height: int = 800,
) -> AsyncIterator[Visit]:
    """Opens the page at `home`; fails when it closes if anything was wrong with it meanwhile."""
    async with await browser.new_context(
        viewport={"width": width, "height": height},
        reduced_motion="reduce",
        locale="en-GB",
        timezone_id="Europe/Berlin",
    ) as context:
        context.set_default_timeout(PATIENCE)
        expect.set_options(timeout=PATIENCE)
        page = await context.new_page()
        visit = Visit(page, home)
        page.on("console", visit.hears)
        page.on("pageerror", visit.throws)
        page.on("request", visit.asks)
        await page.goto(f"{home}/")
        await expect(visit.field).to_be_visible()
        yield visit
        assert not visit.troubles, visit.troubles
