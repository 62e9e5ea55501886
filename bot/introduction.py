"""Introduction: who we are to Slack and GitHub, asked at the start until all have answered."""

import asyncio
from collections.abc import Iterable, Sequence

import structlog

from bot.adapters.slack.slack import SlackChat
from bot.adapters.slack.slack_identity import Identity
from bot.doctor import preflight
from bot.doctor.preflight import Finding
from bot.ports import GitHub

log = structlog.get_logger()
ASK_AGAIN, ASK_SELDOM = 2.0, 60.0
"""Seconds between two tries to reach a system that did not answer at the start: doubling, up to."""


class Refused(Exception):
    """An outside system definitely refuses us; `findings` say which and what to do."""

    def __init__(self, findings: Sequence[preflight.Finding]) -> None:
        super().__init__("; ".join(map(str, findings)))
        self.findings = findings


class Introduction:
    """What the outside systems say to our tokens; `identity` is known once Slack has answered.

    `app_token` is None in HTTP mode.
    """

    def __init__(
        self, chat: SlackChat, github: GitHub, *, bot_token: str, app_token: str | None
    ) -> None:
        self.identity: Identity | None = None
        self._chat = chat
        self._looks = preflight.looks(chat, github, bot_token=bot_token, app_token=app_token)
        self._found: dict[str, Sequence[Finding]] = {}

    @property
    def open(self) -> list[Finding]:
        """What is not well, or has not answered yet."""
        return [one for findings in self._found.values() for one in findings if not one.ok]

    def trust_link(self) -> None:
        """The connection itself tells from here on whether Slack takes it."""
        self._found.pop(preflight.LINK, None)

    async def ask(self, subjects: Iterable[str] | None = None) -> None:
        """Ask about these alone, or about all, and keep open what is not well. Raises Refused."""
        asked = tuple(self._looks if subjects is None else subjects)
        for name, found in zip(
            asked, await asyncio.gather(*(self._looks[name]() for name in asked)), strict=True
        ):
            self._found.pop(name, None)
            if not all(finding.ok for finding in found):
                self._found[name] = found
        if preflight.TOKEN not in self._found:
            self.identity = await self._chat.identity()  # known since it was asked above
        findings = [finding for name in asked for finding in self._found.get(name, ())]
        if refused := preflight.refusals(findings):
            raise Refused(refused)

    async def keep_asking(self) -> None:
        """Until everything has answered well."""
        pause = ASK_AGAIN
        while self._found:
            await asyncio.sleep(pause)
            pause = min(2 * pause, ASK_SELDOM)
            try:
                await self.ask(self._found)
            except Refused as refused:
                log.error("refused", findings=[str(finding) for finding in refused.findings])
