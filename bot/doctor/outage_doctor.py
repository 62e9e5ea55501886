"""The doctor's look at what an outage will need: who wakes people, and the page for the public."""

import asyncio
from collections.abc import Iterable

from bot.adapters.slack.slack import SlackChat
from bot.config import Config
from bot.doctor.preflight import Finding, failed
from bot.domain.errors import Fault
from bot.ports.paging import Pager
from bot.ports.status_pages import StatusPage

PAGER = "see docs/paging.md; correct its settings"
GROUP = "correct incidents.paging.group in the configuration"
WEBHOOK = "set it, or take out incidents.uptime_kuma.monitors; see docs/paging.md"
CHANNELS = "update the app with manifest.yaml, or take out incidents.own_channel"
PAGE = "see docs/status-page.md; correct status_page, the components, or its account"


async def look(
    config: Config,
    chat: SlackChat,
    pagers: Iterable[Pager],
    page: StatusPage | None,
    *,
    hears_monitors: bool,
) -> tuple[Finding, ...]:
    """Each of them once, without waking or telling anybody."""
    parts = {one.component for one in config.services.values() if one.component}
    group = config.incidents.paging.group
    looks = [
        *(_pager(one) for one in pagers),
        *((_group(chat, group),) if group else ()),
        *((_channels(chat),) if config.incidents.own_channel else ()),
        *((_page(page, frozenset(parts)),) if page else ()),
    ]
    return (*await asyncio.gather(*looks), *_monitors(config, hears_monitors))


async def _pager(pager: Pager) -> Finding:
    try:
        text = await pager.examine()
    except Fault as fault:
        return failed(pager.name, fault, PAGER)
    return Finding(subject=pager.name, ok=True, text=text)


async def _group(chat: SlackChat, group: str) -> Finding:
    subject = f"paging group {group}"
    try:
        members = await chat.group_members(group)
    except Fault as fault:
        return failed(subject, fault, GROUP)
    if not members:
        return Finding(subject=subject, ok=False, text="nobody is in it", action="add somebody")
    return Finding(subject=subject, ok=True, text=f"{len(members)} members")


async def _channels(chat: SlackChat) -> Finding:
    """Whether incidents can have channels of their own; a workspace may forbid it all the same."""
    subject = "channels of incidents"
    try:
        scopes = (await chat.identity()).scopes
    except Fault as fault:
        return failed(subject, fault, CHANNELS)
    if scopes is None:
        return Finding(subject=subject, ok=None, text="Slack did not tell the scopes")
    if "channels:manage" not in scopes:
        return Finding(
            subject=subject, ok=False, text="without the scope channels:manage", action=CHANNELS
        )
    return Finding(subject=subject, ok=True, text="the bot may make them")


def _monitors(config: Config, hears_them: bool) -> Iterable[Finding]:
    """Which monitors open incidents; whether Uptime Kuma has such ones cannot be seen from here."""
    subject, others = "Uptime Kuma's webhook", config.incidents.uptime_kuma.monitors
    if hears_them:
        names = ", ".join((*config.services, *(f"{one} ({of})" for one, of in others.items())))
        yield Finding(subject=subject, ok=True, text=f"opens incidents for monitors named {names}")
    elif others:
        text = "UPTIME_KUMA_WEBHOOK_TOKEN is not set, so no monitor opens an incident"
        yield Finding(subject=subject, ok=False, text=text, action=WEBHOOK)


async def _page(page: StatusPage, parts: frozenset[str]) -> Finding:
    subject = f"status page at {page.name}"
    try:
        text = await page.examine(parts)
    except Fault as fault:
        return failed(subject, fault, PAGE)
    return Finding(subject=subject, ok=True, text=text)
