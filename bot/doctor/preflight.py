"""Preflight: whether Slack and GitHub take our tokens, asked before the bot starts to work."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial

from bot.adapters.slack.slack import SlackChat
from bot.domain.errors import Declined, Fault, NotFound
from bot.manifest import OPTIONAL_SCOPES, SCOPES
from bot.ports import Access, GitHub

REFUSED = 69
"""The exit status when an outside system definitely refuses us."""

BOT_TOKEN = "set SLACK_BOT_TOKEN to the bot token (xoxb-…) of the installed app"
APP_TOKEN = "set SLACK_APP_TOKEN to an app-level token (xapp-…) with the scope connections:write"
GITHUB_TOKEN = (
    "check GITHUB_API_URL, and GITHUB_TOKEN or the three settings of the App (GITHUB_APP_ID, …)"
)
GRANT = (
    "grant it in the App's settings under Permissions, and accept it where it is installed; what"
    " runs has it within an hour, or after a restart"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What one look showed, and what to do about it, if anything.

    `ok` is False for what must be mended, and None for what could not be asked.
    """

    subject: str
    ok: bool | None
    text: str
    action: str = ""

    def __str__(self) -> str:
        return f"{self.subject}: {self.text}" + (f"; {self.action}" if self.action else "")


Look = Callable[[], Awaitable[Sequence[Finding]]]
TOKEN, GITHUB, LINK = "Slack bot token", "GitHub", "Slack app token"


def looks(
    chat: SlackChat, github: GitHub, *, bot_token: str, app_token: str | None
) -> dict[str, Look]:
    """What can be asked of Slack and GitHub, each by itself; `app_token` is None in HTTP mode."""
    found: dict[str, Look] = {
        TOKEN: partial(slack_token, chat, bot_token),
        GITHUB: partial(github_access, github),
    }
    if app_token is not None:
        found[LINK] = partial(slack_link, chat, app_token)
    return found


async def preflight(
    chat: SlackChat, github: GitHub, *, bot_token: str, app_token: str | None
) -> tuple[Finding, ...]:
    """Ask Slack and GitHub who we are. `app_token` is None in HTTP mode."""
    every = looks(chat, github, bot_token=bot_token, app_token=app_token)
    found = await asyncio.gather(*(look() for look in every.values()))
    return tuple(finding for findings in found for finding in findings)


def refusals(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """What must be mended before a start makes sense."""
    return tuple(finding for finding in findings if finding.ok is False)


def unknowns(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """What could not be asked, and has to be asked again."""
    return tuple(finding for finding in findings if finding.ok is None)


async def slack_token(chat: SlackChat, token: str) -> Sequence[Finding]:
    """The bot token and its scopes."""
    subject = TOKEN
    if not token.startswith(("xoxb-", "xoxe.xoxb-")):
        text = "SLACK_BOT_TOKEN does not begin with xoxb-"
        return [Finding(subject=subject, ok=False, text=text, action=BOT_TOKEN)]
    try:
        me = await chat.identity()
    except Fault as fault:
        return [failed(subject, fault, BOT_TOKEN)]
    token_is_good = Finding(subject=subject, ok=True, text=f"user {me.user_id} of {me.team_id}")
    return [token_is_good, _scopes(me.scopes)]


def _scopes(granted: frozenset[str] | None) -> Finding:
    subject = "Slack scopes"
    if granted is None:
        return Finding(subject=subject, ok=True, text="not checked: Slack did not tell them")
    missing = sorted(SCOPES.keys() - granted)
    if missing:
        return Finding(
            subject=subject,
            ok=False,
            text="missing " + ", ".join(missing),
            action="update the app with manifest.yaml and install it again",
        )
    without = [
        f"{name}: cannot {use}" for name, use in OPTIONAL_SCOPES.items() if name not in granted
    ]
    text = f"without {'; without '.join(without)}" if without else "all granted"
    return Finding(subject=subject, ok=True, text=text)


async def slack_link(chat: SlackChat, token: str) -> Sequence[Finding]:
    """The app-level token of Socket Mode."""
    subject = LINK
    if not token.startswith("xapp-"):
        text = "SLACK_APP_TOKEN does not begin with xapp-"
        return [Finding(subject=subject, ok=False, text=text, action=APP_TOKEN)]
    try:
        await chat.check_link(token)
    except Fault as fault:
        return [failed(subject, fault, APP_TOKEN)]
    return [Finding(subject=subject, ok=True, text="Socket Mode opens")]


async def github_access(github: GitHub) -> Sequence[Finding]:
    """The token for GitHub, or the App and what it was granted."""
    try:
        access = await github.access()
    except Fault as fault:
        return [failed(GITHUB, fault, GITHUB_TOKEN)]
    text = f"runs are started as {access.login}"
    if access.installed_at is not None:
        text += f", installed at {access.installed_at}"
    if access.left is not None:
        left, limit, until = access.left
        text += f"; {left:,} of {limit:,} requests left until {until:%H:%M} UTC"
    found = Finding(subject=GITHUB, ok=True, text=text)
    return [found] if access.installed_at is None else [found, _granted(access)]


def _granted(access: Access) -> Finding:
    subject = "GitHub permissions"
    if access.missing:
        text = "missing " + ", ".join(access.missing)
        return Finding(subject=subject, ok=False, text=text, action=GRANT)
    if access.forgone:
        text = f"not granted: {', '.join(access.forgone)}; what needs them says so"
        return Finding(subject=subject, ok=True, text=text, action=GRANT)
    return Finding(subject=subject, ok=True, text="all granted")


def failed(subject: str, fault: Fault, action: str) -> Finding:
    """A fault as a finding: a definite no, or nothing that is known."""
    if isinstance(fault, Declined | NotFound):
        return Finding(subject=subject, ok=False, text=fault.text, action=action)
    return Finding(subject=subject, ok=None, text=f"not reachable ({fault.text})")
