"""Response URL: the address that Slack gives with a payload, five answers within half an hour."""

import ipaddress
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.errors import Declined, Unanswered

HOOKS = "hooks.slack.com"


async def answer_at(url: str, content: dict[str, Any], client: AsyncWebClient) -> None:
    """Answer the person who acted, visible to them alone.

    Raises Declined when the URL is foreign, used up or expired, Unanswered when nobody knows.
    """
    if not is_response_url(url, client.base_url) or client.session is None:
        raise Declined("slack", "response_url: not an address of Slack")
    body = {**content, "response_type": "ephemeral", "replace_original": False}
    try:
        async with client.session.post(
            url, json=body, allow_redirects=False, proxy=client.proxy
        ) as answer:
            status, text = answer.status, (await answer.text())[:100]
    except (aiohttp.ClientError, OSError, ValueError) as error:
        raise Unanswered("slack", f"response_url: {type(error).__name__}") from error
    if status >= 500:
        raise Unanswered("slack", f"response_url: status {status}")
    if status != 200:
        raise Declined("slack", f"response_url: status {status} {text}")


def is_response_url(url: str, api_url: str) -> bool:
    """Whether the address is Slack's; a Slack on loopback may hand out its own addresses."""
    try:
        parts, api = urlsplit(url), urlsplit(api_url)
        if parts.username is not None or parts.password is not None:
            return False
        origin = (parts.scheme, parts.hostname, parts.port)
        if origin in (("https", HOOKS, None), ("https", HOOKS, 443)):
            return True
        return _is_loopback(api.hostname) and origin == (api.scheme, api.hostname, api.port)
    except ValueError:
        return False


def _is_loopback(host: str | None) -> bool:
    if host == "localhost":
        return True
    try:
        return host is not None and ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
