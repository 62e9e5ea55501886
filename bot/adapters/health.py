"""Health: one look at a configured health URL, at an address that was checked first."""

import asyncio
import json
import ssl
import time
from collections.abc import Collection, Sequence

import httpx

from bot.adapters.addresses import Refused, Resolve, permitted_addresses, resolve
from bot.domain.validation import Probe

TIMEOUT = 5.0
"""Seconds for the whole look: name, connection and answer."""

MOST_BYTES = 64 * 1024
LONGEST_VERSION = 64


class HealthProbe:
    """Looks at health URLs; `allow` names the private hosts or addresses that they may lead to.

    It sits below httpx's client: no redirects, cookies or proxies, and each look has a connection
    of its own, because one that is kept belongs to an address and not to the name in a certificate.
    """

    def __init__(
        self,
        *,
        allow: Collection[str] = (),
        timeout: float = TIMEOUT,
        resolve: Resolve = resolve,
    ) -> None:
        self._resolve = resolve
        self._allow = frozenset(host.lower() for host in allow)
        self._timeout = timeout
        self._transport = httpx.AsyncHTTPTransport(limits=httpx.Limits(max_keepalive_connections=0))

    async def close(self) -> None:
        """Give the connections back."""
        await self._transport.aclose()

    async def health(self, url: str) -> Probe:
        """One GET of a configured health URL; a failure is a Probe with its problem, never an
        exception.
        """
        try:
            async with asyncio.timeout(self._timeout):
                target = httpx.URL(url)
                addresses = await permitted_addresses(target, self._allow, self._resolve)
                return await self._look(target, addresses)
        except TimeoutError:
            return Probe(problem=f"no answer within {self._timeout:g} s")
        except Refused as refused:
            return Probe(problem=str(refused))
        except httpx.InvalidURL as error:
            return Probe(problem=f"not a URL: {error}")
        except (httpx.HTTPError, OSError) as error:
            return Probe(problem=_problem(error))

    async def _look(self, target: httpx.URL, addresses: Sequence[str]) -> Probe:
        """Ask the first address that can be connected to."""
        *others, last = addresses
        for address in others:
            try:
                return await self._ask(target, address)
            except httpx.ConnectError:
                continue
        return await self._ask(target, last)

    async def _ask(self, target: httpx.URL, address: str) -> Probe:
        request = httpx.Request(
            "GET",
            target.copy_with(host=address).copy_merge_params({"gonogo": str(time.time_ns())}),
            headers={
                "Host": target.netloc.decode("ascii"),
                "User-Agent": "gonogo",
                "Accept": "application/json, */*",
                "Accept-Encoding": "identity",
                "Cache-Control": "no-cache",
            },
            extensions={"sni_hostname": target.raw_host.decode("ascii")},
        )
        started = time.perf_counter()
        response = await self._transport.handle_async_request(request)
        try:
            if not response.is_success:
                return Probe(problem=_status(response))
            body = await _beginning(response)
        finally:
            await response.aclose()
        return Probe(version=_version(body), ms=(time.perf_counter() - started) * 1000)


async def _beginning(response: httpx.Response) -> bytes:
    body = b""
    async for chunk in response.aiter_raw():
        body += chunk
        if len(body) > MOST_BYTES:
            break
    return body[:MOST_BYTES]


def _status(response: httpx.Response) -> str:
    if response.is_redirect:
        return f"redirects (HTTP {response.status_code}); name the address that it leads to"
    return f"HTTP {response.status_code}"


def _version(body: bytes) -> str | None:
    """The field `version` of a JSON object; a page that is no JSON is healthy all the same."""
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        return None
    version = data.get("version") if isinstance(data, dict) else None
    return version if isinstance(version, str) and len(version) <= LONGEST_VERSION else None


def _problem(error: BaseException) -> str:
    """What went wrong on the way, in words; the reason lies deep below httpx's own error."""
    cause: BaseException | None = error
    while cause is not None:
        match cause:
            case ssl.SSLCertVerificationError():
                return f"TLS: {cause.verify_message}"
            case ssl.SSLError():
                return f"TLS: {cause.reason or 'no agreement'}"
            case ConnectionRefusedError():
                return "connection refused"
            case _:
                pass
        cause = cause.__cause__ or cause.__context__
    return "cannot connect" if isinstance(error, httpx.ConnectError) else "connection lost"
