"""Addresses: where a configured URL may lead; resolved once, so that a name cannot change its mind.

Public addresses are open, all others only when they, or the name that leads there, are allowed.
"""

import asyncio
import re
import socket
from collections.abc import Awaitable, Callable, Iterable
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

Address = IPv4Address | IPv6Address

_ENDS_IN_A_NUMBER = re.compile(r"(^|\.)(\d+|0x[0-9a-f]*)\.?$")
"""What resolvers read as an IPv4 address, however it is spelt: 0x7f.1, 2130706433, 127.1."""

_NAT64 = ip_network("64:ff9b::/96")


class Forbidden(Exception):
    """A host that must not be contacted; the text says why."""


LookUp = Callable[[str, int], Awaitable[Iterable[str]]]
"""The addresses of a name, for that port, the best first. Raises OSError when there are none."""


async def look_up(name: str, port: int) -> Iterable[str]:
    """As this machine knows them."""
    loop = asyncio.get_running_loop()
    rows = await loop.getaddrinfo(name, port, type=socket.SOCK_STREAM)
    return [str(row[4][0]) for row in rows]


class Addresses:
    """The rule, with the hosts (names or addresses) that are allowed although they are private."""

    def __init__(self, allow: Iterable[str] = (), look_up: LookUp = look_up) -> None:
        self._look_up = look_up
        self._allowed = frozenset(name.casefold().strip("[]") for name in allow)

    async def resolve(self, host: str, port: int) -> tuple[Address, ...]:
        """The addresses to connect to, at least one, the best first.

        Raises Forbidden, OSError when the name is not known.
        """
        name = host.casefold().strip("[]")
        try:
            return self._permitted(name, [ip_address(name)])
        except ValueError:
            if _ENDS_IN_A_NUMBER.search(name):
                raise Forbidden(f"{host} is no proper address") from None
        found = await self._look_up(name, port)
        return self._permitted(name, [ip_address(address) for address in found])

    def _permitted(self, name: str, found: Iterable[Address]) -> tuple[Address, ...]:
        permitted = tuple(address for address in found if self._is_open(name, address))
        if not permitted:
            raise Forbidden(f"{name} is a private address that network.allow does not list")
        return permitted

    def _is_open(self, name: str, address: Address) -> bool:
        if str(address) in self._allowed:
            return True
        # Cloud machines tell their credentials at link-local addresses: no name may lead there.
        return is_public(address) or (name in self._allowed and not address.is_link_local)


def is_public(address: Address) -> bool:
    """Whether the address is on the open internet, and carries no other address inside."""
    if isinstance(address, IPv6Address) and (
        address.ipv4_mapped or address.sixtofour or address.teredo or address in _NAT64
    ):
        return False
    return address.is_global and not address.is_multicast
