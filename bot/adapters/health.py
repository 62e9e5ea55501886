"""HealthProbe: one careful GET of a configured health URL."""

import asyncio
import json
import secrets
import ssl
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from http.cookiejar import CookieJar, DefaultCookiePolicy

import httpx

from bot.adapters.addresses import Addresses, Forbidden, LookUp, look_up
from bot.adapters.tls import trusted
from bot.domain.deployments.validation import Probe

TIMEOUT = 5.0
"""Seconds for all of a probe: looking up the name, connecting, and the answer."""

LONGEST_BODY = 64 * 1024
LONGEST_VERSION = 100
AGE_DIGITS = 9
"""Of a page's age in seconds; longer is not older to anybody."""

MOST_PORT = 65535
NOT_PLAIN = "not a plain http or https URL"


@dataclass(frozen=True, slots=True)
class Page:
    """What a page answered, and in how many milliseconds; `problem` where it did not, `age` for how
    many seconds a cache has kept the answer.
    """

    problem: str = ""
    status: int = 0
    body: bytes = b""
    ms: float = 0.0
    age: int = 0


class HealthProbe:
    """Looks at health URLs; `allow` names hosts that may be private, `tls` whom to trust.

    Each probe has its own connection and says no cookies: it is to meet any of the servers behind
    an address, and to measure the same thing each time.
    """

    def __init__(
        self,
        *,
        allow: Iterable[str] = (),
        tls: ssl.SSLContext | None = None,
        timeout: float = TIMEOUT,
        look_up: LookUp = look_up,
    ) -> None:
        self._addresses = Addresses(allow, look_up)
        self._timeout = timeout
        self._client = httpx.AsyncClient(
            verify=tls or trusted(),
            timeout=None,
            trust_env=False,
            follow_redirects=False,
            limits=httpx.Limits(max_keepalive_connections=0),
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
            headers={
                "User-Agent": "gonogo",
                "Accept": "application/json, */*",
                # A packed body could unpack to any size.
                "Accept-Encoding": "identity",
                "Cache-Control": "no-cache",
            },
        )

    async def close(self) -> None:
        """Give the connections back."""
        await self._client.aclose()

    async def health(self, url: str) -> Probe:
        """One GET; whatever fails is the probe's problem in words, never an exception."""
        try:
            async with asyncio.timeout(self._timeout):
                return await self._look(url)
        except TimeoutError:
            return Probe(problem=f"no answer within {self._timeout:g} s")
        except Forbidden as no:
            return Probe(problem=str(no))
        except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
            return Probe(problem=_in_words(error))

    async def page(self, url: str, status: int, contains: str) -> str:
        """One GET of a page that has to have this status and text; what is wrong with it."""
        found = await self.fetch(url)
        if found.problem:
            return found.problem
        if found.status != status:
            return f"HTTP {found.status}, expected {status}"
        if contains and contains not in found.body.decode(errors="replace"):
            return f"“{contains}” is not in the answer"
        return ""

    async def fetch(self, url: str) -> Page:
        """One GET of any page; what keeps it from being read is its problem in words."""
        began = time.perf_counter()
        try:
            async with asyncio.timeout(self._timeout):
                found, body = await self._fetch(url)
        except TimeoutError:
            return Page(f"no answer within {self._timeout:g} s")
        except Forbidden as no:
            return Page(str(no))
        except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
            return Page(_in_words(error))
        ms = (time.perf_counter() - began) * 1000
        told = found.headers.get("age", "")
        age = int(told[:AGE_DIGITS]) if told.isascii() and told.isdecimal() else 0
        return Page(status=found.status_code, body=body, ms=ms, age=age)

    async def _look(self, url: str) -> Probe:
        began = time.perf_counter()
        answer, body = await self._fetch(url)
        if answer.is_redirect:
            return Probe(problem=f"HTTP {answer.status_code}, a redirect: name the final URL")
        if answer.status_code != httpx.codes.OK:
            return Probe(problem=f"HTTP {answer.status_code}")
        return Probe(version=_version(body), ms=(time.perf_counter() - began) * 1000)

    async def _fetch(self, url: str) -> tuple[httpx.Response, bytes]:
        """The answer and the beginning of its body."""
        asked = httpx.URL(url)
        port = asked.port or (443 if asked.scheme == "https" else 80)
        is_web = asked.scheme in ("http", "https") and port <= MOST_PORT
        if not is_web or not asked.host or asked.userinfo:
            raise ValueError(NOT_PLAIN)
        host = asked.raw_host.decode("ascii")
        *others, last = await self._addresses.resolve(host, port)
        for address in others:
            try:
                return await self._ask(asked, host, str(address))
            except httpx.ConnectError:
                continue
        return await self._ask(asked, host, str(last))

    async def _ask(self, asked: httpx.URL, host: str, address: str) -> tuple[httpx.Response, bytes]:
        async with self._client.stream(
            "GET",
            # The address that was judged, not the name again, which could lead elsewhere by now.
            asked.copy_with(host=address, params=asked.params.add("gonogo", secrets.token_hex(4))),
            headers={"Host": asked.netloc.decode("ascii")},
            extensions={"sni_hostname": host},
        ) as answer:
            return answer, await _beginning(answer)


async def _beginning(answer: httpx.Response) -> bytes:
    body = b""
    async for chunk in answer.aiter_raw(LONGEST_BODY):
        body += chunk
        if len(body) >= LONGEST_BODY:
            break
    return body[:LONGEST_BODY]


def _version(body: bytes) -> str | None:
    """The JSON field `version`; a page that is no JSON is fine and tells none."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return None
    version = found.get("version") if isinstance(found, dict) else None
    return version[:LONGEST_VERSION] if isinstance(version, str) else None


def _in_words(error: Exception) -> str:
    for cause in _causes(error):
        match cause:
            case ssl.SSLCertVerificationError():
                return f"TLS: {cause.verify_message}"
            case ssl.SSLError():
                return f"TLS: {(cause.reason or 'handshake failed').replace('_', ' ').lower()}"
            case ConnectionRefusedError():
                return "connection refused"
            case OSError() if isinstance(error, OSError):
                return "the name is not known"
    if isinstance(error, httpx.InvalidURL | ValueError):
        return NOT_PLAIN
    if isinstance(error, httpx.ConnectError):
        return "no connection"
    return "the connection was cut off"


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error and what led to it, the outermost first."""
    seen: BaseException | None = error
    while seen is not None:
        yield seen
        seen = seen.__cause__ or seen.__context__
