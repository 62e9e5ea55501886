"""Addresses: where a configured URL leads, and whether the bot may go there."""

import asyncio
import ipaddress
import re
import socket
from collections.abc import Awaitable, Callable, Collection, Iterable

import httpx

Resolve = Callable[[str, int], Awaitable[Iterable[str]]]
Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_TRANSLATED = tuple(
    ipaddress.ip_network(network)
    for network in ("::/96", "::ffff:0:0/96", "64:ff9b::/96", "2001::/32", "2002::/16")
)
"""IPv6 networks that carry an IPv4 address inside, which would have to be judged itself."""

_NUMERIC = re.compile(r"(0x[0-9a-f]*|[0-9]+)$")
_PORTS = {"http": 80, "https": 443}


class Refused(Exception):
    """The bot must not go where the URL leads; the text says why."""


async def resolve(host: str, port: int) -> list[str]:
    """The addresses of a name, by the system. Raises OSError for an unknown one."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(row[4][0]) for row in found]


async def permitted_addresses(
    url: httpx.URL, allow: Collection[str], resolve: Resolve = resolve
) -> tuple[str, ...]:
    """Every address of the URL's host, resolved once; whoever connects uses these alone.

    `allow` names hosts or addresses in lower case. Raises Refused when the URL is not a plain http
    or https one, or when any of its addresses is neither public nor allowed.
    """
    host = url.raw_host.decode("ascii").lower().rstrip(".")
    if url.scheme not in ("http", "https") or not host:
        raise Refused("only http and https URLs are looked at")
    if url.userinfo:
        raise Refused("the URL has a user name in it")
    addresses = await _resolved(host, url, resolve)
    for address in addresses:
        if not (is_public(address) or host in allow or str(address) in allow):
            raise Refused(f"{address} is not a public address; network.allow may name it")
    return tuple(dict.fromkeys(map(str, addresses)))


def is_public(address: Address) -> bool:
    """Whether an address is of the Internet at large."""
    carries_another = any(
        address.version == network.version and address in network for network in _TRANSLATED
    )
    return address.is_global and not address.is_multicast and not carries_another


async def _resolved(host: str, url: httpx.URL, resolve: Resolve) -> tuple[Address, ...]:
    try:
        return (ipaddress.ip_address(host.strip("[]")),)
    except ValueError:
        pass
    if _NUMERIC.match(host.rpartition(".")[2]):
        # The system would read 0x7f.1 and 2130706433 as addresses.
        raise Refused(f"{host} is neither a name nor a plain address")
    try:
        found = await resolve(host, url.port or _PORTS[url.scheme])
    except (OSError, UnicodeError):
        raise Refused(f"the name {host} is not known") from None
    return tuple(map(ipaddress.ip_address, found))
